"""An answer is kept for the actor who asked (SPEC 10, 11)."""

from django.db import migrations

from strapontin.kit.rules.conditions import ACTOR
from strapontin.kit.rules.rights import ALL, Grants
from strapontin.kit.rules.visibility import Scope


class Migration(migrations.Migration):
    dependencies = [
        ("doors", "0001_initial"),
        ("organisation", "0003_rules"),
    ]
    operations = [
        Scope("kept_answer", f"actor_id = {ACTOR}", whole_for=("worker",)),
        Grants("kept_answer", request=ALL),
    ]
