"""An administrator may show the e-mail address to those who need help; nobody does without having said so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0009_automatic_allocation")]
    operations = [
        migrations.AddField("administrator", "shows_email", models.BooleanField(default=False, db_default=False)),
    ]
