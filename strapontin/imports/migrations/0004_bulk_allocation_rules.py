"""A bulk change of allocations is seen where its sender's scope is seen; the worker finds those that wait (SPEC 11)."""

from django.db import migrations

from strapontin.kit.rules.conditions import CUSTOMER, PARTNER, PROVIDER
from strapontin.kit.rules.rights import CHANGE, Grants
from strapontin.kit.rules.visibility import Scope

IN_SCOPE = (
    f"{PROVIDER} OR customer_id = {CUSTOMER}"
    f" OR EXISTS (SELECT 1 FROM partner p WHERE p.id = partner_id AND p.path @> ARRAY[{PARTNER}])"
    f" OR EXISTS (SELECT 1 FROM customer c WHERE c.id = customer_id AND c.partner_path @> ARRAY[{PARTNER}])"
)


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0003_rules"),
        ("imports", "0003_bulk_allocation"),
    ]
    operations = [
        Scope("bulk_allocation", IN_SCOPE, whole_for=("worker",)),
        Grants("bulk_allocation", request=CHANGE),
    ]
