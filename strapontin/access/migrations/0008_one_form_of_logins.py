"""Logins have the one form of an address, in small letters: a sign-in brings what was typed to it."""

from django.db import migrations

from strapontin.kit.rules.texts import OneForm


class Migration(migrations.Migration):
    dependencies = [("access", "0007_openid")]
    operations = [
        OneForm("account", "id", ("email",)),
        OneForm("administrator", "id", ("email",)),
    ]
