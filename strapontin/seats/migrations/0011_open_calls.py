"""The next call to make is found at once, however many were made before: an import leaves many."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0008_servers_and_networks"),
        ("seats", "0010_search_words"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="stackcall",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "sent"])),
                fields=["customer", "id"],
                name="stack_call_to_make",
            ),
        ),
    ]
