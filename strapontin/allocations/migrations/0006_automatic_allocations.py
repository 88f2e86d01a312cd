"""What was allocated without asking is counted for each holder and month (SPEC 5)."""

from django.db import migrations

from strapontin.kit.rules.keys import Index

OF_HOLDER = "(customer_id, actor_id, recorded_at) WHERE reason = 'Automatic allocation'"


class Migration(migrations.Migration):
    dependencies = [("allocations", "0005_full_sites")]
    operations = [Index("ledger_entry", "ledger_entry_automatic", OF_HOLDER)]
