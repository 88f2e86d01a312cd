"""The table of requests for seats."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import strapontin.kit.ids
import strapontin.kit.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisation", "0008_servers_and_networks"),
    ]

    operations = [
        migrations.CreateModel(
            name="SeatRequest",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "customer_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", strapontin.kit.models.Id(default=strapontin.kit.ids.new_id, editable=False)),
                ("partner_path", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("state", models.TextField(default="open")),
                ("users", models.JSONField(default=list)),
                ("allocations", models.JSONField(default=list)),
                ("note", models.TextField(blank=True, default="")),
                ("content", models.TextField(blank=True, default="")),
                ("asked_kind", models.TextField()),
                ("asked_by_id", models.UUIDField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("reminded_on", models.DateField()),
                ("decided_kind", models.TextField(blank=True, default="")),
                ("decided_by_id", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True, default="")),
                (
                    "created_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("committed_until", models.DateField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("version", models.BigIntegerField(default=1)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.RESTRICT, to="organisation.customer"
                    ),
                ),
            ],
            options={
                "db_table": "seat_request",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("open", "approved", "declined", "withdrawn"))),
                        name="seat_request_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by_id__isnull", True),
                                ("decided_kind", ""),
                                ("state", "open"),
                            ),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                models.Q(("decided_kind", ""), _negated=True),
                                ("content", ""),
                                ("decided_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="seat_request_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "approved"),
                            models.Q(("committed_until__isnull", True), ("created_ids", [])),
                            _connector="OR",
                        ),
                        name="seat_request_created",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "declined"), ("reason", ""), _connector="OR"),
                        name="seat_request_reason",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("customer", "asked_by_id", "content"),
                        name="seat_request_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
    ]
