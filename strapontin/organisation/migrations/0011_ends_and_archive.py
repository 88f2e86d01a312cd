"""Customers end and start anew, are archived or removed, and so are sites (SPEC 3)."""

from django.db import migrations, models

from strapontin.kit.rules.rights import ALL, Grants

# A request may cancel and archive. What follows from rules or is the provider's is for the billing role alone.
OF_REQUESTS = (
    "name, client_id, purchase_order, pending_term_months, cancel_at_end_of_period, archived_at, warn_free_seats,"
    " warn_days, version"
)
OF_BILLING = (
    "partner_path, status, anchor_day, term_months, pending_term_months, period_starts_on, period_ends_on,"
    " cancel_at_end_of_period, unlimited, not_for_resale, version"
)


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0010_warn_at"),
    ]
    operations = [
        migrations.AddField("customer", "archived_at", models.DateTimeField(null=True)),
        migrations.AddField("site", "archived_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "customer",
            models.CheckConstraint(
                condition=models.Q(("archived_at__isnull", True), ("status", "expired"), _connector="OR"),
                name="customer_archived",
            ),
        ),
        Grants(
            "customer",
            request=f"SELECT, INSERT, UPDATE ({OF_REQUESTS})",
            billing=f"DELETE, UPDATE ({OF_BILLING})",
        ),
        Grants("site", request=ALL),
    ]
