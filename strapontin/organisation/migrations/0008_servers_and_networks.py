"""A tenant belongs to one site of the whole installation, whatever the stack; the networks in which stacks may be.

What stands there stays: a tenant that was attached by two stacks is marked, and the literal addresses of the
provider's own stacks are listed.
"""

from urllib.parse import urlsplit

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from strapontin.kit.networks import is_public, literal_address

# Row level security hides every row from the owner, who makes the migration, unless it is lifted.
MARK_DUPLICATES = """
ALTER TABLE tenant_register NO FORCE ROW LEVEL SECURITY;
UPDATE tenant_register t SET duplicate = true
 WHERE EXISTS (SELECT 1 FROM tenant_register o WHERE o.tenant_uuid = t.tenant_uuid AND o.stack_id < t.stack_id);
ALTER TABLE tenant_register FORCE ROW LEVEL SECURITY
"""


def list_addresses(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Lists the addresses of the provider's own stacks that are not public, or that are spoken to without TLS."""
    schema_editor.execute("ALTER TABLE stack NO FORCE ROW LEVEL SECURITY")
    stacks = apps.get_model("organisation", "Stack").objects.using(schema_editor.connection.alias)
    listed = set()
    for url in stacks.filter(partner=None, kind="wazo").values_list("url", flat=True):
        parts = urlsplit(url)
        address = literal_address(parts.hostname or "")
        if address is not None and (parts.scheme == "http" or not is_public(address)):
            listed.add(f"{address}/{address.max_prefixlen}")
    if listed:
        installations = apps.get_model("organisation", "Installation").objects.using(schema_editor.connection.alias)
        installations.update(stack_networks=sorted(listed))
    schema_editor.execute("ALTER TABLE stack FORCE ROW LEVEL SECURITY")


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0007_retention"),
    ]
    operations = [
        migrations.AddField("tenantregister", "duplicate", models.BooleanField(default=False, db_default=False)),
        migrations.RunSQL(MARK_DUPLICATES, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "tenantregister",
            models.UniqueConstraint(
                fields=["tenant_uuid"], condition=models.Q(duplicate=False), name="tenant_register_once"
            ),
        ),
        migrations.AddField("stack", "server_uuid", models.UUIDField(null=True)),
        migrations.AddField("stack", "silent_since", models.DateTimeField(null=True)),
        migrations.AddField("stack", "silent_until", models.DateTimeField(null=True)),
        migrations.AddField("installation", "stack_networks", ArrayField(models.TextField(), default=list, blank=True)),
        migrations.RunPython(list_addresses, migrations.RunPython.noop),
    ]
