"""Kept answers belong to all doors. Their table stays: the app api made it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("api", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="KeptAnswer",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "actor_id", "key", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("actor_id", models.UUIDField()),
                        ("key", models.TextField()),
                        ("request_hash", models.BinaryField()),
                        ("status", models.PositiveSmallIntegerField()),
                        ("body", models.BinaryField()),
                        ("etag", models.TextField(blank=True, default="")),
                        ("kept_at", models.DateTimeField()),
                    ],
                    options={
                        "db_table": "kept_answer",
                    },
                ),
            ]
        )
    ]
