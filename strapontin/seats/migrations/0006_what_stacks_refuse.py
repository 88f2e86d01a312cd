"""A user whom a stack refuses stays listed, and a call says why it was refused and what it changes (SPEC 5)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("seats", "0005_emails_of_stacks"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="stackcall",
            name="stack_call_state",
        ),
        migrations.RemoveConstraint(model_name="stackcall", name="stack_call_kind"),
        migrations.RemoveConstraint(
            model_name="user",
            name="seat_user_state",
        ),
        migrations.AddField(
            model_name="stackcall",
            name="error_field",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="stackcall",
            name="former",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name="stackcall",
            name="tried",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name="stackcall",
            name="tried_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="stackcall",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("waiting", "sent", "done", "failed", "dismissed"))),
                name="stack_call_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="stackcall",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("create", "update", "free_email", "delete"))), name="stack_call_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("active", "refused", "gone"))), name="seat_user_state"
            ),
        ),
    ]
