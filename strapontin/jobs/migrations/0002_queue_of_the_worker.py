"""The queue is the worker's. A request only puts jobs into it, by two functions that act as their owner (SPEC 11)."""

from django.db import migrations

from strapontin.kit.rules.rights import ALL, Executes, Grants, NumbersOfOwn

TABLES = ("procrastinate_events", "procrastinate_jobs", "procrastinate_periodic_defers", "procrastinate_workers")


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_rules")]
    operations = [
        *(Grants(table, worker=ALL) for table in TABLES),
        *(NumbersOfOwn(table, "worker") for table in TABLES),
        Executes("procrastinate\\_%", ("worker",)),
        Executes("procrastinate\\_defer\\_jobs\\_v1", ("request", "worker"), as_owner=True),
        Executes("procrastinate\\_defer\\_periodic\\_job\\_v2", ("request", "worker"), as_owner=True),
    ]
