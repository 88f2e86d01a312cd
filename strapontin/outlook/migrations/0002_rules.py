"""Requests read what is ahead in their scope; billing, which sees all customers, writes it (SPEC 11)."""

from django.db import migrations

from strapontin.kit.rules.conditions import IN_LIST, OF_CUSTOMER
from strapontin.kit.rules.keys import CompositeKey, Index
from strapontin.kit.rules.rights import ALL, READ, Grants
from strapontin.kit.rules.visibility import Scope

TABLES = ("seat_warning", "unused_seats")


class Migration(migrations.Migration):
    dependencies = [
        ("outlook", "0001_initial"),
        ("organisation", "0010_warn_at"),
    ]
    operations = [
        *(CompositeKey(table, "customer_id, site_id", "site", "customer_id, id") for table in TABLES),
        *(Index(table, f"{table}_by_path", "USING gin (partner_path)") for table in TABLES),
        *(Scope(table, f"{OF_CUSTOMER} OR {IN_LIST}", whole_for=("billing",)) for table in TABLES),
        *(Grants(table, request=READ, billing=ALL) for table in TABLES),
    ]
