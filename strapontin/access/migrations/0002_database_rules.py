"""The rules of every table stood here until each app brought its own (``000X_rules.py``).

Installations have this migration applied, so its name stays.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = []
