"""Everybody reads the types that are sold; price lists are for those who pay (SPEC 3, 7, 11)."""

from django.db import migrations

from strapontin.kit.rules.conditions import PARTNER, PROVIDER
from strapontin.kit.rules.rights import ADD, CHANGE, READ, Grants
from strapontin.kit.rules.visibility import ReadByAll, Scope, WrittenIf

# The general lists for every payer, a payer's own for its partner and those above.
LIST_IN_SCOPE = (
    f"{PROVIDER}"
    f" OR (partner_id IS NULL AND ({PROVIDER} OR EXISTS (SELECT 1 FROM partner p WHERE p.id = {PARTNER} AND p.payer)))"
    f" OR EXISTS (SELECT 1 FROM partner p WHERE p.id = partner_id AND p.path @> ARRAY[{PARTNER}])"
)
OF_LIST_IN_SCOPE = "EXISTS (SELECT 1 FROM price_list l WHERE l.id = price_list_id)"


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_initial"),
        ("organisation", "0003_rules"),
    ]
    operations = [
        ReadByAll("subscription_type"),
        WrittenIf("subscription_type", PROVIDER),
        Grants("subscription_type", door=READ, request=CHANGE),
        Scope("price_list", LIST_IN_SCOPE, whole_for=("billing",)),
        WrittenIf("price_list", PROVIDER),
        Grants("price_list", request=ADD),
        Scope("price", OF_LIST_IN_SCOPE, whole_for=("billing",)),
        WrittenIf("price", PROVIDER),
        Grants("price", request=ADD),
        Scope("term_discount", OF_LIST_IN_SCOPE, whole_for=("billing",)),
        WrittenIf("term_discount", PROVIDER),
        Grants("term_discount", request=ADD),
        Scope("level_discount", OF_LIST_IN_SCOPE, whole_for=("billing",)),
        WrittenIf("level_discount", PROVIDER),
        Grants("level_discount", request=ADD),
    ]
