"""The journal is only added to (SPEC 11)."""

from django.db import migrations

from strapontin.kit.rules.conditions import IN_LIST, OF_CUSTOMER
from strapontin.kit.rules.keys import Index
from strapontin.kit.rules.rights import ADD, Grants
from strapontin.kit.rules.visibility import Scope


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0001_initial"),
        ("organisation", "0003_rules"),
    ]
    operations = [
        Index("journal_entry", "journal_entry_by_id", "(id)"),
        Index("journal_entry", "journal_entry_by_path", "USING gin (partner_path)"),
        Scope("journal_entry", f"{OF_CUSTOMER} OR {IN_LIST}", whole_for=("billing",)),
        Grants("journal_entry", request=ADD),
    ]
