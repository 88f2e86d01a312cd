"""Seats that an end revoked are reopened when a customer starts anew; what is empty can be removed (SPEC 3)."""

from django.db import migrations, models

from strapontin.kit.rules.rights import ADD, CHANGE, READ, Grants

KINDS = (
    "raise",
    "lower",
    "withdraw",
    "hand_back",
    "move_in",
    "move_out",
    "exchange_in",
    "exchange_out",
    "correction",
    "revoke",
    "reopen",
)


class Migration(migrations.Migration):
    dependencies = [
        ("allocations", "0007_limits"),
    ]
    operations = [
        migrations.RemoveConstraint("ledgerentry", "ledger_entry_kind"),
        migrations.AddConstraint(
            "ledgerentry",
            models.CheckConstraint(condition=models.Q(("kind__in", KINDS)), name="ledger_entry_kind"),
        ),
        Grants("balance", request=CHANGE, billing="DELETE"),
        Grants("customer_total", request=CHANGE, billing="DELETE"),
        Grants("customer_month", request=READ, billing=f"{ADD}, DELETE, UPDATE (partner_path)"),
    ]
