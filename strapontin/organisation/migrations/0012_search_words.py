"""Customers and sites are found by the beginnings of words, in any order."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

from strapontin.kit.names import search_words_field
from strapontin.kit.rules.conditions import OF_CUSTOMER
from strapontin.kit.rules.rights import Executes
from strapontin.kit.rules.texts import SearchWords
from strapontin.kit.rules.visibility import Scope


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0011_ends_and_archive"),
    ]
    operations = [
        SearchWords(),
        Executes("search\\_words%", ("request",)),
        migrations.AddField("customer", "search_words", search_words_field("name", "client_id")),
        migrations.AddField("site", "search_words", search_words_field("name")),
        migrations.AddIndex("customer", GinIndex(fields=["search_words"], name="customer_by_words")),
        migrations.AddIndex("site", models.Index(fields=["sort_key", "customer", "id"], name="site_by_name")),
        migrations.AddIndex("site", GinIndex(fields=["search_words"], name="site_by_words")),
        # A list of users over a scope is read by this role, which is bound by its statement (seats/listing.py).
        Scope("site_tenant", OF_CUSTOMER, whole_for=("worker", "billing")),
    ]
