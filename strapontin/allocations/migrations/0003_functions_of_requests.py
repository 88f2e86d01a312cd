"""Those who read balances may call the functions of seats, nobody else (SPEC 11)."""

from django.db import migrations

from strapontin.kit.rules.rights import Executes


class Migration(migrations.Migration):
    dependencies = [("allocations", "0002_rules")]
    operations = [
        Executes("free\\_seats", ("request",)),
        Executes("over\\_seats", ("request",)),
    ]
