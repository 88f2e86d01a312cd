"""Second factors (allauth's table), which the door alone reads and writes."""

from django.db import migrations

from strapontin.kit.rules.rights import ALL, Grants, Numbers
from strapontin.kit.rules.visibility import Policy, Scope


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0005_ended_administrators"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        Scope("mfa_authenticator", "false"),
        Policy("mfa_authenticator", "mfa_authenticator_door", ("door",), "ALL", "true"),
        Grants("mfa_authenticator", door=ALL),
        Numbers("mfa_authenticator", "door"),
    ]
