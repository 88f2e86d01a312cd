"""Searches for users ignore case and accents in every script, and texts have one form."""

from django.db import migrations

from strapontin.kit.names import sort_key_field
from strapontin.kit.rules.texts import OneForm


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0005_one_form_of_text"),
        ("seats", "0003_rules"),
    ]
    operations = [
        OneForm("seat_user", "customer_id, id", ("first_name", "last_name", "email")),
        migrations.RemoveField("user", "sort_key"),
        migrations.AddField("user", "sort_key", sort_key_field("last_name", "first_name")),
    ]
