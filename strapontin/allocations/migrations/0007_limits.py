"""What a customer's own administrators may change without their partner: they themselves do not read it (SPEC 3)."""

import django.db.models.deletion
from django.db import migrations, models

from strapontin.kit.rules.conditions import OF_CUSTOMER
from strapontin.kit.rules.rights import CHANGE, Grants
from strapontin.kit.rules.visibility import Scope

FROM_ABOVE = "current_setting('app.scope', true) IN ('provider', 'partner')"


class Migration(migrations.Migration):
    dependencies = [
        ("allocations", "0006_automatic_allocations"),
        ("organisation", "0003_rules"),
    ]
    operations = [
        migrations.CreateModel(
            name="CustomerLimit",
            fields=[
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.RESTRICT,
                        primary_key=True,
                        related_name="limit",
                        serialize=False,
                        to="organisation.customer",
                    ),
                ),
                ("seats_per_month", models.IntegerField(null=True)),
                ("amount_per_month", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("may_lower", models.BooleanField(default=True)),
                ("may_raise", models.BooleanField(default=True)),
            ],
            options={"db_table": "customer_limit"},
        ),
        migrations.AddConstraint(
            model_name="customerlimit",
            constraint=models.CheckConstraint(
                condition=(models.Q(seats_per_month__isnull=True) | models.Q(seats_per_month__gte=0))
                & (models.Q(amount_per_month__isnull=True) | models.Q(amount_per_month__gte=0)),
                name="customer_limit_not_negative",
            ),
        ),
        Scope("customer_limit", f"{OF_CUSTOMER} AND {FROM_ABOVE}", whole_for=("billing",)),
        Grants("customer_limit", request=CHANGE, billing="DELETE"),
    ]
