"""Administrators may do without the daily letter; each says who added it, as keys do."""

from django.db import migrations, models

# Row level security is forced: without this the owner would find no row.
FILL = """
ALTER TABLE administrator NO FORCE ROW LEVEL SECURITY;
ALTER TABLE journal_entry NO FORCE ROW LEVEL SECURITY;
UPDATE administrator SET created_by_id = made.actor_id
  FROM (SELECT DISTINCT ON (object_id) object_id, actor_id FROM journal_entry
         WHERE action = 'administrator.create' ORDER BY object_id, at) AS made
 WHERE made.object_id = administrator.id;
ALTER TABLE journal_entry FORCE ROW LEVEL SECURITY;
ALTER TABLE administrator FORCE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0010_shown_email"),
        ("journal", "0003_follows_its_partner"),
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
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
