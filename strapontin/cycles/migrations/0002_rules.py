"""Periods cannot overlap, billing alone opens them; prices are for scopes at or above the payer (SPEC 3, 7, 11)."""

from django.db import migrations

from strapontin.kit.rules.conditions import OF_CUSTOMER, PARTNER, PROVIDER
from strapontin.kit.rules.keys import CompositeKey, Constraint, Index
from strapontin.kit.rules.rights import ADD, READ, Grants
from strapontin.kit.rules.visibility import Scope

TILES = "EXCLUDE USING gist (customer_id WITH =, daterange(starts_on, ends_on) WITH &&)"
AT_OR_ABOVE_PAYER = (
    f"({PROVIDER} OR EXISTS (SELECT 1 FROM partner p WHERE p.id = payer_id AND p.path @> ARRAY[{PARTNER}]))"
)
PRICE_IN_SCOPE = (
    f"{OF_CUSTOMER} AND EXISTS (SELECT 1 FROM period q WHERE q.customer_id = period_price.customer_id"
    f" AND q.starts_on = period_price.period_starts_on AND {AT_OR_ABOVE_PAYER})"
)


class Migration(migrations.Migration):
    dependencies = [
        ("cycles", "0001_initial"),
        ("organisation", "0003_rules"),
    ]
    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", migrations.RunSQL.noop),
        Constraint("period", "period_tiles", TILES),
        Index("period", "period_of_payer", "(payer_id, starts_on)"),
        Scope("period", OF_CUSTOMER, whole_for=("billing",)),
        Grants("period", request=READ, billing=f"{ADD}, UPDATE (payer_id)"),
        CompositeKey("period_price", "customer_id, period_starts_on", "period", "customer_id, starts_on"),
        Scope("period_price", PRICE_IN_SCOPE, whole_for=("billing",)),
        Grants("period_price", request=READ, billing=ADD),
    ]
