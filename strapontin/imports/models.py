"""Files that were sent, what was found in them, and what became of it (SPEC 5)."""

from __future__ import annotations

from django.db import models

from strapontin.kit.models import Id

IMPORT_STATES = ("queued", "running", "ready", "done", "failed")
KINDS = ("csv", "xlsx", "json")


class UserImport(models.Model):
    """A list of users for one customer: checked, shown, confirmed, imported whole or not at all."""

    pk = models.CompositePrimaryKey("customer_id", "id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    id = Id()
    # "queued": a job will check or import it; "running"; "ready": checked, waits to be confirmed or corrected; "done":
    # all users are there; "failed": nothing was imported.
    state = models.TextField(default="queued")
    # Whether it is shown first. If its import is refused after that, it can be corrected and confirmed again.
    preview = models.BooleanField()
    # Whether the users are to be imported once the check finds nothing wrong.
    confirmed = models.BooleanField(default=False)
    # Whether missing seats are allocated together with the users.
    allocate_missing = models.BooleanField(default=False)
    # What the confirmation was shown: another effect is refused. Empty: nothing was shown.
    expected_digest = models.TextField(default="", blank=True)
    # Who sent it, or confirmed it last: "administrator", "api_key" or "system".
    actor_kind = models.TextField()
    # Id of the administrator or key; null for the system.
    actor_id = models.UUIDField(null=True)
    # Way in: "screen" or "api".
    door = models.TextField()
    # "csv", "xlsx", or "json": users in the body of a request, kept as a CSV.
    kind = models.TextField()
    file_name = models.TextField(default="", blank=True)
    # The file; null once the import has ended. It holds personal data.
    file = models.BinaryField(null=True)
    # SHA-256 of the file, in hexadecimal digits.
    file_digest = models.TextField()
    # The heads of the file's columns; empty before the first check.
    heads = models.JSONField(default=list)
    # What each column is for: a field of a user, or "". Empty: to be guessed.
    fields = models.JSONField(default=list)
    # Rows with any text.
    rows = models.IntegerField(default=0)
    # Of these, how many the running job has checked.
    rows_done = models.IntegerField(default=0)
    # Users who were created.
    created = models.IntegerField(default=0)
    # How many new users there are for each place: [{"site", "type", "users"}].
    places = models.JSONField(default=list)
    # The first 1,000 problems, as strapontin.imports.problems.Problem.
    errors = models.JSONField(default=list)
    # How many problems there are.
    error_count = models.IntegerField(default=0)
    # Why the file or the import was refused as a whole: a code of strapontin.refusals; empty: it was not.
    refusal = models.TextField(default="", blank=True)
    # What the refusal's sentence names.
    refusal_facts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    # Last sign of life of the job, by real time. Too old: another job may take the import up.
    beat_at = models.DateTimeField()
    # When it was imported or failed; null before.
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "user_import"
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=IMPORT_STATES), name="user_import_state"),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="user_import_kind"),
            models.CheckConstraint(
                condition=models.Q(file__isnull=False, finished_at__isnull=True)
                | models.Q(state__in=["done", "failed"], file__isnull=True, finished_at__isnull=False),
                name="user_import_file",
            ),
            models.CheckConstraint(
                condition=models.Q(created=0) | models.Q(state="done", confirmed=True), name="user_import_whole"
            ),
        )
        indexes = (
            models.Index(
                fields=["customer"], condition=models.Q(state__in=["queued", "running"]), name="user_import_open"
            ),
        )


class ImportColumn(models.Model):
    """What a column with this head is for, in files for this customer: chosen once, and remembered."""

    pk = models.CompositePrimaryKey("customer_id", "head")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    # As strapontin.imports.columns.head_key makes it.
    head = models.TextField()
    # A field of a user; empty: the column is left out.
    field = models.TextField(default="", blank=True)

    class Meta:
        db_table = "import_column"


class BulkAllocation(models.Model):
    """Quantities for many customers, as one administrator or key asked for them: checked, shown, done whole or not.

    It stands below no customer: it belongs to the scope of who sent it. It names customers by ids alone, without
    foreign keys, so that one made by mistake can still be removed; a reader sees those in his scope.
    """

    id = Id(primary_key=True)
    # As for UserImport: "queued", "running", "ready", "done", "failed".
    state = models.TextField(default="queued")
    # Whether it is shown first. If it is refused after that, it can be confirmed again.
    preview = models.BooleanField()
    # Whether it is to be done once the check finds nothing wrong.
    confirmed = models.BooleanField(default=False)
    # Stands for the effect that was shown, over all customers: another one is refused. Empty: nothing was shown.
    digest = models.TextField(default="", blank=True)
    # The sender's scope: a partner, a customer or, if both are null, the provider.
    partner_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    # Who sent it, or confirmed it last: "administrator" or "api_key".
    actor_kind = models.TextField()
    # Id of the administrator or key.
    actor_id = models.UUIDField()
    # Way in: "screen" or "api".
    door = models.TextField()
    # "csv", "xlsx", or "json": quantities in the body of a request, kept as a CSV.
    kind = models.TextField()
    file_name = models.TextField(default="", blank=True)
    # The file; null once the change has ended.
    file = models.BinaryField(null=True)
    # Rows with any text.
    rows = models.IntegerField(default=0)
    # Of these, how many change nothing.
    unchanged = models.IntegerField(default=0)
    # Customers with a change.
    total = models.IntegerField(default=0)
    # Of these, how many the running job has looked at.
    done = models.IntegerField(default=0)
    # What happens to each customer, as strapontin.imports.bulk_queries.CustomerEffect: ids, quantities, amounts.
    effects = models.JSONField(default=list)
    # The first 1,000 problems, as strapontin.imports.problems.Problem.
    errors = models.JSONField(default=list)
    # How many problems there are.
    error_count = models.IntegerField(default=0)
    # Why it was refused as a whole: a code of strapontin.refusals; empty: it was not.
    refusal = models.TextField(default="", blank=True)
    # What the refusal's sentence names.
    refusal_facts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    # Last sign of life of the job, by real time. Too old: another job may take the change up.
    beat_at = models.DateTimeField()
    # When it was done or failed; null before.
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "bulk_allocation"
        constraints = (
            models.CheckConstraint(condition=models.Q(state__in=IMPORT_STATES), name="bulk_allocation_state"),
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="bulk_allocation_kind"),
            models.CheckConstraint(
                condition=models.Q(file__isnull=False, finished_at__isnull=True)
                | models.Q(state__in=["done", "failed"], file__isnull=True, finished_at__isnull=False),
                name="bulk_allocation_file",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(confirmed=True, error_count=0),
                name="bulk_allocation_whole",
            ),
        )
        indexes = (
            models.Index(
                fields=["id"], condition=models.Q(state__in=["queued", "running"]), name="bulk_allocation_open"
            ),
        )
