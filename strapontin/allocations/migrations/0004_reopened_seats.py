"""Seats that were revoked at the end of a customer are reopened when it starts anew (SPEC 3)."""

from django.db import migrations, models

KINDS = ["raise", "lower", "withdraw", "hand_back", "move_in", "move_out", "correction", "revoke", "reopen"]


class Migration(migrations.Migration):
    dependencies = [
        ("allocations", "0003_functions_of_requests"),
    ]
    operations = [
        migrations.RemoveConstraint("ledgerentry", "ledger_entry_kind"),
        migrations.AddConstraint(
            "ledgerentry",
            models.CheckConstraint(condition=models.Q(("kind__in", tuple(KINDS))), name="ledger_entry_kind"),
        ),
    ]
