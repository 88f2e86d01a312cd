"""Imports stay within their customer; the worker finds those that wait (SPEC 11)."""

from django.db import migrations

from strapontin.kit.rules.conditions import OF_CUSTOMER
from strapontin.kit.rules.rights import CHANGE, Grants
from strapontin.kit.rules.visibility import Scope


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0003_rules"),
        ("imports", "0001_initial"),
    ]
    operations = [
        Scope("user_import", OF_CUSTOMER, whole_for=("worker",)),
        Grants("user_import", request=CHANGE, billing="DELETE"),
        Scope("import_column", OF_CUSTOMER),
        Grants("import_column", request=CHANGE, billing="DELETE"),
    ]
