"""Who may sign in and what they hold (SPEC 3)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower

from strapontin.kit.models import Id
from strapontin.kit.text import email_form

ROLES = ("subscriptions", "invoices", "customers", "users", "stacks", "administrators")


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; the e-mail address is the login."""

    def create_user(self, *, email: str, password: str | None = None, **fields: Any) -> Account:
        """A saved account with ``password`` hashed, or unusable if ``None``."""
        account = self.model(email=email_form(email).lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> Account:
        """The account whose login is ``username``, whatever its case."""
        return self.get(email__iexact=username)


class Account(AbstractBaseUser):
    """A login: the register in which an e-mail address is unique everywhere."""

    id = Id(primary_key=True)
    # The login, in lower case.
    email = models.EmailField(unique=True)
    # False: nobody can sign in with it.
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = AccountManager()

    class Meta:
        db_table = "account"
        constraints = (
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="account_email_lower_case"),
        )

    def __str__(self) -> str:
        return self.email


class Session(AbstractBaseSession):
    """A browser's session, of Django's engine (``sessions.py``)."""

    # By which its owner ends it: the key of the session is a secret.
    id = Id()
    # Whose it is; null: nobody has signed in.
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE)
    # When the sign-in was, by real time.
    begun_at = models.DateTimeField()
    # The last use that was noted.
    seen_at = models.DateTimeField()
    # From where the sign-in came, and by which browser; empty: not known.
    address = models.TextField(default="", blank=True)
    browser = models.TextField(default="", blank=True)

    class Meta:
        db_table = "session"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """The engine that reads it."""
        from strapontin.access.sessions import SessionStore

        return SessionStore


class Scope(models.Model):
    """What a holder sees: the provider's everything, a partner and below, or one customer."""

    # True: everything. Then partner and customer_id are null. Exactly one of the three is set.
    provider = models.BooleanField(default=False)
    # This partner and all below it.
    partner = models.ForeignKey("organisation.Partner", null=True, on_delete=models.RESTRICT)
    # This one customer. No foreign key: reference tables never point at customers.
    customer_id = models.UUIDField(null=True)
    # What the holder may do in the scope: names from ROLES.
    roles = ArrayField(models.TextField(), default=list)

    class Meta:
        abstract = True


def _one_scope(name: str) -> models.CheckConstraint:
    nothing = models.Q(partner__isnull=True, customer_id__isnull=True)
    return models.CheckConstraint(
        condition=(models.Q(provider=True) & nothing)
        | models.Q(provider=False, partner__isnull=False, customer_id__isnull=True)
        | models.Q(provider=False, partner__isnull=True, customer_id__isnull=False),
        name=name,
    )


class Administrator(Scope):
    """A person with a scope and roles."""

    id = Id(primary_key=True)
    # The login; null: removed, or the address signs in elsewhere already. Requests cannot tell which.
    account = models.OneToOneField(Account, null=True, on_delete=models.RESTRICT, related_name="administrator")
    name = models.TextField()
    # The address to which the invitation went, in lower case. Empty: removed.
    email = models.TextField(default="", blank=True)
    # False: suspended. The account has a copy.
    is_active = models.BooleanField(default=True)
    # When the person was removed; null: not. The name stays, for the journal.
    ended_at = models.DateTimeField(null=True)
    # "fr" or "en": of screens and e-mails.
    language = models.CharField(max_length=2, default="fr")
    # Whether those who need help from this administrator are shown the e-mail address.
    shows_email = models.BooleanField(default=False, db_default=False)
    # Whether the person wants the daily letter.
    daily_letter = models.BooleanField(default=True, db_default=True)
    # The administrator or key that added the person; null: the command line.
    created_by_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "administrator"
        indexes = (models.Index(fields=["email"], name="administrator_by_email"),)
        constraints = (
            _one_scope("administrator_one_scope"),
            models.UniqueConstraint(
                fields=["email", "provider", "partner", "customer_id"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="administrator_email_once",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True)
                | models.Q(account__isnull=True, email="", is_active=False, roles=[]),
                name="administrator_ended",
            ),
        )

    def __str__(self) -> str:
        return self.name


class AutomaticAllocation(models.Model):
    """Who is not asked again before missing seats of a customer are allocated (SPEC 5)."""

    pk = models.CompositePrimaryKey("customer_id", "holder_id")
    customer = models.ForeignKey("organisation.Customer", db_index=False, on_delete=models.RESTRICT)
    # The administrator or API key that chose it, for itself.
    holder_id = models.UUIDField()
    # False: ended. The row stays, as it tells for which customers there may be something in the ledger.
    enabled = models.BooleanField()
    # How many seats are allocated in a local calendar month at most; null: as many as are missing.
    seats_per_month = models.IntegerField(null=True)
    # When it was chosen, changed or ended last.
    changed_at = models.DateTimeField()
    # Goes up with each change of the row; its ETag is made of it.
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "automatic_allocation"
        indexes = (models.Index(fields=["holder_id"], name="automatic_by_holder"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(seats_per_month__isnull=True) | models.Q(seats_per_month__gte=1),
                name="automatic_allocation_ceiling",
            ),
        )


class ApiKey(Scope):
    """A key for the REST door; only its hash is kept."""

    id = Id(primary_key=True)
    # What the key is for.
    name = models.TextField()
    # SHA-256 of the key. The key itself is shown once and kept nowhere.
    key_hash = models.BinaryField(unique=True)
    # "fr" or "en": of sentences in answers, unless Accept-Language says otherwise.
    language = models.CharField(max_length=2, default="en")
    # The administrator or key that made it; null: the command line.
    created_by_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    # By real time, also in a sandbox; null: never.
    expires_at = models.DateTimeField(null=True)
    # When it was ended, by real time; null: not. By hand, or because whoever made it was ended.
    revoked_at = models.DateTimeField(null=True)
    # When it was last used, by real time, a few minutes late; null: never.
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_key"
        indexes = (models.Index(fields=["created_by_id"], name="api_key_by_maker"),)
        constraints = (_one_scope("api_key_one_scope"),)
