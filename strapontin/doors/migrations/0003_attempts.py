"""Counters of attempts, which the door alone reads and writes."""

from django.db import migrations, models

from strapontin.kit.rules.rights import ALL, Grants
from strapontin.kit.rules.visibility import Policy, Scope


class Migration(migrations.Migration):
    dependencies = [
        ("doors", "0002_rules"),
    ]
    operations = [
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "action", "subject", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("action", models.TextField()),
                ("subject", models.BinaryField()),
                ("free_at", models.DateTimeField()),
            ],
            options={
                "db_table": "attempt",
            },
        ),
        Scope("attempt", "false"),
        Policy("attempt", "attempt_door", ("door",), "ALL", "true"),
        Grants("attempt", door=ALL),
    ]
