"""Sessions say whose they are. Open ones stay open."""

from datetime import timedelta

import django.db.models.deletion
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

import strapontin.kit.ids
import strapontin.kit.models
from strapontin.kit.rules.rights import ALL, Grants
from strapontin.kit.rules.visibility import Policy, Scope


def move_sessions(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Each open session of somebody moves to the new table. From now on it ends if it is not used for a while."""
    database = schema_editor.connection.alias
    old = apps.get_model("sessions", "Session").objects.using(database)
    accounts = {
        str(id_) for id_ in apps.get_model("access", "Account").objects.using(database).values_list("id", flat=True)
    }
    now, store = timezone.now(), SessionStore()
    soon = now + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    for session in old.filter(expire_date__gt=now).iterator():
        account_id = store.decode(session.session_data).get("_auth_user_id")
        if account_id in accounts:
            apps.get_model("access", "Session").objects.using(database).create(
                session_key=session.session_key,
                session_data=session.session_data,
                expire_date=min(session.expire_date, soon),
                account_id=account_id,
                begun_at=now,
                seen_at=now,
            )
    old.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_rules"),
        ("sessions", "0001_initial"),
    ]
    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("id", strapontin.kit.models.Id(default=strapontin.kit.ids.new_id, editable=False)),
                ("begun_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("address", models.TextField(blank=True, default="")),
                ("browser", models.TextField(blank=True, default="")),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "db_table": "session",
            },
        ),
        migrations.RunPython(move_sessions, migrations.RunPython.noop),
        Scope("session", "false"),
        Policy("session", "session_door", ("door",), "ALL", "true"),
        Grants("session", door=ALL),
    ]
