"""The worker deletes calls to stacks that ended long ago."""

from django.db import migrations

from strapontin.kit.rules.rights import CHANGE, Grants


class Migration(migrations.Migration):
    dependencies = [("seats", "0006_what_stacks_refuse")]
    operations = [Grants("stack_call", request=CHANGE, worker="DELETE")]
