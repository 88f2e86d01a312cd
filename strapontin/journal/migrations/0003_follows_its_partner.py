"""Whoever is above a partner now reads its journal and that of its customers, also from before a move (SPEC 3)."""

from django.db import migrations

from strapontin.kit.rules.conditions import OF_CUSTOMER, PARTNER, PROVIDER
from strapontin.kit.rules.keys import Index
from strapontin.kit.rules.visibility import Scope

# An entry keeps the path as it was. Its last partner never changes: a customer stays with its partner.
OWN_PARTNER = "partner_path[cardinality(partner_path)]"
BELOW = f"{OWN_PARTNER} = ANY (ARRAY(SELECT p.id FROM partner p WHERE p.path @> ARRAY[{PARTNER}]))"


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_rules"),
        ("organisation", "0003_rules"),
    ]
    operations = [
        Index("journal_entry", "journal_entry_by_partner", f"(({OWN_PARTNER}), id)"),
        migrations.RunSQL("DROP INDEX IF EXISTS journal_entry_by_path", migrations.RunSQL.noop),
        # What a request writes is of its customer or its own: the list of partners is read for readers alone.
        Scope("journal_entry", f"{OF_CUSTOMER} OR {PROVIDER} OR {BELOW}", whole_for=("billing",)),
    ]
