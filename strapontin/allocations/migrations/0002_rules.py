"""The ledger is only added to; balances and totals change in place (SPEC 4, 11)."""

from django.db import migrations

from strapontin.kit.rules.conditions import IN_LIST, OF_CUSTOMER
from strapontin.kit.rules.keys import CompositeKey, Fillfactor, Index
from strapontin.kit.rules.rights import ADD, CHANGE, READ, Grants
from strapontin.kit.rules.visibility import Scope

# Seats that can be taken for users: what the next cycle takes away is not given any more.
FREE_SEATS = """
CREATE OR REPLACE FUNCTION free_seats(allocated int, next_cycle int, used int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN greatest(0, least(allocated, next_cycle) - used)
"""
# Seats used beyond those allocated.
OVER_SEATS = """
CREATE OR REPLACE FUNCTION over_seats(allocated int, used int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN greatest(0, used - allocated)
"""
AS_OF = "(customer_id, type_code, effective_on) INCLUDE (site_id, delta, recorded_at)"


class Migration(migrations.Migration):
    dependencies = [
        ("allocations", "0001_initial"),
        ("organisation", "0003_rules"),
    ]
    operations = [
        # PostgreSQL puts the text of these functions into the statements that call them.
        migrations.RunSQL([FREE_SEATS, OVER_SEATS], migrations.RunSQL.noop),
        CompositeKey("balance", "customer_id, site_id", "site", "customer_id, id"),
        # Hot rows: free room keeps an update on the same page, and no index has to change.
        Fillfactor("balance", 50),
        Scope("balance", OF_CUSTOMER, whole_for=("billing",)),
        Grants("balance", request=CHANGE),
        Fillfactor("customer_total", 50),
        Index("customer_total", "customer_total_by_path", "USING gin (partner_path)"),
        Scope("customer_total", f"{OF_CUSTOMER} OR {IN_LIST}", whole_for=("billing",)),
        Grants("customer_total", request=CHANGE),
        CompositeKey("ledger_entry", "customer_id, site_id", "site", "customer_id, id"),
        CompositeKey("ledger_entry", "customer_id, reverses_id", "ledger_entry", "customer_id, id"),
        CompositeKey("ledger_entry", "customer_id, counterpart_site_id", "site", "customer_id, id"),
        Index("ledger_entry", "ledger_entry_as_of", AS_OF),
        Scope("ledger_entry", OF_CUSTOMER, whole_for=("billing",)),
        Grants("ledger_entry", request=ADD),
        Index("customer_month", "customer_month_by_path", "USING gin (partner_path)"),
        Scope("customer_month", f"{OF_CUSTOMER} OR {IN_LIST}", whole_for=("billing",)),
        Grants("customer_month", request=READ, billing=f"{ADD}, UPDATE (partner_path)"),
    ]
