"""Requests write the sealed password of a stack and do not read it; the worker does."""

from django.db import migrations, models

from strapontin.kit.rules.rights import Grants

READ_BY_REQUESTS = (
    "id, partner_id, name, sort_key, kind, url, username, has_password, verify_tls, server_uuid, silent_since,"
    " silent_until, created_at, version"
)


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0008_servers_and_networks"),
    ]
    operations = [
        migrations.AddField(
            "stack",
            "has_password",
            models.GeneratedField(
                expression=models.ExpressionWrapper(models.Q(password_sealed__gt=b""), models.BooleanField()),
                output_field=models.BooleanField(),
                db_persist=True,
            ),
        ),
        Grants("stack", request=f"SELECT ({READ_BY_REQUESTS}), INSERT, UPDATE", worker="SELECT (password_sealed)"),
    ]
