"""An e-mail is once in a customer, wherever its user came from: only a stack itself may show two (SPEC 5).

Users whom a stack showed keep the e-mails that they have, doubles included.
"""

import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("seats", "0004_one_form_of_text"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="user", name="seat_user_email_once"),
        migrations.AddField(
            model_name="user",
            name="email_from_stack",
            field=models.BooleanField(db_default=False, default=False),
        ),
        # Not an UPDATE: row level security hides every row from the owner.
        migrations.RunSQL(
            "ALTER TABLE seat_user ALTER COLUMN email_from_stack DROP DEFAULT,"
            " ALTER COLUMN email_from_stack TYPE boolean USING origin = 'stack',"
            " ALTER COLUMN email_from_stack SET DEFAULT false",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                models.F("customer_id"),
                django.db.models.functions.text.Lower("email"),
                models.Case(models.When(email_from_stack=True, then="id")),
                condition=models.Q(("state", "active"), models.Q(("email", ""), _negated=True)),
                name="seat_user_email_once",
                nulls_distinct=False,
            ),
        ),
    ]
