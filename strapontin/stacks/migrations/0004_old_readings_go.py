"""The worker deletes old synchronisations of all customers, with what they read."""

from django.db import migrations

from strapontin.kit.rules.conditions import OF_CUSTOMER
from strapontin.kit.rules.rights import CHANGE, Grants
from strapontin.kit.rules.visibility import Scope


class Migration(migrations.Migration):
    dependencies = [("stacks", "0003_rules")]
    operations = [
        Grants("synchronization", request=CHANGE, worker="DELETE"),
        Scope("tenant_reading", OF_CUSTOMER, whole_for=("worker",)),
        Grants("tenant_reading", request=CHANGE, worker="DELETE"),
    ]
