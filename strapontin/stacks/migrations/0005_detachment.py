"""A tenant that is detached takes its readings along."""

from django.db import migrations

from strapontin.kit.rules.rights import ALL, Grants


class Migration(migrations.Migration):
    dependencies = [
        ("stacks", "0004_old_readings_go"),
    ]
    operations = [
        Grants("tenant_reading", request=ALL),
    ]
