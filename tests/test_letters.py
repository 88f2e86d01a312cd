"""The daily letter: who gets it, what it tells in French and in English, and what a killed worker leaves (SPEC 4)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client, override_settings

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.automatic import choose_automatic_allocation
from strapontin.access.operations import ScopeGiven
from strapontin.access.scope import acting
from strapontin.demo.furnishing import open_accounts
from strapontin.jobs import letters, tasks
from strapontin.kit.database import run, value_of, values_of
from strapontin.kit.jobs import defer
from strapontin.organisation.settings import load
from strapontin.seats.claims import NewUser
from strapontin.seats.operations import create_user
from tests.cast import FURNISHER, Cast, Customer, Site
from tests.concurrently import together
from tests.mail_server import mail_server

PASSWORD = "a seat in the last row"
ADDRESS = "https://portail.example"
REFUSED: set[str] = set()


class Refusing(EmailBackend):
    """A mail server that does not take letters to some addresses, and is down for "down"."""

    def send_messages(self, messages: Any) -> int:
        for message in messages:
            if "down" in REFUSED:
                raise SMTPServerDisconnected("down")
            if set(message.to) & REFUSED:
                raise SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def sent() -> Iterator[list[Any]]:
    """The messages sent, the oldest first."""
    backend = f"{__name__}.Refusing"
    with override_settings(EMAIL_BACKEND=backend, PORTAL_ADDRESS=ADDRESS):
        mail.outbox = []
        REFUSED.clear()
        yield mail.outbox


def person(name: str, scope: ScopeGiven, *, language: str = "en", come: bool = True, **facts: Any) -> str:
    """An administrator who has chosen a password, or not yet; answers the address."""
    email = f"{name.lower()}@people.example"
    FURNISHER.make_administrator(name, email, scope, language=language, **facts)
    if come:
        open_accounts([email], PASSWORD)
    return email


def of_partner(partner: str) -> ScopeGiven:
    return ScopeGiven(partner_id=UUID(partner))


def of_customer(customer: Customer) -> ScopeGiven:
    return ScopeGiven(customer_id=UUID(customer.id))


def morning(cast: Cast, day: str) -> None:
    """A day begins, and the worker does its work at eight."""
    cast.clock(day)
    tasks.daily(timestamp=0)
    cast.work()


def almost_full(customer: Customer, name: str = "Eybens") -> Site:
    """A site on which one of three seats is free, since today."""
    site = customer.site(name)
    site.allocate(voice=3)
    site.add_users(2)
    return site


def to(sent: list[Any]) -> list[str]:
    return sorted(message.to[0] for message in sent)


def test_the_letter_of_a_renewal_in_both_languages(cast: Cast, sent: list[Any]) -> None:
    cast.clock("2022-09-01")
    annual = cast.customer("Annuel & Fils", cast.opaline, term_months=12)
    site = annual.site("Eybens")
    site.allocate(voice=10, uc=2)
    site.add_users(7)
    site.add_users(2, "uc")
    person("Maud", of_partner(cast.opaline), language="fr")
    person("Ada", of_partner(cast.opaline))
    morning(cast, "2023-07-02")
    assert not sent
    morning(cast, "2023-07-03")
    assert to(sent) == ["ada@people.example", "maud@people.example"]
    (english,) = (message for message in sent if message.to == ["ada@people.example"])
    (french,) = (message for message in sent if message.to == ["maud@people.example"])
    link = f"{ADDRESS}/customers/{annual.id}/sites/{site.id}/?voice=7"
    assert english.subject == "Strapontin: 1 renewal"
    assert french.subject == "Strapontin\u00a0: 1 renouvellement"
    assert english.body.splitlines() == ENGLISH.format(link=link).splitlines()
    assert french.body.splitlines() == FRENCH.format(link=link).splitlines()


def test_what_was_allocated_without_asking_is_told_the_next_day(cast: Cast, sent: list[Any]) -> None:
    cast.clock("2022-09-15")
    site = cast.brumes.site("Eybens")
    site.allocate(voice=5)
    site.add_users(5)
    email = "solene@people.example"
    roles = ["users", "subscriptions"]
    actor = FURNISHER.make_administrator("Solène", email, of_customer(cast.brumes), roles=roles)
    open_accounts([email], PASSWORD)
    with acting(actor):
        manager = grants.allocation_manager(actor, UUID(cast.brumes.id))
        choose_automatic_allocation(manager, enabled=True, seats_per_month=3, at=load().now())
    with acting(actor):
        settings = load()
        user_manager = grants.user_manager(actor, UUID(cast.brumes.id))
        create_user(user_manager, new=NewUser(UUID(site.id), "voice", "Bea"), settings=settings, at=settings.now())
    morning(cast, "2022-09-16")
    (letter,) = (message for message in sent if message.to == [email])
    assert "ALLOUÉS AUTOMATIQUEMENT" in letter.body
    assert "Les Brumes, Eybens\u00a0: 1 siège Voix.\n  Rendre" in letter.body
    assert f"/customers/{cast.brumes.id}/sites/{site.id}/voice/hand-back/?seats=1" in letter.body
    sent.clear()
    morning(cast, "2022-09-17")
    assert not any("AUTOMATIQUEMENT" in message.body for message in sent)


ENGLISH = """\
Good day Ada,

RENEWALS
These commitments renew soon. A decrease that you ask for before the day takes effect on it.

Annuel & Fils: 12 months, renews on 1 Sep 2023.
  Voice: 10, Unified Communication: 2
  Eybens: 3 Voice seats unused since 4 May 2023.
  Prepare the decrease: {link}

You get this e-mail since you manage subscriptions, at most once a day and only with news.
You can switch it off in your account: https://portail.example/account/

--
Strapontin
"""
FRENCH = """\
Bonjour Maud,

RENOUVELLEMENTS
Ces engagements se renouvellent bientôt. Une baisse demandée avant la date prend effet ce jour-là.

Annuel & Fils\u00a0: engagement de 12 mois, renouvelé le 1er sept. 2023.
  Voix\u00a0: 10, Communication unifiée\u00a0: 2
  Eybens\u00a0: 3 sièges Voix inutilisés depuis le 4 mai 2023.
  Préparer la baisse\u00a0: {link}

Vous recevez cet e-mail parce que vous gérez des souscriptions, une fois par jour au plus et seulement s’il y a \
du nouveau.
Vous pouvez le désactiver dans votre compte\u00a0: https://portail.example/account/

--
Strapontin
"""


def test_a_renewal_is_told_twice(cast: Cast, sent: list[Any]) -> None:
    cast.clock("2022-09-01")
    cast.customer("Annuel", cast.opaline, term_months=12).site().allocate(voice=3)
    person("Ada", of_partner(cast.opaline))
    days = []
    for day in ("2023-07-03", "2023-07-04", "2023-07-31", "2023-08-02", "2023-08-03", "2023-09-01"):
        morning(cast, day)
        days += [day] * len(sent)
        sent.clear()
    assert days == ["2023-07-03", "2023-08-02"]


def test_a_day_on_which_the_worker_was_down_is_made_up(cast: Cast, sent: list[Any]) -> None:
    cast.clock("2022-09-01")
    cast.customer("Annuel", cast.opaline, term_months=12).site().allocate(voice=3)
    person("Ada", of_partner(cast.opaline))
    morning(cast, "2023-07-01")
    morning(cast, "2023-07-09")
    assert len(sent) == 1
    morning(cast, "2023-07-10")
    assert len(sent) == 1


def test_who_cancelled_is_not_told(cast: Cast, sent: list[Any]) -> None:
    cast.clock("2022-09-01")
    annual = cast.customer("Annuel", cast.opaline, term_months=12)
    annual.site().allocate(voice=3)
    person("Ada", of_partner(cast.opaline))
    with acting(system(), "billing"):
        run("UPDATE customer SET cancel_at_end_of_period = true WHERE id = %s", [annual.id])
    morning(cast, "2023-07-03")
    assert not sent


def test_a_warning_is_told_when_it_is_new(cast: Cast, sent: list[Any]) -> None:
    cast.clock("2022-09-01")
    site = almost_full(cast.brumes)
    person("Ada", of_partner(cast.opaline))
    person("Solène", of_customer(cast.brumes), language="fr")
    morning(cast, "2022-09-02")
    assert to(sent) == ["ada@people.example", "solène@people.example"]
    ada, solene = sorted(sent, key=lambda message: message.to)
    assert ada.subject == "Strapontin: 1 site soon full"
    link = f"{ADDRESS}/customers/{cast.brumes.id}/sites/{site.id}/\n"
    assert f"1 Voice seat free in Eybens; full around 17 Sep at this month’s pace.\n  {link}" in ada.body
    assert "1 siège Voix libre à Eybens\u00a0; au rythme du mois, plein vers le 17 sept." in solene.body
    morning(cast, "2022-09-03")
    assert len(sent) == 2


def test_at_most_one_letter_a_day(cast: Cast, sent: list[Any]) -> None:
    cast.clock("2022-09-01")
    almost_full(cast.brumes)
    person("Ada", of_partner(cast.opaline))
    morning(cast, "2022-09-02")
    almost_full(cast.brumes, "Voiron")
    for _ in range(3):
        tasks.daily(timestamp=0)
        tasks.letters()
        cast.work()
    assert len(sent) == 1
    morning(cast, "2022-09-03")
    assert [("Voiron" in message.body, "Eybens" in message.body) for message in sent[1:]] == [(True, False)]


def test_who_gets_none(cast: Cast, sent: list[Any]) -> None:
    cast.clock("2022-09-01")
    almost_full(cast.brumes)
    person("Ada", of_partner(cast.opaline))
    person("Beside", of_partner(cast.tramontane))
    person("Below", of_partner(cast.ouest))
    person("Other", of_customer(cast.zenith))
    person("Roleless", of_partner(cast.opaline), roles=["users"])
    person("Invited", of_partner(cast.opaline), come=False)
    person("Boss", ScopeGiven(provider=True))
    without = person("Without", of_partner(cast.opaline))
    suspended = person("Suspended", of_partner(cast.opaline))
    ids = {person["email"]: person["id"] for person in cast.provider.get("/administrators")["items"]}
    assert cast.provider.patch(f"/administrators/{ids[without]}", {"daily_letter": False})["daily_letter"] is False
    assert cast.provider.patch(f"/administrators/{ids[suspended]}", {"is_active": False}).status == 200
    morning(cast, "2022-09-02")
    assert to(sent) == ["ada@people.example", "boss@people.example"]


def test_a_role_that_went_away_since_the_plan(cast: Cast, sent: list[Any]) -> None:
    cast.clock("2022-09-01")
    almost_full(cast.brumes)
    person("Ada", of_partner(cast.opaline))
    cast.clock("2022-09-02")
    with acting(system()):
        settings, _at = tasks.clock()
    assert letters.plan_letters(today=settings.day(_at)) == 1
    (ada,) = cast.provider.get("/administrators")["items"]
    assert cast.provider.patch(f"/administrators/{ada['id']}", {"roles": ["users"]}).status == 200
    tasks.letters()
    assert not sent
    with acting(system(), "worker"):
        assert value_of(int, "SELECT count(*) FROM letter WHERE done_at IS NULL") == 0


def test_a_wide_scope_gets_twenty_rows_and_a_link(cast: Cast, sent: list[Any]) -> None:
    cast.clock("2022-09-01")
    for number in range(23):
        almost_full(cast.brumes, f"Annexe {number:02d}")
    person("Maud", of_partner(cast.opaline), language="fr")
    morning(cast, "2022-09-02")
    (letter,) = sent
    assert letter.subject == "Strapontin\u00a0: 23 sites bientôt complets"
    assert letter.body.count("libre à Annexe") == 20
    assert f"Et 3 autres\u00a0: {ADDRESS}/subscriptions/soon-full/" in letter.body


def test_a_letter_is_switched_off_in_the_account(cast: Cast, sent: list[Any]) -> None:
    cast.clock("2022-09-01")
    almost_full(cast.brumes)
    email = person("Ada", of_partner(cast.opaline))
    client = Client(SERVER_NAME="localhost")
    assert client.post("/accounts/login/", {"login": email, "password": PASSWORD}).status_code == 302
    assert 'name="daily_letter" value="yes" checked' in " ".join(client.get("/account/").content.decode().split())
    assert client.post("/account/letter/", {}).status_code == 302
    assert 'name="daily_letter" value="yes" checked' not in " ".join(client.get("/account/").content.decode().split())
    morning(cast, "2022-09-02")
    assert not sent
    client.post("/account/letter/", {"daily_letter": "yes"})
    almost_full(cast.brumes, "Voiron")
    morning(cast, "2022-09-03")
    assert len(sent) == 1


def test_an_address_that_is_refused_keeps_nobody_else_waiting(cast: Cast, sent: list[Any]) -> None:
    cast.clock("2022-09-01")
    almost_full(cast.brumes)
    for name in ("Ada", "Bea", "Cleo"):
        person(name, of_partner(cast.opaline))
    REFUSED.add("ada@people.example")
    morning(cast, "2022-09-02")
    assert to(sent) == ["bea@people.example", "cleo@people.example"]
    REFUSED.clear()
    tasks.letters()
    assert len(sent) == 2, "it was refused for good"


def test_a_mail_server_that_is_down_is_tried_again(cast: Cast, sent: list[Any]) -> None:
    cast.clock("2022-09-01")
    almost_full(cast.brumes)
    for name in ("Ada", "Bea"):
        person(name, of_partner(cast.opaline))
    REFUSED.add("down")
    morning(cast, "2022-09-02")
    almost_full(cast.brumes, "Voiron")
    morning(cast, "2022-09-03")
    assert not sent
    REFUSED.clear()
    tasks.letters()
    assert to(sent) == ["ada@people.example", "bea@people.example"]
    assert all("Eybens" in message.body and "Voiron" in message.body for message in sent)


def test_a_worker_that_is_killed_between_claim_and_sending(cast: Cast, sent: list[Any], tmp_path: Path) -> None:
    """The letter that it had taken is sent by the next one, and so are those after it; the one before is not."""
    cast.clock("2022-09-01")
    almost_full(cast.brumes)
    everybody = sorted(person(name, of_partner(cast.opaline)) for name in ("Ada", "Bea", "Cleo"))
    cast.clock("2022-09-02")
    worker: list[subprocess.Popen[bytes]] = []

    def kill_at_the_second(number: int) -> None:
        if number == 2:
            worker[0].kill()
            worker[0].wait(20)

    with mail_server(kill_at_the_second) as server:
        environment = os.environ | {"DATABASE_URL": cast.database.url, "STRAPONTIN_HOME": str(tmp_path)}
        environment |= {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(server.port), "PORTAL_ADDRESS": ADDRESS}
        with acting(system()):
            defer("letters")
        with (tmp_path / "worker.log").open("wb") as log:
            command = [sys.executable, "-m", "strapontin.cli.main", "worker"]
            worker.append(subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT))
        assert worker[0].wait(60) == -signal.SIGKILL, (tmp_path / "worker.log").read_text()
        first = list(server.taken)
    assert len(first) == 1
    with acting(system(), "worker"):
        done = values_of(bool, "SELECT done_at IS NOT NULL FROM letter ORDER BY administrator_id")
    assert done == [True, False, False]
    tasks.letters()
    assert sorted([*first, *to(sent)]) == everybody
    tasks.letters()
    assert len(sent) == 2


def test_two_workers_send_each_letter_once(cast: Cast, sent: list[Any]) -> None:
    cast.clock("2022-09-01")
    almost_full(cast.brumes)
    for number in range(12):
        person(f"Ada{number}", of_partner(cast.opaline))
    cast.clock("2022-09-02")
    together(tasks.letters, tasks.letters)
    assert len(to(sent)) == len(set(to(sent))) == 12


def test_letters_wait_for_the_morning(cast: Cast, sent: list[Any]) -> None:
    cast.clock("2022-09-01")
    almost_full(cast.brumes)
    person("Ada", of_partner(cast.opaline))
    morning(cast, "2022-09-02T03:00:00+02:00")
    assert not sent
    morning(cast, "2022-09-02T07:00:00+02:00")
    assert len(sent) == 1
