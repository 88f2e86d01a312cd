"""Each customer has thresholds for the warning before its seats run out."""

from django.db import migrations, models

from strapontin.kit.rules.rights import Grants

OF_REQUESTS = "name, client_id, purchase_order, pending_term_months, warn_free_seats, warn_days, version"
OF_BILLING = (
    "partner_path, status, term_months, pending_term_months, period_starts_on, period_ends_on,"
    " cancel_at_end_of_period, version"
)


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0009_passwords_of_stacks"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="warn_days",
            field=models.PositiveSmallIntegerField(db_default=14, default=14, null=True),
        ),
        migrations.AddField(
            model_name="customer",
            name="warn_free_seats",
            field=models.PositiveSmallIntegerField(db_default=1, default=1, null=True),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("warn_free_seats__gte", 1), ("warn_free_seats__lte", 1000)),
                    ("warn_free_seats__isnull", True),
                    _connector="OR",
                ),
                name="customer_warn_free_seats",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("warn_days__gte", 1), ("warn_days__lte", 90)),
                    ("warn_days__isnull", True),
                    _connector="OR",
                ),
                name="customer_warn_days",
            ),
        ),
        Grants("customer", request=f"SELECT, INSERT, UPDATE ({OF_REQUESTS})", billing=f"UPDATE ({OF_BILLING})"),
    ]
