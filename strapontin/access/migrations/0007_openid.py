"""allauth's tables of accounts elsewhere: nothing is written there, the door alone reads them."""

from django.db import migrations

from strapontin.kit.rules.rights import READ, Grants
from strapontin.kit.rules.visibility import Policy, Scope

TABLES = ("socialaccount_socialaccount", "socialaccount_socialapp", "socialaccount_socialtoken")


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_second_factor"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]
    operations = [
        *(Scope(table, "false") for table in TABLES),
        *(Policy(table, f"{table}_door", ("door",), "SELECT", "true") for table in TABLES),
        *(Grants(table, door=READ) for table in TABLES),
    ]
