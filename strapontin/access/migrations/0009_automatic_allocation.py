"""Who is not asked again before missing seats are allocated: everybody sees and writes their own choices (SPEC 5)."""

import django.db.models.deletion
from django.db import migrations, models

from strapontin.kit.rules.conditions import ACTOR, OF_CUSTOMER
from strapontin.kit.rules.rights import CHANGE, Grants
from strapontin.kit.rules.visibility import Scope, WrittenIf


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0008_one_form_of_logins"),
        ("organisation", "0008_servers_and_networks"),
    ]

    operations = [
        migrations.CreateModel(
            name="AutomaticAllocation",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "customer_id", "holder_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("holder_id", models.UUIDField()),
                ("enabled", models.BooleanField()),
                ("seats_per_month", models.IntegerField(null=True)),
                ("changed_at", models.DateTimeField()),
                ("version", models.BigIntegerField(default=1)),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.RESTRICT, to="organisation.customer"
                    ),
                ),
            ],
            options={
                "db_table": "automatic_allocation",
                "indexes": [models.Index(fields=["holder_id"], name="automatic_by_holder")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seats_per_month__isnull", True), ("seats_per_month__gte", 1), _connector="OR"
                        ),
                        name="automatic_allocation_ceiling",
                    )
                ],
            },
        ),
        Scope("automatic_allocation", f"holder_id = {ACTOR}", whole_for=("worker",)),
        # A grant for the customer was given in the same transaction.
        WrittenIf("automatic_allocation", OF_CUSTOMER),
        Grants("automatic_allocation", request=CHANGE, billing="DELETE"),
    ]
