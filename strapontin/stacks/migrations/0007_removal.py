"""Synchronisations of a customer that was made by mistake go with it (SPEC 3)."""

from django.db import migrations

from strapontin.kit.rules.rights import CHANGE, Grants


class Migration(migrations.Migration):
    dependencies = [
        ("stacks", "0006_silent_since"),
    ]
    operations = [
        Grants("synchronization", request=CHANGE, worker="DELETE", billing="DELETE"),
    ]
