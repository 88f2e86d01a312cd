"""A tenant that is detached takes its readings along."""

from django.db import migrations

from strapontin.kit.rules.rights import ALL, Grants


class Migration(migrations.Migration):
    dependencies = [
        ("stacks", "0003_rules"),
    ]
    operations = [
        Grants("tenant_reading", request=ALL),
    ]
