"""Calls to stacks belong to the seats of which they tell. Their table stays: the app stacks made it."""

import django.db.models.deletion
from django.db import migrations, models

import strapontin.kit.ids
import strapontin.kit.models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0001_initial"),
        ("seats", "0001_initial"),
        ("stacks", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="StackCall",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "customer_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("id", strapontin.kit.models.Id(default=strapontin.kit.ids.new_id, editable=False)),
                        ("user_id", models.UUIDField()),
                        ("tenant_id", models.UUIDField()),
                        ("kind", models.TextField()),
                        ("state", models.TextField(default="waiting")),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("error_code", models.TextField(blank=True, default="")),
                        ("email", models.TextField(blank=True, default="")),
                        ("created_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField()),
                        ("done_at", models.DateTimeField(null=True)),
                        (
                            "customer",
                            models.ForeignKey(
                                db_index=False, on_delete=django.db.models.deletion.RESTRICT, to="organisation.customer"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "stack_call",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "sent"])),
                                fields=["customer", "user_id"],
                                name="stack_call_open",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["create", "update", "delete"])), name="stack_call_kind"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["waiting", "sent", "done", "failed"])),
                                name="stack_call_state",
                            ),
                        ],
                    },
                ),
            ]
        )
    ]
