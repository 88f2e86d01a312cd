"""Who sells to whom, on which servers: the installation, partners, customers, sites, stacks, tenants (SPEC 3, 6)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import models

from strapontin.kit.models import Id, path_field
from strapontin.kit.names import sort_key_field

LEVELS = ("bronze", "silver", "gold", "platinum")
TERMS_MONTHS = (1, 12, 36)
# How many characters every door takes.
NAME_LENGTH = 200
CLIENT_ID_LENGTH = 200
PURCHASE_ORDER_LENGTH = 200
ADDRESS_LENGTH = 1000


class Installation(models.Model):
    """The provider's own facts and settings: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.TextField(default="Strapontin")
    address = models.TextField(default="", blank=True)
    country = models.CharField(max_length=2, default="FR")
    vat_number = models.TextField(default="", blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    language = models.CharField(max_length=2, default="fr")
    time_zone = models.TextField(default="Europe/Paris")
    contact = models.TextField(default="", blank=True)
    seats_enforced_from = models.DateField(default=date(2022, 8, 23))
    allocation_billing_from = models.DateField(default=date(2022, 11, 1))
    hand_back_days = models.PositiveSmallIntegerField(default=7)
    alignment = models.TextField(default="calendar")
    invoice_day = models.PositiveSmallIntegerField(default=1)
    automatic_billing = models.BooleanField(default=False)
    clock_offset = models.DurationField(default=timedelta)
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
    parent = models.ForeignKey("self", null=True, on_delete=models.RESTRICT, related_name="children")
    path = path_field()
    level = models.TextField(default="bronze")
    country = models.CharField(max_length=2, default="", blank=True)
    region = models.TextField(default="", blank=True)
    vat_number = models.TextField(default="", blank=True)
    address = models.TextField(default="", blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    language = models.CharField(max_length=2, default="fr")
    payer = models.BooleanField(default=True)
    created_at = models.DateTimeField()
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
    partner = models.ForeignKey(Partner, on_delete=models.RESTRICT, related_name="customers")
    partner_path = path_field()
    name = models.TextField()
    sort_key = sort_key_field("name")
    client_id = models.TextField(default="", blank=True)
    purchase_order = models.TextField(default="", blank=True)
    status = models.TextField(default="active")
    alignment = models.TextField()
    anchor_day = models.PositiveSmallIntegerField()
    term_months = models.PositiveSmallIntegerField()
    pending_term_months = models.PositiveSmallIntegerField(null=True)
    starts_on = models.DateField()
    period_starts_on = models.DateField()
    period_ends_on = models.DateField()
    cancel_at_end_of_period = models.BooleanField(default=False)
    unlimited = models.BooleanField(default=False)
    not_for_resale = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "customer"
        indexes = (models.Index(fields=["sort_key", "id"], name="customer_by_name"),)
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
    address = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "site"
        constraints = (
            models.UniqueConstraint(fields=["customer", "name"], name="site_name_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="site_name"),
        )

    def __str__(self) -> str:
        return self.name


class Stack(models.Model):
    """A telephone server and how to sign in there; the password is sealed with the installation's key."""

    id = Id(primary_key=True)
    partner = models.ForeignKey("organisation.Partner", null=True, on_delete=models.RESTRICT)
    name = models.TextField()
    sort_key = sort_key_field("name")
    kind = models.TextField()
    url = models.TextField()
    username = models.TextField(default="", blank=True)
    password_sealed = models.BinaryField(default=b"")
    verify_tls = models.BooleanField(default=True)
    created_at = models.DateTimeField()
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
    """Which site a tenant belongs to, everywhere unique; no foreign key to customers (SPEC 11)."""

    pk = models.CompositePrimaryKey("stack_id", "tenant_uuid")
    stack = models.ForeignKey(Stack, db_index=False, on_delete=models.RESTRICT)
    tenant_uuid = models.UUIDField()
    customer_id = models.UUIDField()
    site_id = models.UUIDField()

    class Meta:
        db_table = "tenant_register"


class SiteTenant(models.Model):
    """A tenant of a stack in which a site's users live, with what its last synchronisation said."""

    pk = models.CompositePrimaryKey("customer_id", "id")
    customer = models.ForeignKey(Customer, db_index=False, on_delete=models.RESTRICT)
    id = Id()
    site_id = models.UUIDField()
    stack = models.ForeignKey(Stack, on_delete=models.RESTRICT)
    stack_name = models.TextField()
    tenant_uuid = models.UUIDField()
    synchronized_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    error_code = models.TextField(default="", blank=True)
    unmapped = models.JSONField(default=list)
    # The answer with which nothing here differed, and what it was compared with.
    agreed = models.BinaryField(default=b"")

    class Meta:
        db_table = "site_tenant"
        constraints = (models.UniqueConstraint(fields=["customer", "stack", "tenant_uuid"], name="site_tenant_once"),)
