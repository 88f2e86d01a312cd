"""Users of all customers of a scope are searched by words, sorted, and shown with their calls to stacks."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

from strapontin.kit.names import search_words_field
from strapontin.kit.rules.conditions import OF_CUSTOMER
from strapontin.kit.rules.visibility import Scope

WORDS = search_words_field("first_name", "last_name", "email", "extension", places=("customer_id", "site_id"))
UNSETTLED = models.Q(state__in=["waiting", "sent", "failed"])
LISTED = models.Q(state__in=("active", "refused"))


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0012_search_words"),
        ("seats", "0009_calls_of_a_user"),
    ]
    operations = [
        migrations.AddField("user", "search_words", WORDS),
        migrations.AddIndex(
            "user", models.Index(fields=["sort_key", "id"], condition=LISTED, name="seat_user_by_name")
        ),
        migrations.AddIndex("user", GinIndex(fields=["search_words"], condition=LISTED, name="seat_user_by_words")),
        migrations.AddIndex(
            "user",
            models.Index(fields=["sort_key", "id"], condition=models.Q(state="refused"), name="seat_user_refused"),
        ),
        migrations.AddIndex(
            "user",
            models.Index(fields=["sort_key", "id"], condition=models.Q(enabled=False), name="seat_user_disabled"),
        ),
        migrations.AddIndex(
            "stackcall",
            models.Index(fields=["customer", "user_id"], condition=UNSETTLED, name="stack_call_unsettled"),
        ),
        # A list over a scope is read by this role, which is bound by its statement (seats/listing.py).
        Scope("seat_user", OF_CUSTOMER, whole_for=("billing",)),
        Scope("stack_call", OF_CUSTOMER, whole_for=("worker", "billing")),
    ]
