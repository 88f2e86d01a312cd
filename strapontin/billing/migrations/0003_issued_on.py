"""An invoice has the local day on which it was issued, beside the date that it bills (SPEC 7)."""

from django.db import migrations, models

# The table's owner sees its rows for the moment of the change.
FILL = """
ALTER TABLE invoice NO FORCE ROW LEVEL SECURITY;
UPDATE invoice
   SET issued_on = (issued_at AT TIME ZONE coalesce((SELECT time_zone FROM installation), 'Europe/Paris'))::date;
ALTER TABLE invoice FORCE ROW LEVEL SECURITY;
"""
# Earlier previews kept a row for payers that have nothing to bill, too.
FORGET_EMPTY_PREVIEWS = """
ALTER TABLE run_payer NO FORCE ROW LEVEL SECURITY;
DELETE FROM run_payer WHERE preview -> 'lines' = '[]';
ALTER TABLE run_payer FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_rules")]
    operations = [
        migrations.AddField("invoice", "issued_on", models.DateField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField("invoice", "issued_on", models.DateField()),
        migrations.RunSQL(FORGET_EMPTY_PREVIEWS, migrations.RunSQL.noop),
    ]
