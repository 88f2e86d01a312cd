"""Administrators may do without the daily letter; each says who added it, as keys do."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0010_shown_email"),
    ]

    operations = [
        migrations.AddField(
            model_name="administrator",
            name="created_by_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="administrator",
            name="daily_letter",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
