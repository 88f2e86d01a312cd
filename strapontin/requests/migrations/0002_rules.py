"""Who sees requests: the customer, and those above it; the worker deletes old ones (SPEC 5, 11)."""

from django.db import migrations

from strapontin.kit.rules.conditions import IN_LIST, OF_CUSTOMER
from strapontin.kit.rules.keys import Index
from strapontin.kit.rules.rights import CHANGE, Grants
from strapontin.kit.rules.visibility import Scope


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0003_rules"),
        ("requests", "0001_initial"),
    ]
    operations = [
        Index("seat_request", "seat_request_by_path", "USING gin (partner_path)"),
        Index("seat_request", "seat_request_open", "(id) WHERE state = 'open'"),
        Index("seat_request", "seat_request_by_asker", "(asked_by_id, id)"),
        Scope("seat_request", f"{OF_CUSTOMER} OR {IN_LIST}", whole_for=("worker", "billing")),
        Grants("seat_request", request=CHANGE, worker="DELETE", billing="DELETE"),
    ]
