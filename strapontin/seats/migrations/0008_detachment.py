"""A tenant that is detached takes the calls to its stack along."""

from django.db import migrations

from strapontin.kit.rules.rights import ALL, Grants


class Migration(migrations.Migration):
    dependencies = [
        ("seats", "0007_old_calls_go"),
    ]
    operations = [
        Grants("stack_call", request=ALL),
    ]
