"""The database roles, and the rules of the organisation's tables (SPEC 3, 11).

Every other app's rules depend on this migration, which makes the roles.
"""

from django.db import migrations

from strapontin.kit.rules.conditions import CUSTOMER, IN_LIST, NEAREST, OF_CUSTOMER, PARTNER, PROVIDER
from strapontin.kit.rules.keys import CompositeKey, Index
from strapontin.kit.rules.rights import ALL, CHANGE, READ, Grants, MakeRoles
from strapontin.kit.rules.visibility import ReadByAll, Scope, WrittenIf

# What is below the actor's partner, and the name of the partner right above.
PARTNER_IN_SCOPE = f"{PROVIDER} OR path @> ARRAY[{PARTNER}] OR id = {NEAREST}"
STACK_IN_SCOPE = (
    f"{PROVIDER} OR EXISTS (SELECT 1 FROM partner p WHERE p.id = partner_id AND p.path @> ARRAY[{PARTNER}])"
)
# A customer's place in the organisation and its cycle follow from rules: no request sets them.
OF_REQUESTS = "name, client_id, purchase_order, pending_term_months, version"
OF_BILLING = (
    "partner_path, status, term_months, pending_term_months, period_starts_on, period_ends_on,"
    " cancel_at_end_of_period, version"
)


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0002_stacks"),
    ]
    operations = [
        MakeRoles(),
        ReadByAll("installation"),
        WrittenIf("installation", PROVIDER),
        Grants("installation", door=READ, request="SELECT, UPDATE"),
        Scope("partner", PARTNER_IN_SCOPE, whole_for=("worker", "billing")),
        WrittenIf("partner", PROVIDER),
        Grants("partner", request=CHANGE),
        Scope("customer", f"id = {CUSTOMER} OR {IN_LIST}", whole_for=("worker", "billing")),
        WrittenIf("customer", f"{PROVIDER} OR NOT (not_for_resale OR unlimited)", commands=("INSERT",)),
        Grants("customer", request=f"SELECT, INSERT, UPDATE ({OF_REQUESTS})", billing=f"UPDATE ({OF_BILLING})"),
        Index("customer", "customer_by_path", "USING gin (partner_path)"),
        Index("customer", "customer_due", "(period_ends_on) WHERE status = 'active'"),
        Scope("site", OF_CUSTOMER, whole_for=("billing",)),
        Grants("site", request=CHANGE),
        Scope("stack", STACK_IN_SCOPE, whole_for=("worker",)),
        Grants("stack", request=CHANGE),
        Scope("tenant_register", OF_CUSTOMER, whole_for=("worker",)),
        Grants("tenant_register", request=ALL),
        CompositeKey("site_tenant", "customer_id, site_id", "site", "customer_id, id"),
        Scope("site_tenant", OF_CUSTOMER, whole_for=("worker",)),
        Grants("site_tenant", request=ALL),
    ]
