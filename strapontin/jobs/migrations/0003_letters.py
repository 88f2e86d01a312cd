"""Letters and the steps of a day are the worker's alone."""

import django.db.models.deletion
from django.db import migrations, models

from strapontin.kit.rules.conditions import PROVIDER
from strapontin.kit.rules.rights import CHANGE, Grants
from strapontin.kit.rules.visibility import Scope


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0011_letters_and_makers"),
        ("jobs", "0002_queue_of_the_worker"),
    ]

    operations = [
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
