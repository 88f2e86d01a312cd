"""Who sells to whom, on which servers: the installation, partners, customers, sites, stacks, tenants (SPEC 3, 6)."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from strapontin.kit.models import Id, path_field
from strapontin.kit.names import search_words_field, sort_key_field

LEVELS = ("bronze", "silver", "gold", "platinum")
TERMS_MONTHS = (1, 12, 36)
# How many characters every door takes.
NAME_LENGTH = 200
CLIENT_ID_LENGTH = 200
PURCHASE_ORDER_LENGTH = 200
ADDRESS_LENGTH = 1000
# The highest thresholds of a warning before seats run out.
WARN_FREE_SEATS_MOST = 1000
WARN_DAYS_MOST = 90


class Installation(models.Model):
    """The provider's own facts and settings: one row."""

    # Always 1.
    id = models.SmallIntegerField(primary_key=True, default=1)
    # The issuer on invoices; copied to each invoice when it is issued.
    name = models.TextField(default="Strapontin")
    # Free text; on invoices as long as there is no street.
    address = models.TextField(default="", blank=True)
    street = models.TextField(default="", blank=True)
    postcode = models.TextField(default="", blank=True)
    city = models.TextField(default="", blank=True)
    # French issuers only: the company's number of nine digits, and its establishment's of fourteen.
    siren = models.TextField(default="", blank=True)
    siret = models.TextField(default="", blank=True)
    # ISO 3166-1 alpha-2. With the payer's country it decides the tax.
    country = models.CharField(max_length=2, default="FR")
    vat_number = models.TextField(default="", blank=True)
    # ISO 4217. A new partner gets it unless another one is named.
    currency = models.CharField(max_length=3, default="EUR")
    # "fr" or "en".
    language = models.CharField(max_length=2, default="fr")
    # IANA name. All days (periods, effective dates, invoice dates) are local days of this zone.
    time_zone = models.TextField(default="Europe/Paris")
    # The provider's contact for administrators: free text.
    contact = models.TextField(default="", blank=True)
    # First day on which a user needs a free seat (SPEC 5).
    seats_enforced_from = models.DateField(default=date(2022, 8, 23))
    # First invoice date that is billed on seats allocated; earlier ones are on seats used (SPEC 7, Basis).
    allocation_billing_from = models.DateField(default=date(2022, 11, 1))
    # Seats added on day d can be handed back until the end of day d + hand_back_days - 1; 0: never.
    hand_back_days = models.PositiveSmallIntegerField(default=7)
    # For customers created from now on: "calendar" (periods begin on the 1st) or "anniversary" (on the day itself).
    alignment = models.TextField(default="calendar")
    # Day of the month, 1 to 28, on which invoices are due to be issued.
    invoice_day = models.PositiveSmallIntegerField(default=1)
    # Whether the worker requests the run of the invoice day by itself.
    automatic_billing = models.BooleanField(default=False)
    # Days by kind, as strapontin.organisation.settings.Retention; a kind that is missing has its default.
    retention = models.JSONField(default=dict)
    # Networks that are not public and in which stacks may nevertheless be, as "10.1.0.0/16".
    stack_networks = ArrayField(models.TextField(), default=list, blank=True)
    # What a sandbox adds to real time; ignored elsewhere.
    clock_offset = models.DurationField(default=timedelta)
    # Goes up with each change of the row; the ETag of the settings is made of it.
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "installation"
        constraints = (
            models.CheckConstraint(condition=models.Q(id=1), name="installation_one_row"),
            models.CheckConstraint(
                condition=models.Q(alignment__in=["calendar", "anniversary"]), name="installation_alignment"
            ),
            models.CheckConstraint(
                condition=models.Q(invoice_day__gte=1, invoice_day__lte=28), name="installation_invoice_day"
            ),
            models.CheckConstraint(condition=models.Q(hand_back_days__lte=31), name="installation_hand_back_days"),
        )


class Partner(models.Model):
    """A reseller; ``path`` holds its ancestors and itself, outermost first."""

    id = Id(primary_key=True)
    name = models.TextField()
    sort_key = sort_key_field("name")
    # The partner above; null: right below the provider.
    parent = models.ForeignKey("self", null=True, on_delete=models.RESTRICT, related_name="children")
    # Ids from the outermost ancestor to the partner itself. Rewritten when a partner above it moves.
    path = path_field()
    # Partnership level; chooses the level discount of periods that this partner pays.
    level = models.TextField(default="bronze")
    # ISO 3166-1 alpha-2; empty: unknown, and a payer's customers are parked at billing.
    country = models.CharField(max_length=2, default="", blank=True)
    # Part of the country, if tax depends on it (Canada: "QC").
    region = models.TextField(default="", blank=True)
    vat_number = models.TextField(default="", blank=True)
    address = models.TextField(default="", blank=True)
    # ISO 4217. Price lists and invoices of this payer are in it.
    currency = models.CharField(max_length=3, default="EUR")
    # "fr" or "en".
    language = models.CharField(max_length=2, default="fr")
    # Whether it gets invoices. A customer's payer is the nearest partner with true, from its own one upwards.
    payer = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    # Goes up with each change of the row; its ETag is made of it.
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "partner"
        constraints = (
            models.CheckConstraint(condition=models.Q(level__in=LEVELS), name="partner_level"),
            models.CheckConstraint(condition=~models.Q(name=""), name="partner_name"),
        )

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """A customer of a partner, with its cycle; ``period_*`` repeat the running period for guards."""

    id = Id(primary_key=True)
    # The partner that it belongs to; this one need not be the payer.
    partner = models.ForeignKey(Partner, on_delete=models.RESTRICT, related_name="customers")
    # Copy of the partner's path, for scopes.
    partner_path = path_field()
    name = models.TextField()
    sort_key = sort_key_field("name")
    # Its id in an outside system of the partner.
    client_id = models.TextField(default="", blank=True)
    search_words = search_words_field("name", "client_id")
    # Printed with its lines on invoices.
    purchase_order = models.TextField(default="", blank=True)
    # "active", or "expired": no new users, no more seats, no further periods.
    status = models.TextField(default="active")
    # As the installation had it when the customer was created; never changed.
    alignment = models.TextField()
    # Day of the month, 1 to 31, on which periods begin; in a shorter month, its last day.
    anchor_day = models.PositiveSmallIntegerField()
    # Commitment of the running period: 1, 12 or 36.
    term_months = models.PositiveSmallIntegerField()
    # Term from the next period on; null: it stays the same.
    pending_term_months = models.PositiveSmallIntegerField(null=True)
    # First day of the first period.
    starts_on = models.DateField()
    # First day of the running period.
    period_starts_on = models.DateField()
    # Day on which the next period begins: no longer part of the running one.
    period_ends_on = models.DateField()
    # Whether the customer ends with its running period.
    cancel_at_end_of_period = models.BooleanField(default=False)
    # Mark of the old model, set by the provider only; without effect from seats_enforced_from on (SPEC 8).
    unlimited = models.BooleanField(default=False)
    # No limit of seats; left out of sums, and its periods are not billed.
    not_for_resale = models.BooleanField(default=False)
    # Its people are warned as soon as no more seats of a type than this are free on a site; null: not by this.
    warn_free_seats = models.PositiveSmallIntegerField(null=True, default=1, db_default=1)
    # They are warned if a site is full within so many days at the pace of the last 30; null: not by this.
    warn_days = models.PositiveSmallIntegerField(null=True, default=14, db_default=14)
    # Since when it is left out of the lists; null: it is in them. Only an expired customer is archived.
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    # Goes up with each change of the row; its ETag is made of it.
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "customer"
        indexes = (
            models.Index(fields=["sort_key", "id"], name="customer_by_name"),
            models.Index(
                fields=["partner", "client_id"], name="customer_by_client_id", condition=~models.Q(client_id="")
            ),
            GinIndex(fields=["search_words"], name="customer_by_words"),
        )
        constraints = (
            models.CheckConstraint(condition=~models.Q(name=""), name="customer_name"),
            models.CheckConstraint(condition=models.Q(status__in=["active", "expired"]), name="customer_status"),
            models.CheckConstraint(condition=models.Q(term_months__in=TERMS_MONTHS), name="customer_term"),
            models.CheckConstraint(
                condition=models.Q(pending_term_months__isnull=True) | models.Q(pending_term_months__in=TERMS_MONTHS),
                name="customer_pending_term",
            ),
            models.CheckConstraint(condition=models.Q(anchor_day__gte=1, anchor_day__lte=31), name="customer_anchor"),
            models.CheckConstraint(
                condition=models.Q(period_starts_on__lt=models.F("period_ends_on")),
                name="customer_period",
            ),
            models.CheckConstraint(
                condition=models.Q(warn_free_seats__gte=1, warn_free_seats__lte=WARN_FREE_SEATS_MOST)
                | models.Q(warn_free_seats__isnull=True),
                name="customer_warn_free_seats",
            ),
            models.CheckConstraint(
                condition=models.Q(warn_days__gte=1, warn_days__lte=WARN_DAYS_MOST) | models.Q(warn_days__isnull=True),
                name="customer_warn_days",
            ),
            models.CheckConstraint(
                condition=models.Q(archived_at__isnull=True) | models.Q(status="expired"), name="customer_archived"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place of a customer; seats are allocated here."""

    pk = models.CompositePrimaryKey("customer_id", "id")
    customer = models.ForeignKey(Customer, db_index=False, on_delete=models.RESTRICT, related_name="sites")
    id = Id()
    name = models.TextField()
    sort_key = sort_key_field("name")
    search_words = search_words_field("name")
    address = models.TextField(default="", blank=True)
    # Since when it is left out of the lists; null: it is in them.
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    # Goes up with each change of the row; its ETag is made of it.
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "site"
        constraints = (
            models.UniqueConstraint(fields=["customer", "name"], name="site_name_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="site_name"),
        )
        indexes = (
            models.Index(fields=["sort_key", "customer", "id"], name="site_by_name"),
            GinIndex(fields=["search_words"], name="site_by_words"),
        )

    def __str__(self) -> str:
        return self.name


class Stack(models.Model):
    """A telephone server and how to sign in there; the password is sealed with the installation's key."""

    id = Id(primary_key=True)
    # Whose stack it is; null: the provider's.
    partner = models.ForeignKey("organisation.Partner", null=True, on_delete=models.RESTRICT)
    name = models.TextField()
    sort_key = sort_key_field("name")
    # The connector: "wazo" or "csv".
    kind = models.TextField()
    # Base address, https://…; of a CSV stack file:….
    url = models.TextField()
    username = models.TextField(default="", blank=True)
    # Empty: none, or forgotten because the address was changed.
    password_sealed = models.BinaryField(default=b"")
    # What requests may read of the password.
    has_password = models.GeneratedField(
        expression=models.ExpressionWrapper(models.Q(password_sealed__gt=b""), models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # False: any certificate is taken.
    verify_tls = models.BooleanField(default=True)
    # By which the server tells itself from others, asked for at a reading; null: not known.
    server_uuid = models.UUIDField(null=True)
    # Since when the server has not answered, and until when nobody asks it again; null: it answers.
    silent_since = models.DateTimeField(null=True)
    silent_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    # Goes up with each change of the row; its ETag is made of it.
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "stack"
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=["wazo", "csv"]), name="stack_kind"),
            models.CheckConstraint(condition=~models.Q(name=""), name="stack_name"),
        )

    def __str__(self) -> str:
        return self.name


class TenantRegister(models.Model):
    """Which site a tenant belongs to; no foreign key to customers (SPEC 11).

    A tenant's uuid is unique in the world: one server that was added as two stacks is not counted twice.
    """

    pk = models.CompositePrimaryKey("stack_id", "tenant_uuid")
    stack = models.ForeignKey(Stack, db_index=False, on_delete=models.RESTRICT)
    # The stack's own uuid of the tenant.
    tenant_uuid = models.UUIDField()
    customer_id = models.UUIDField()
    site_id = models.UUIDField()
    # True: the tenant was attached by another stack, too, before that was refused.
    duplicate = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "tenant_register"
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_uuid"], condition=models.Q(duplicate=False), name="tenant_register_once"
            ),
        )


class SiteTenant(models.Model):
    """A tenant of a stack in which a site's users live, with what its last synchronisation said."""

    pk = models.CompositePrimaryKey("customer_id", "id")
    customer = models.ForeignKey(Customer, db_index=False, on_delete=models.RESTRICT)
    id = Id()
    site_id = models.UUIDField()
    stack = models.ForeignKey(Stack, on_delete=models.RESTRICT)
    # Copy of the stack's name: customers may not read stacks.
    stack_name = models.TextField()
    # The stack's own uuid of the tenant.
    tenant_uuid = models.UUIDField()
    # Last time it was read with success; null: never. Its figures are of that moment.
    synchronized_at = models.DateTimeField(null=True)
    # Last attempt, with or without success; null: none yet.
    tried_at = models.DateTimeField(null=True)
    # Why the last attempt failed; empty: it did not.
    error_code = models.TextField(default="", blank=True)
    # Users of types that no subscription type names: [{"id": the stack's integer, "count": users}].
    unmapped = models.JSONField(default=list)
    # Digest of the last answer and of the users here, if they agreed; else empty. An equal answer needs no comparison.
    agreed = models.BinaryField(default=b"")

    class Meta:
        db_table = "site_tenant"
        constraints = (models.UniqueConstraint(fields=["customer", "stack", "tenant_uuid"], name="site_tenant_once"),)
