"""People can be suspended and removed; keys say when they were used; logins are the door's alone (SPEC 3)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from strapontin.kit.rules.rights import ALL, CHANGE, READ, Grants
from strapontin.kit.rules.visibility import Policy

# Row level security is forced: without this the owner would find no administrator.
FILL = """
ALTER TABLE administrator NO FORCE ROW LEVEL SECURITY;
UPDATE administrator SET email = account.email, is_active = account.is_active
  FROM account WHERE account.id = administrator.account_id;
ALTER TABLE administrator FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_session"),
        ("organisation", "0003_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="administrator",
            name="email",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="administrator",
            name="ended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="administrator",
            name="is_active",
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name="apikey",
            name="last_used_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="administrator",
            name="account",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="administrator",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="administrator",
            index=models.Index(fields=["email"], name="administrator_by_email"),
        ),
        migrations.AddIndex(
            model_name="apikey",
            index=models.Index(fields=["created_by_id"], name="api_key_by_maker"),
        ),
        migrations.AddConstraint(
            model_name="administrator",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("email", "provider", "partner", "customer_id"),
                name="administrator_email_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="administrator",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_at__isnull", True),
                    models.Q(("account__isnull", True), ("email", ""), ("is_active", False), ("roles", [])),
                    _connector="OR",
                ),
                name="administrator_ended",
            ),
        ),
        Grants("account", door=ALL),
        Policy("api_key", "api_key_ended", ("door",), "UPDATE", "true"),
        Grants("api_key", door=f"{READ}, UPDATE (revoked_at, last_used_at)", request=CHANGE),
    ]
