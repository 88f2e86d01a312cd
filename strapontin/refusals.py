"""Everything the product can refuse: a stable code, an HTTP status, and a sentence in two languages.

Domain operations raise :class:`Refusal`; each door shows it in its own way. Codes are part of the REST contract.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import IntegrityError
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _

# code -> (HTTP status, sentence). Sentences are formatted with the refusal's facts. A sentence that counts two things
# has two parts.
REFUSALS: dict[str, tuple[int, Any]] = {
    "not_found": (404, _("There is nothing here, or nothing that you may see.")),
    "role_missing": (403, _("This needs the role {role_name}, which you do not have.")),
    "scope_too_small": (403, _("Only an administrator of the provider or of a partner may do this.")),
    "provider_only": (403, _("Only the provider's administrators may do this.")),
    "not_signed_in": (401, _("The key is missing, unknown, expired or revoked.")),
    "invalid": (422, _("Something in what was sent is not right: {explanation}")),
    "malformed": (400, _("The request could not be read: {explanation}")),
    "changed_meanwhile": (412, _("The figures changed while you were here. Nothing was saved.")),
    "preview_outdated": (409, _("The figures changed while you were here. Nothing was saved.")),
    "below_use": (
        409,
        (
            ngettext_lazy("{used} seat is used on this site:", "{used} seats are used on this site:", "used"),
            ngettext_lazy(
                "{in_the_way} user is in the way of lowering to {quantity}.",
                "{in_the_way} users are in the way of lowering to {quantity}.",
                "in_the_way",
            ),
        ),
    ),
    "not_dearer": (
        409,
        _(
            "To a type that costs no more it is not an exchange: raise the one, at once, and lower the other, which "
            "takes effect on {lowers_on}."
        ),
    ),
    "price_missing": (
        409,
        _("A price is missing for this customer: nobody can tell yet which of the two types costs more."),
    ),
    "too_late": (409, _("Exchanges can be undone for a few days; this one could be until {last_day} inclusive.")),
    "already_undone": (409, _("This exchange is undone already.")),
    "no_free_seat": (409, _("No seat of this type is free on this site: {missing} missing.")),
    "above_limit": (409, _("This needs your partner's agreement: {explanation}")),
    "lowering_not_allowed": (409, _("Seats of this customer can only be lowered by your partner.")),
    "already_decided": (409, _("This request is no longer open. Nothing was changed.")),
    "reminded_today": (409, _("They were written to today already. You can send a reminder tomorrow.")),
    "users_not_created": (409, _("Not every user can be created. {explanation}")),
    "customer_expired": (409, _("This customer expired on {date}: it has to be reactivated first.")),
    "ends_with_period": (
        409,
        _("This customer ends on {date}: take its cancellation back first, then choose another term."),
    ),
    "not_empty": (
        409,
        _(
            "This had seats, users, a server, administrators, an invoice or an open request: only a mistake can be "
            "removed."
        ),
    ),
    "site_removed": (409, _("A site that this is for was removed meanwhile.")),
    "site_in_use": (409, _("This site has seats or users: only an empty site can be archived.")),
    "not_expired": (409, _("Only a customer that has expired can be archived.")),
    "tick_first": (422, _("Tick the box that commits this customer, then confirm.")),
    "still_active": (409, _("This customer is active: there is nothing to reactivate.")),
    "already_exists": (409, _("This already exists: {explanation}")),
    "email_in_use": (409, _("A user of this customer already has this e-mail address.")),
    "search_too_wide": (422, _("Too many users have these words, each alone: add a rarer word, or a filter.")),
    "file_too_long": (422, _("A file has up to {rows} rows: narrow the list by a search or a filter.")),
    "users_gone": (
        409,
        ngettext_lazy(
            "{count} of these users is no longer there. Nothing was changed.",
            "{count} of these users are no longer there. Nothing was changed.",
            "count",
        ),
    ),
    "users_refused": (
        409,
        ngettext_lazy(
            "The telephone server refused {count} of these users, who has no seat and can only be removed.",
            "The telephone server refused {count} of these users, who have no seat and can only be removed.",
            "count",
        ),
    ),
    "emails_missing": (
        422,
        ngettext_lazy(
            "{count} of these users has no e-mail address, which the telephone server needs.",
            "{count} of these users have no e-mail address, which the telephone server needs.",
            "count",
        ),
    ),
    "emails_in_use": (
        409,
        ngettext_lazy(
            "{count} of these users has the e-mail address of another user of this customer.",
            "{count} of these users have the e-mail address of another user of this customer.",
            "count",
        ),
    ),
    "refused_by_stack": (409, _("The telephone server refused: {explanation}")),
    "not_removed": (409, _("This user is still there, here or on the telephone server: remove the user first.")),
    "tenant_in_use": (409, _("This tenant of the stack already belongs to a site.")),
    "tenant_has_users": (
        409,
        _("Users live in this tenant, or calls to its stack are open: ask for the preview of its detachment first."),
    ),
    "tenant_required": (422, _("This site has several stack tenants: name the one to create the user in.")),
    "unlimited_retired": (422, _("Unlimited subscriptions ended on {date}: this can no longer be set.")),
    "key_reused": (422, _("This Idempotency-Key was already used for another request.")),
    "in_progress": (409, _("A request with this Idempotency-Key is still being answered.")),
    "not_a_sandbox": (403, _("Only a sandbox has a clock that can be set.")),
    "clock_backwards": (409, _("The clock can only be set forward.")),
    "date_in_future": (409, _("Invoices can be issued up to today; a preview may look further.")),
    "run_out_of_order": (409, _("A later date was already billed: this date can no longer be.")),
    "issuer_incomplete": (409, _("No invoice can be issued yet. Of the issuer this is missing: {field_names}.")),
    "already_billed": (409, _("Invoices from {date} on were already issued: what they are based on stays as it is.")),
    "currency_in_use": (409, _("Seats with a price in {currency} are still to be invoiced: until then it stays.")),
    "price_list_in_use": (409, _("Periods from {date} on have their prices from this list: it stays.")),
    "day_would_repeat": (409, _("In this time zone it is not yet {date}: set it once that day has begun there.")),
    "cannot_grant": (403, _("Nobody can grant a role or a scope that they do not hold.")),
    "last_administrator": (
        409,
        _("Nobody else could manage the administrators here: give that role to somebody else first."),
    ),
    "would_loop": (409, _("A partner cannot stand below itself.")),
    "method_not_allowed": (405, _("This address does not take that method.")),
    "too_many_requests": (
        429,
        ngettext_lazy(
            "Too many requests: try again in {seconds} second.",
            "Too many requests: try again in {seconds} seconds.",
            "seconds",
        ),
    ),
    "too_large": (413, _("What was sent is too large.")),
    "tls_needed": (
        403,
        _("This portal answers over TLS only. Nothing was done. Replace the key or password that was sent."),
    ),
    "too_slow": (408, _("The request did not arrive in time. Nothing was saved.")),
    "length_required": (411, _("The request does not say how long it is (Content-Length).")),
    "file_empty": (422, _("There is nothing in this file but, at most, its head.")),
    "file_unreadable": (422, _("This is neither a CSV file nor an Excel workbook (.xlsx), or it is damaged.")),
    "file_unpacks_too_large": (
        422,
        _("Unpacked, this workbook is too large. Leave only the table in it."),
    ),
    "too_many_rows": (422, _("A file may have {most} rows; this one has {rows}. Split it.")),
    "too_many_customers": (
        422,
        _(
            "A file may change {most} customers at a time; this one changes {customers}. Send it in parts, or narrow "
            "the list before you download it."
        ),
    ),
    "import_not_ready": (409, _("This import is not waiting to be confirmed: it is running, or it has ended.")),
    "import_has_errors": (
        409,
        _("Nothing is imported as long as a row has an error: correct the file, send it again."),
    ),
    "bulk_not_ready": (409, _("This change is not waiting to be confirmed: it is running, it has ended, or is empty.")),
    "bulk_has_errors": (409, _("Nothing is changed as long as a row has an error: correct the file, send it again.")),
    "import_forgotten": (409, _("The file was not confirmed within {days} days and is deleted. Send it again.")),
    "asker_left": (403, _("Whoever confirmed this may no longer sign in here.")),
    "server_error": (500, _("Nothing was saved. Try again in a moment.")),
    "unavailable": (503, _("The database does not answer. Nothing was saved; try again in a moment.")),
}

ROLE_NAMES: dict[str, Any] = {
    "subscriptions": _("Financial › Subscription management"),
    "invoices": _("Financial › Invoices"),
    "customers": _("Clients › Customer management"),
    "users": _("Technical › User management"),
    "stacks": _("Technical › Stacks"),
    "administrators": _("Administration › Administrators"),
}

ISSUER_FIELD_NAMES: dict[str, Any] = {
    "name": _("name"),
    "street": _("street"),
    "postcode": _("postcode"),
    "city": _("city"),
    "country": _("country"),
    "siren": _("SIREN"),
    "vat_number": _("VAT number"),
}


# What an operation is told by a constraint alone, as another request may come between a look and the statement.
# constraint -> (code, field). Every other constraint guards against faults of ours: breaking it is no refusal.
CONSTRAINTS: dict[str, tuple[str, str | None]] = {
    "administrator_email_once": ("already_exists", "email"),
    "price_list_once": ("already_exists", "valid_from"),
    "seat_user_email_once": ("email_in_use", "email"),
    "seat_user_tenant_id_of_customer": ("tenant_has_users", None),
    "site_name_once": ("already_exists", "name"),
    "stack_call_tenant_id_of_customer": ("tenant_has_users", None),
    "tenant_reading_tenant_id_of_customer": ("tenant_has_users", None),
}


class Refusal(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """An operation that was not done, and why; the transaction is rolled back by the door."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        if code not in REFUSALS:
            raise KeyError(code)
        self.code = code
        self.facts = facts

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return REFUSALS[self.code][0]

    @property
    def sentence(self) -> str:
        """The reason, in the language that is active now."""
        facts = {name: day_in_words(fact) if isinstance(fact, date) else fact for name, fact in self.facts.items()}
        if "role" in facts:
            facts["role_name"] = ROLE_NAMES[facts["role"]]
        if "fields" in facts:
            facts["field_names"] = ", ".join(str(ISSUER_FIELD_NAMES[field]) for field in facts["fields"])
        sentence = REFUSALS[self.code][1]
        parts = sentence if isinstance(sentence, tuple) else (sentence,)
        return " ".join(part.format(**facts) for part in parts)


class OutOfScope(Refusal):
    """What a grant refuses outside the actor's scope: told as if it did not exist (SPEC 3)."""

    def __init__(self) -> None:
        super().__init__("not_found")


def day_in_words(day: date) -> str:
    """A date within a sentence of the language that is active now: "2 December 2025", "1er août 2022"."""
    if day.day == 1 and (get_language() or "").startswith("fr"):
        return f"1er {date_format(day, 'F Y')}"
    return date_format(day, "j F Y")


def not_found() -> Refusal:
    """The refusal for anything outside one's scope, as if it did not exist (SPEC 3)."""
    return Refusal("not_found")


def invalid(explanation: object, *, field: str | None = None, **facts: Any) -> Refusal:
    """Input that can be read but not accepted; ``explanation`` is a (lazy) sentence, ``field`` the field."""
    return Refusal("invalid", explanation=explanation, field=field, **facts)


def by_constraint(error: IntegrityError, *, explanation: object = None) -> Refusal:
    """The refusal that the constraint stands for which ``error`` broke (:data:`CONSTRAINTS`).

    ``explanation`` says what exists already. Raises ``error`` itself, a fault, if the constraint stands for none.
    """
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    if constraint not in CONSTRAINTS:
        raise error
    code, field = CONSTRAINTS[constraint]
    facts: dict[str, Any] = {"field": field} if field else {}
    if code == "already_exists":
        facts["explanation"] = explanation or _("somebody else has just added it.")
    return Refusal(code, **facts)


@contextmanager
def told_by_constraints(*, explanation: object = None) -> Iterator[None]:
    """The statements within may break a constraint: raises the refusal of :func:`by_constraint`."""
    try:
        yield
    except IntegrityError as error:
        raise by_constraint(error, explanation=explanation) from error


def expect_version(expected: int | None, present: int) -> None:
    """Raises ``changed_meanwhile`` if ``expected``, the version that the caller has seen, is not the present one."""
    if expected is not None and expected != present:
        raise Refusal("changed_meanwhile")
