"""The worker alone reads tokens; readings stay within their customer (SPEC 6, 11)."""

from django.db import migrations

from strapontin.kit.rules.conditions import OF_CUSTOMER
from strapontin.kit.rules.keys import CompositeKey
from strapontin.kit.rules.rights import ALL, CHANGE, Grants
from strapontin.kit.rules.visibility import Scope


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0003_rules"),
        ("stacks", "0002_models_moved"),
    ]
    operations = [
        Scope("stack_token", "false", whole_for=("worker",)),
        Grants("stack_token", worker=ALL),
        Scope("synchronization", OF_CUSTOMER, whole_for=("worker",)),
        Grants("synchronization", request=CHANGE),
        CompositeKey("tenant_reading", "customer_id, synchronization_id", "synchronization", "customer_id, id"),
        CompositeKey("tenant_reading", "customer_id, tenant_id", "site_tenant", "customer_id, id"),
        CompositeKey("tenant_reading", "customer_id, site_id", "site", "customer_id, id"),
        Scope("tenant_reading", OF_CUSTOMER),
        Grants("tenant_reading", request=CHANGE),
    ]
