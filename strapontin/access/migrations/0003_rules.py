"""Who sees and changes those that may sign in; the door's role on Django's and allauth's tables (SPEC 3, 11)."""

from django.db import migrations

from strapontin.kit.rules.conditions import CUSTOMER, PARTNER, PROVIDER
from strapontin.kit.rules.keys import Index
from strapontin.kit.rules.rights import ALL, CHANGE, READ, Grants, Numbers
from strapontin.kit.rules.visibility import Policy, Scope

# The provider's; the customer's own; the actor's partner's and those below; those of the customers below it.
# Few of customers are asked for at a time, by id or by customer.
IN_SCOPE = (
    f"{PROVIDER} OR customer_id = {CUSTOMER}"
    f" OR EXISTS (SELECT 1 FROM partner p WHERE p.id = partner_id AND p.path @> ARRAY[{PARTNER}])"
    f" OR EXISTS (SELECT 1 FROM customer c WHERE c.id = customer_id AND c.partner_path @> ARRAY[{PARTNER}])"
)
# Those who can help a customer are named to it, at whatever partner above it; to be read, not to be changed.
HELPERS = (
    "'subscriptions' = ANY (roles) AND partner_id = ANY"
    f" ((SELECT c.partner_path FROM customer c WHERE c.id = {CUSTOMER})::uuid[])"
)
# Tables of Django and allauth that number their rows.
NUMBERED = (
    "account_emailaddress",
    "account_emailconfirmation",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_database_rules"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("organisation", "0003_rules"),
        ("sessions", "0001_initial"),
    ]
    operations = [
        Index("administrator", "administrator_of_customer", "(customer_id) WHERE customer_id IS NOT NULL"),
        Scope("administrator", IN_SCOPE),
        Policy("administrator", "administrator_helpers", ("request",), "SELECT", HELPERS),
        Policy("administrator", "administrator_door", ("door",), "SELECT", "true"),
        Grants("administrator", door=READ, request=CHANGE),
        Index("api_key", "api_key_of_customer", "(customer_id) WHERE customer_id IS NOT NULL"),
        Scope("api_key", IN_SCOPE),
        Policy("api_key", "api_key_door", ("door",), "SELECT", "true"),
        Grants("api_key", door=READ, request=CHANGE),
        Grants("account", door=ALL, request="INSERT"),
        Grants("account_emailaddress", door=ALL),
        Grants("account_emailconfirmation", door=ALL),
        Grants("django_session", door=ALL),
        Grants("django_content_type", door=READ),
        Grants("django_migrations", door=READ),
        *(Numbers(table, "door", "request") for table in NUMBERED),
    ]
