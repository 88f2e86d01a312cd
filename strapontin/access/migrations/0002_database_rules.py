"""What the schema promises beyond Django's models (SPEC 11).

Composite foreign keys within a customer, periods that cannot overlap, the database roles with what each may
do, and row level security on every table that holds something of a customer. Ledger, seat events, journal,
charges and issued invoices can be inserted and read, never updated or deleted.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from strapontin.config.database import Roles

COMPOSITE_KEYS = (
    ("balance", "site_id", "site", "id"),
    ("ledger_entry", "site_id", "site", "id"),
    ("ledger_entry", "reverses_id", "ledger_entry", "id"),
    ("ledger_entry", "counterpart_site_id", "site", "id"),
    ("period_price", "period_starts_on", "period", "starts_on"),
    ("period_rating", "period_starts_on", "period", "starts_on"),
    ("charge", "period_starts_on", "period", "starts_on"),
    ("seat_user", "site_id", "site", "id"),
    ("seat_user", "tenant_id", "site_tenant", "id"),
    ("seat_event", "site_id", "site", "id"),
    ("seat_event", "user_id", "seat_user", "id"),
    ("site_tenant", "site_id", "site", "id"),
    ("tenant_reading", "synchronization_id", "synchronization", "id"),
    ("tenant_reading", "tenant_id", "site_tenant", "id"),
    ("tenant_reading", "site_id", "site", "id"),
    ("stack_call", "user_id", "seat_user", "id"),
    ("stack_call", "tenant_id", "site_tenant", "id"),
)

CUSTOMER = "nullif(current_setting('app.customer', true), '')::uuid"
PARTNER = "nullif(current_setting('app.partner', true), '')::uuid"
ACTOR = "nullif(current_setting('app.actor', true), '')::uuid"
NEAREST = "nullif(current_setting('app.nearest', true), '')::uuid"
PROVIDER = "current_setting('app.scope', true) = 'provider'"
# One comparison that an index answers for everybody: the provider's list is below nobody in particular.
IN_LIST = f"partner_path @> CASE WHEN {PROVIDER} THEN '{{}}'::uuid[] ELSE ARRAY[{PARTNER}] END"
AT_OR_ABOVE_PAYER = (
    f"({PROVIDER} OR EXISTS (SELECT 1 FROM partner p WHERE p.id = payer_id AND p.path @> ARRAY[{PARTNER}]))"
)
SEES_PRICES = f"({PROVIDER} OR EXISTS (SELECT 1 FROM partner p WHERE p.id = {PARTNER} AND p.payer))"
# Administrators and keys of customers below a partner: few are asked for at a time, by id or by customer.
OF_CUSTOMER_BELOW = f"EXISTS (SELECT 1 FROM customer c WHERE c.id = customer_id AND c.partner_path @> ARRAY[{PARTNER}])"

OF_CUSTOMER = f"customer_id = {CUSTOMER}"
POLICIES = {
    # Within one customer: plain equality, so that every index on customer_id serves.
    "site": OF_CUSTOMER,
    "balance": OF_CUSTOMER,
    "ledger_entry": OF_CUSTOMER,
    "seat_user": OF_CUSTOMER,
    "seat_event": OF_CUSTOMER,
    "site_tenant": OF_CUSTOMER,
    "tenant_register": OF_CUSTOMER,
    "synchronization": OF_CUSTOMER,
    "tenant_reading": OF_CUSTOMER,
    "stack_call": OF_CUSTOMER,
    "period": OF_CUSTOMER,
    "period_rating": OF_CUSTOMER,
    # Lists over customers compare the partner's ancestry with the scope.
    "customer": f"id = {CUSTOMER} OR {IN_LIST}",
    "customer_total": f"{OF_CUSTOMER} OR {IN_LIST}",
    "customer_month": f"{OF_CUSTOMER} OR {IN_LIST}",
    "journal_entry": f"{OF_CUSTOMER} OR {IN_LIST}",
    # Money is for scopes at or above the payer (SPEC 3).
    "period_price": f"{OF_CUSTOMER} AND EXISTS (SELECT 1 FROM period q WHERE q.customer_id = period_price.customer_id"
    f" AND q.starts_on = period_price.period_starts_on AND {AT_OR_ABOVE_PAYER})",
    "charge": AT_OR_ABOVE_PAYER,
    "parked_customer": AT_OR_ABOVE_PAYER,
    "invoice": AT_OR_ABOVE_PAYER,
    "invoice_line": AT_OR_ABOVE_PAYER,
    "invoice_tax": AT_OR_ABOVE_PAYER,
    "run_payer": AT_OR_ABOVE_PAYER,
    "billing_run": PROVIDER,
    "invoice_number": "false",
    "price_list": f"{PROVIDER} OR (partner_id IS NULL AND {SEES_PRICES}) OR EXISTS"
    f" (SELECT 1 FROM partner p WHERE p.id = partner_id AND p.path @> ARRAY[{PARTNER}])",
    "price": "EXISTS (SELECT 1 FROM price_list l WHERE l.id = price_list_id)",
    "term_discount": "EXISTS (SELECT 1 FROM price_list l WHERE l.id = price_list_id)",
    "level_discount": "EXISTS (SELECT 1 FROM price_list l WHERE l.id = price_list_id)",
    # The organisation: what is below, and the nearest partner's name.
    "partner": f"{PROVIDER} OR path @> ARRAY[{PARTNER}] OR id = {NEAREST}",
    "stack": f"{PROVIDER} OR EXISTS (SELECT 1 FROM partner p WHERE p.id = partner_id AND p.path @> ARRAY[{PARTNER}])",
    "stack_token": "false",
    "administrator": f"{PROVIDER} OR customer_id = {CUSTOMER}"
    f" OR EXISTS (SELECT 1 FROM partner p WHERE p.id = partner_id AND p.path @> ARRAY[{PARTNER}])"
    f" OR {OF_CUSTOMER_BELOW}",
    "api_key": f"{PROVIDER} OR customer_id = {CUSTOMER}"
    f" OR EXISTS (SELECT 1 FROM partner p WHERE p.id = partner_id AND p.path @> ARRAY[{PARTNER}])"
    f" OR {OF_CUSTOMER_BELOW}",
    "kept_answer": f"actor_id = {ACTOR}",
}

# Those who can help a customer are named to it, wherever they stand above it; to be read, not to be changed.
HELPERS = (
    "'subscriptions' = ANY (roles) AND partner_id = ANY"
    f" ((SELECT c.partner_path FROM customer c WHERE c.id = {CUSTOMER})::uuid[])"
)
# What is sold, and by whose rules, everybody may read. The migrating owner seeds these, so nothing is forced on it.
READ_BY_ALL = ("installation", "subscription_type")
PROVIDERS_OWN = (*READ_BY_ALL, "partner", "price_list", "price", "term_discount", "level_discount")

READ, ADD, CHANGE = "SELECT", "SELECT, INSERT", "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"
REQUEST_GRANTS = {
    READ: ("period", "period_rating", "period_price", "charge", "parked_customer", "customer_month",
           "invoice", "invoice_line", "invoice_tax", "billing_run", "run_payer", "installation"),
    ADD: ("customer", "ledger_entry", "seat_event", "journal_entry", "price_list", "price", "term_discount",
          "level_discount"),
    CHANGE: ("subscription_type", "partner", "site", "balance", "customer_total", "seat_user", "stack",
             "synchronization", "tenant_reading", "stack_call", "administrator", "api_key"),
    ALL: ("site_tenant", "tenant_register", "kept_answer"),
}  # fmt: skip
BILLING_GRANTS = {
    ADD: (
        "customer_month",
        "period",
        "period_price",
        "period_rating",
        "charge",
        "invoice",
        "invoice_line",
        "invoice_tax",
    ),
    CHANGE: ("billing_run", "invoice_number"),
    ALL: ("run_payer", "parked_customer"),
}
BILLING_SEES = (
    "customer", "site", "period", "period_price", "period_rating", "charge", "parked_customer", "invoice",
    "invoice_line", "invoice_tax", "billing_run", "run_payer", "invoice_number", "price_list", "price",
    "term_discount", "level_discount", "partner", "balance", "customer_total", "ledger_entry", "seat_event",
    "journal_entry", "customer_month",
)  # fmt: skip
WORKER_SEES = ("stack", "stack_token", "tenant_register", "customer", "site_tenant", "synchronization",
               "stack_call", "partner", "kept_answer")  # fmt: skip
DOOR_READS = (
    "django_migrations",
    "installation",
    "administrator",
    "api_key",
    "django_content_type",
    "subscription_type",
)
DOOR_CHANGES = ("account", "django_session", "account_emailaddress", "account_emailconfirmation")


def _statements(roles: Roles) -> list[str]:
    out = ["CREATE EXTENSION IF NOT EXISTS btree_gist"]
    for table, column, to_table, to_column in COMPOSITE_KEYS:
        out.append(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_of_customer FOREIGN KEY (customer_id, {column})"
            f" REFERENCES {to_table} (customer_id, {to_column}) ON DELETE RESTRICT"
        )
    out += [
        "ALTER TABLE period ADD CONSTRAINT period_tiles EXCLUDE USING gist"
        " (customer_id WITH =, daterange(starts_on, ends_on) WITH &&)",
        # Lines are written by the statement that rates, before the invoice that carries their sum and number.
        *(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_of_invoice FOREIGN KEY (payer_id, invoice_id)"
            " REFERENCES invoice (payer_id, id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED"
            for table in ("invoice_line", "invoice_tax")
        ),
        # Hot rows change in place: free room keeps the update on the same page without touching an index.
        "ALTER TABLE balance SET (fillfactor = 50)",
        "ALTER TABLE customer_total SET (fillfactor = 50)",
        "CREATE INDEX ledger_entry_as_of ON ledger_entry (customer_id, type_code, effective_on)"
        " INCLUDE (site_id, delta, recorded_at)",
        "CREATE INDEX seat_event_as_of ON seat_event (customer_id, type_code, effective_on)"
        " INCLUDE (site_id, delta, recorded_at)",
        "CREATE INDEX charge_of_period ON charge (customer_id, period_starts_on, type_code)",
        "CREATE INDEX customer_by_path ON customer USING gin (partner_path)",
        "CREATE INDEX customer_total_by_path ON customer_total USING gin (partner_path)",
        "CREATE INDEX customer_month_by_path ON customer_month USING gin (partner_path)",
        "CREATE INDEX customer_due ON customer (period_ends_on) WHERE status = 'active'",
        "CREATE INDEX period_of_payer ON period (payer_id, starts_on)",
        "CREATE INDEX journal_entry_by_id ON journal_entry (id)",
        "CREATE INDEX administrator_of_customer ON administrator (customer_id) WHERE customer_id IS NOT NULL",
        "CREATE INDEX api_key_of_customer ON api_key (customer_id) WHERE customer_id IS NOT NULL",
        "CREATE INDEX journal_entry_by_path ON journal_entry USING gin (partner_path)",
    ]
    for role in roles.all():
        out += [
            _unless(f"EXISTS (SELECT FROM pg_roles WHERE rolname = {_quoted(role)})", f"CREATE ROLE {role} NOLOGIN")
        ]
        out += [_unless(_is_member("current_user", role), f"GRANT {role} TO current_user")]
    for role in (roles.worker, roles.billing):
        out += [_unless(_is_member(_quoted(role), roles.request), f"GRANT {roles.request} TO {role}")]
    out += [
        f"GRANT USAGE ON SCHEMA public TO {', '.join(roles.all())}",
    ]
    for privileges, tables in REQUEST_GRANTS.items():
        out.append(f"GRANT {privileges} ON {', '.join(tables)} TO {roles.request}")
    for privileges, tables in BILLING_GRANTS.items():
        out.append(f"GRANT {privileges} ON {', '.join(tables)} TO {roles.billing}")
    out += [
        f"GRANT UPDATE ON installation TO {roles.request}",
        f"GRANT UPDATE (payer_id) ON period TO {roles.billing}",
        # A customer's place in the organisation and its cycle follow from rules; nobody's request sets them.
        f"GRANT UPDATE (name, client_id, purchase_order, pending_term_months, version) ON customer TO {roles.request}",
        "GRANT UPDATE (partner_path, status, term_months, pending_term_months, period_starts_on, period_ends_on,"
        f" cancel_at_end_of_period, version) ON customer TO {roles.billing}",
        f"GRANT UPDATE (partner_path) ON customer_month TO {roles.billing}",
        f"GRANT {ALL} ON stack_token TO {roles.worker}",
        f"GRANT {READ} ON {', '.join(DOOR_READS)} TO {roles.door}",
        f"GRANT {ALL} ON {', '.join(DOOR_CHANGES)} TO {roles.door}",
        f"GRANT INSERT ON account TO {roles.request}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {roles.door}, {roles.request}",
    ]
    for table, condition in POLICIES.items():
        out += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {table}_in_scope ON {table} TO {roles.request} USING ({condition})",
        ]
    out.append(f"CREATE POLICY administrator_helpers ON administrator FOR SELECT TO {roles.request} USING ({HELPERS})")
    for table in READ_BY_ALL:
        out += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY {table}_readable ON {table} TO {roles.request}, {roles.door} USING (true)",
        ]
    # Only what is written is compared: whoever locks a row, to read it, is asked for USING as well.
    only = f"AS RESTRICTIVE FOR {{}} TO {roles.request} {{}} WITH CHECK ({{}})"
    for table in PROVIDERS_OWN:
        out += [
            f"CREATE POLICY {table}_inserted ON {table} {only.format('INSERT', '', PROVIDER)}",
            f"CREATE POLICY {table}_changed ON {table} {only.format('UPDATE', 'USING (true)', PROVIDER)}",
        ]
    ordinary = f"{PROVIDER} OR NOT (not_for_resale OR unlimited)"
    out.append(f"CREATE POLICY customer_inserted ON customer {only.format('INSERT', '', ordinary)}")
    for table in BILLING_SEES:
        out.append(f"CREATE POLICY {table}_billing ON {table} TO {roles.billing} USING (true)")
    for table in WORKER_SEES:
        out.append(f"CREATE POLICY {table}_worker ON {table} TO {roles.worker} USING (true)")
    for table in ("administrator", "api_key"):
        out.append(f"CREATE POLICY {table}_door ON {table} FOR SELECT TO {roles.door} USING (true)")
    # Background jobs are put into the queue by the transaction that needs them.
    out += [
        f"GRANT {ALL} ON procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers,"
        f" procrastinate_workers TO {roles.request}",
    ]
    return out


def _unless(condition: str, statement: str) -> str:
    """The roles may have been made and granted by an administrator, where we have no right to."""
    return f"DO $$ BEGIN IF NOT {condition} THEN {statement}; END IF; END $$"


def _is_member(member: str, role: str) -> str:
    # Since PostgreSQL 16 the maker of a role is its member, but without the right to become it.
    kind = "CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END"
    return f"pg_has_role({member}, {_quoted(role)}, {kind})"


def _quoted(role: str) -> str:
    return "'" + role.strip('"') + "'"


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Runs the statements above as the owner of the database."""
    name = str(editor.connection.settings_dict["NAME"])
    roles = Roles(*(f'"{name}_{role}"' for role in ("door", "request", "worker", "billing")))
    for statement in _statements(roles):
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("allocations", "0001_initial"),
        ("api", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("billing", "0001_initial"),
        ("catalogue", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("cycles", "0001_initial"),
        ("journal", "0001_initial"),
        ("organisation", "0001_initial"),
        ("procrastinate", "0041_post_retry_failed_job"),
        ("seats", "0001_initial"),
        ("sessions", "0001_initial"),
        ("stacks", "0001_initial"),
    ]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
