"""The periods of a customer that was made by mistake go with it (SPEC 3)."""

from django.db import migrations

from strapontin.kit.rules.rights import ADD, READ, Grants


class Migration(migrations.Migration):
    dependencies = [
        ("cycles", "0002_rules"),
    ]
    operations = [
        Grants("period", request=READ, billing=f"{ADD}, DELETE, UPDATE (payer_id)"),
        Grants("period_price", request=READ, billing=f"{ADD}, DELETE"),
    ]
