"""Searches ignore case and accents in every script, and texts have one form."""

from django.db import migrations, models

from strapontin.kit.names import sort_key_field
from strapontin.kit.rules.rights import Executes
from strapontin.kit.rules.texts import KnownZone, OneForm, OwnCountry, SearchKey


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0004_customers_by_client_id"),
    ]
    operations = [
        SearchKey(),
        Executes("search\\_key%", ("request",)),
        OneForm("installation", "id", ("name", "address", "contact")),
        OneForm("partner", "id", ("name", "region", "address")),
        OneForm("customer", "id", ("name", "client_id", "purchase_order")),
        OneForm("site", "customer_id, id", ("name", "address")),
        OneForm("stack", "id", ("name",)),
        # Codes that stand for a country and are not its own.
        KnownZone("installation"),
        OwnCountry("installation"),
        OwnCountry("partner"),
        migrations.RemoveIndex("customer", "customer_by_name"),
        migrations.RemoveField("partner", "sort_key"),
        migrations.AddField("partner", "sort_key", sort_key_field("name")),
        migrations.RemoveField("customer", "sort_key"),
        migrations.AddField("customer", "sort_key", sort_key_field("name")),
        migrations.RemoveField("site", "sort_key"),
        migrations.AddField("site", "sort_key", sort_key_field("name")),
        migrations.RemoveField("stack", "sort_key"),
        migrations.AddField("stack", "sort_key", sort_key_field("name")),
        migrations.AddIndex("customer", models.Index(fields=["sort_key", "id"], name="customer_by_name")),
    ]
