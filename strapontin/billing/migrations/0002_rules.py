"""Money is for scopes at or above the payer; a charge and an invoice never change (SPEC 3, 7, 11)."""

from django.db import migrations

from strapontin.kit.rules.conditions import OF_CUSTOMER, PARTNER, PROVIDER
from strapontin.kit.rules.keys import CompositeKey, Index
from strapontin.kit.rules.rights import ADD, ALL, CHANGE, READ, Grants
from strapontin.kit.rules.visibility import Scope

AT_OR_ABOVE_PAYER = (
    f"({PROVIDER} OR EXISTS (SELECT 1 FROM partner p WHERE p.id = payer_id AND p.path @> ARRAY[{PARTNER}]))"
)


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0001_initial"),
        ("cycles", "0002_rules"),
        ("organisation", "0003_rules"),
    ]
    operations = [
        CompositeKey("period_rating", "customer_id, period_starts_on", "period", "customer_id, starts_on"),
        Scope("period_rating", OF_CUSTOMER, whole_for=("billing",)),
        Grants("period_rating", request=READ, billing=ADD),
        CompositeKey("charge", "customer_id, period_starts_on", "period", "customer_id, starts_on"),
        Index("charge", "charge_of_period", "(customer_id, period_starts_on, type_code)"),
        Scope("charge", AT_OR_ABOVE_PAYER, whole_for=("billing",)),
        Grants("charge", request=READ, billing=ADD),
        Scope("parked_customer", AT_OR_ABOVE_PAYER, whole_for=("billing",)),
        Grants("parked_customer", request=READ, billing=ALL),
        Scope("billing_run", PROVIDER, whole_for=("billing",)),
        Grants("billing_run", request=READ, billing=CHANGE),
        Scope("run_payer", AT_OR_ABOVE_PAYER, whole_for=("billing",)),
        Grants("run_payer", request=READ, billing=ALL),
        Scope("invoice_number", "false", whole_for=("billing",)),
        Grants("invoice_number", billing=CHANGE),
        Scope("invoice", AT_OR_ABOVE_PAYER, whole_for=("billing",)),
        Grants("invoice", request=READ, billing=ADD),
        # The statement that rates writes the lines; the invoice with their sum and its number comes after.
        CompositeKey(
            "invoice_line",
            "payer_id, invoice_id",
            "invoice",
            "payer_id, id",
            name="invoice_line_of_invoice",
            deferred=True,
        ),
        Scope("invoice_line", AT_OR_ABOVE_PAYER, whole_for=("billing",)),
        Grants("invoice_line", request=READ, billing=ADD),
        CompositeKey(
            "invoice_tax",
            "payer_id, invoice_id",
            "invoice",
            "payer_id, id",
            name="invoice_tax_of_invoice",
            deferred=True,
        ),
        Scope("invoice_tax", AT_OR_ABOVE_PAYER, whole_for=("billing",)),
        Grants("invoice_tax", request=READ, billing=ADD),
    ]
