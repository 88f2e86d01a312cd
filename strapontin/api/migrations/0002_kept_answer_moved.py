"""Kept answers belong to all doors: the model is in the app doors, the table stays."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0001_initial"),
        ("doors", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name="KeptAnswer"),
            ]
        )
    ]
