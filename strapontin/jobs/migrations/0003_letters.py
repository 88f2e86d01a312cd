"""Letters and the steps of a day are the worker's alone; administrators say who added them, by the journal."""

import django.db.models.deletion
from django.db import migrations, models

from strapontin.kit.rules.conditions import PROVIDER
from strapontin.kit.rules.rights import CHANGE, Grants
from strapontin.kit.rules.visibility import Scope

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
        ("access", "0011_letters_and_makers"),
        ("jobs", "0002_queue_of_the_worker"),
        ("journal", "0003_follows_its_partner"),
    ]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="DailyStep",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("done_for", models.DateField()),
            ],
            options={
                "db_table": "daily_step",
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "administrator",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="access.administrator",
                    ),
                ),
                ("day", models.DateField()),
                ("since", models.DateField()),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "letter",
            },
        ),
        *(Scope(table, PROVIDER, whole_for=("worker",)) for table in ("daily_step", "letter")),
        *(Grants(table, worker=CHANGE) for table in ("daily_step", "letter")),
    ]
