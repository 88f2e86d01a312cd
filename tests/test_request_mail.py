"""E-mails about requests: who is written to, in which language, and what they do not tell (SPEC 5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.test import override_settings

from strapontin.access.actors import Actor, system
from strapontin.access.operations import ScopeGiven
from strapontin.access.scope import acting
from strapontin.demo.furnishing import THE_PROVIDER, Furnisher
from strapontin.demo.population import ascii_name
from strapontin.jobs.retention import delete_old
from strapontin.organisation.settings import load
from strapontin.requests.drafts import NewRequest
from strapontin.seats.claims import NewUser
from tests.cast import FURNISHER, Cast, Site
from tests.servers import Database


@pytest.fixture(autouse=True)
def outbox() -> Iterator[None]:
    """Mail stays here."""
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        yield


@pytest.fixture
def site(cast: Cast) -> Site:
    """A site without a seat."""
    cast.clock("2022-11-15")
    return cast.brumes.site("Crolles")


def person(name: str, scope: ScopeGiven, *roles: str, language: str = "fr") -> Actor:
    """An administrator with the roles."""
    return FURNISHER.make_administrator(name, f"{name.lower()}@example.org", scope, roles=roles, language=language)


@pytest.fixture
def people(cast: Cast) -> dict[str, Actor]:
    """Those of the customer, of its partner, of the provider, and others."""
    brumes, opaline = ScopeGiven(customer_id=UUID(cast.brumes.id)), ScopeGiven(partner_id=UUID(cast.opaline))
    people = {
        "theo": person("Theo", brumes, "users", language="fr"),
        "solene": person("Solene", brumes, "subscriptions"),
        "maud": person("Maud", opaline, "subscriptions", "users", language="en"),
        "nobody": person("Nobody", opaline, "users"),
        "outsider": person("Outsider", ScopeGiven(partner_id=UUID(cast.tramontane)), "subscriptions"),
        "ada": person("Ada", THE_PROVIDER, "subscriptions"),
    }
    cast.work()
    mail.outbox = []
    return people


def ask(site: Site, asker: Actor, name: str = "Zoé") -> UUID:
    """A request for a user."""
    user = NewUser(UUID(site.id), "uc", name, email=f"{ascii_name(name)}@example.org")
    return Furnisher(actor=asker).ask(UUID(site.customer.id), NewRequest([user], note="Lundi."))


def told() -> dict[str, Any]:
    """The messages by recipient."""
    return {message.to[0].partition("@")[0]: message for message in mail.outbox}


def test_the_nearest_who_may_decide_are_written_to_in_their_language(
    cast: Cast, site: Site, people: dict[str, Actor]
) -> None:
    request = ask(site, people["theo"])
    assert mail.outbox == [], "the request does not wait for a mail server"
    cast.work()
    messages = told()
    assert set(messages) == {"solene", "maud"}, "neither the asker nor those without the role, nor the provider"
    assert messages["solene"].subject == "Theo demande des sièges pour Les Brumes"
    assert messages["maud"].subject == "Theo asks for seats for Les Brumes"
    assert "1 Communication unifiée, Crolles" in messages["solene"].body
    assert "1 Unified Communication, Crolles" in messages["maud"].body
    for message in messages.values():
        assert f"/customers/{site.customer.id}/requests/{request}/" in message.body
        assert "Zoé" not in message.body and "Lundi" not in message.body, "names stay behind the sign-in"


def test_the_provider_is_written_to_if_nobody_else_can_decide(cast: Cast) -> None:
    cast.clock("2022-11-15")
    site = cast.zenith.site()
    asker = person("Igor", ScopeGiven(customer_id=UUID(cast.zenith.id)), "users")
    person("Ada", THE_PROVIDER, "subscriptions")
    cast.work()
    mail.outbox = []
    ask(site, asker)
    cast.work()
    assert set(told()) == {"ada"}


@pytest.mark.parametrize(
    ("call", "body", "subject", "words"),
    [
        ("approve", None, "Votre demande pour Les Brumes est acceptée", "a accepté votre demande"),
        ("decline", {"reason": "Un siège part vendredi."}, "est refusée", "Le motif : Un siège part vendredi."),
        ("withdraw", None, "est retirée", "a retiré votre demande"),
    ],
)
def test_the_one_who_asked_is_told(
    cast: Cast, site: Site, people: dict[str, Actor], call: str, body: Any, subject: str, words: str
) -> None:
    request = ask(site, people["theo"])
    cast.work()
    mail.outbox = []
    assert cast.provider.post(f"{site.customer.path}/requests/{request}/{call}", body).status == 200
    cast.work()
    (message,) = mail.outbox
    assert message.to == ["theo@example.org"] and subject in message.subject
    assert words in message.body.replace("\u00a0", " ")
    # Somebody of the provider has no name for a customer's administrator.
    assert "le fournisseur" in message.body


def test_an_answer_that_came_first_and_an_asker_who_is_suspended(
    cast: Cast, site: Site, people: dict[str, Actor]
) -> None:
    request = ask(site, people["theo"])
    path = f"{site.customer.path}/requests/{request}"
    with cast.database.superuser() as connection:
        connection.execute("UPDATE administrator SET is_active = false WHERE id = %s", [people["theo"].id])
    assert cast.provider.post(f"{path}/approve").status == 200
    cast.work()
    assert mail.outbox == [], "nobody is asked for an answer that is there, and who is suspended gets nothing"


def test_a_reminder_is_called_one(cast: Cast, site: Site, people: dict[str, Actor]) -> None:
    request = ask(site, people["theo"])
    cast.work()
    mail.outbox = []
    cast.clock("2022-11-16")
    assert cast.provider.post(f"{site.customer.path}/requests/{request}/reminder").status == 200
    cast.work()
    subjects = {message.subject for message in mail.outbox}
    assert "Relance\u00a0: Theo demande des sièges pour Les Brumes" in subjects
    assert "Reminder: Theo asks for seats for Les Brumes" in subjects


def test_names_go_with_the_user_and_old_requests_go_whole(
    cast: Cast, site: Site, people: dict[str, Actor], db: Database
) -> None:
    request = ask(site, people["theo"])
    path = f"{site.customer.path}/requests/{request}"
    (user,) = cast.provider.post(f"{path}/approve")["created_users"]
    users = f"{site.customer.path}/users"
    assert cast.provider.delete(f"{users}/{user}").status == 204
    assert cast.provider.post(f"{users}/{user}/erasure").status == 202
    cast.work()
    left = cast.provider.get(path)
    assert (left["users"], left["note"], left["state"]) == ([], "", "approved")
    still = ask(site, people["theo"], "Luc")
    with acting(system()):
        settings = load()
    cast.clock("2023-11-20")
    delete_old(settings=settings, at=settings.now().replace(year=2024))
    assert cast.provider.get(path).code == "not_found"
    assert cast.provider.get(f"{site.customer.path}/requests/{still}")["state"] == "open", "an open one waits"
