"""A user and its events stay within their customer; events are only added to (SPEC 5, 11)."""

from django.db import migrations

from strapontin.kit.rules.conditions import OF_CUSTOMER
from strapontin.kit.rules.keys import CompositeKey, Index
from strapontin.kit.rules.rights import ADD, CHANGE, Grants
from strapontin.kit.rules.visibility import Scope

AS_OF = "(customer_id, type_code, effective_on) INCLUDE (site_id, delta, recorded_at)"


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0003_rules"),
        ("seats", "0002_stack_call"),
    ]
    operations = [
        CompositeKey("seat_user", "customer_id, site_id", "site", "customer_id, id"),
        CompositeKey("seat_user", "customer_id, tenant_id", "site_tenant", "customer_id, id"),
        Scope("seat_user", OF_CUSTOMER),
        Grants("seat_user", request=CHANGE),
        CompositeKey("seat_event", "customer_id, site_id", "site", "customer_id, id"),
        CompositeKey("seat_event", "customer_id, user_id", "seat_user", "customer_id, id"),
        Index("seat_event", "seat_event_as_of", AS_OF),
        Scope("seat_event", OF_CUSTOMER, whole_for=("billing",)),
        Grants("seat_event", request=ADD),
        CompositeKey("stack_call", "customer_id, user_id", "seat_user", "customer_id, id"),
        CompositeKey("stack_call", "customer_id, tenant_id", "site_tenant", "customer_id, id"),
        Scope("stack_call", OF_CUSTOMER, whole_for=("worker",)),
        Grants("stack_call", request=CHANGE),
    ]
