"""All calls of a user are found without reading those of other users: a list of users shows the latest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("seats", "0008_detachment"),
    ]
    operations = [
        migrations.RemoveIndex("stackcall", "stack_call_open"),
        migrations.AddIndex("stackcall", models.Index(fields=["customer", "user_id"], name="stack_call_of_user")),
    ]
