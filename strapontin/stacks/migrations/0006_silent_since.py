"""A reading tells since when a stack has been silent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stacks", "0005_detachment"),
    ]
    operations = [
        migrations.AddField("tenantreading", "silent_since", models.DateTimeField(null=True)),
    ]
