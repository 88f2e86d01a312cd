"""The transaction that needs a job puts it into the queue of procrastinate (SPEC 11)."""

from django.db import migrations

from strapontin.kit.rules.rights import ALL, Grants, Numbers

TABLES = ("procrastinate_events", "procrastinate_jobs", "procrastinate_periodic_defers", "procrastinate_workers")


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0003_rules"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]
    operations = [
        *(Grants(table, request=ALL) for table in TABLES),
        *(Numbers(table, "door", "request") for table in TABLES),
    ]
