"""What a stack refuses is told where one typed, or the user stays listed as refused with the reason (SPEC 5)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, get_args
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from strapontin.access.models import Account
from strapontin.demo.furnishing import Furnisher
from strapontin.jobs import tasks
from strapontin.stacks.base import ErrorCode
from strapontin.stacks.reasons import reason
from strapontin.stacks.wazo.simulator import Fault
from tests.api.client import Answer, ApiClient
from tests.concurrently import together
from tests.pages.test_decisions import read
from tests.pages.test_door import field
from tests.stack_stories import Story

TAKEN, ZOE = "taken@client.example", "zoe@client.example"


@pytest.fixture
def provider(story: Story) -> ApiClient:
    """The provider's key; on the story's stack, somebody of another tenant has the e-mail ``TAKEN``."""
    story.simulator.add_user(story.simulator.add_tenant("Ailleurs").uuid, "Same", "Address", TAKEN, 0)
    return ApiClient(Furnisher().make_key())


def told(story: Story, ask: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The answer to a request that is awaited while the worker works."""
    monkeypatch.setattr(settings, "STACK_WAIT_SECONDS", 8.0)
    answers: list[Any] = []

    def work() -> None:
        until = time.monotonic() + 12
        while not answers and time.monotonic() < until:
            tasks.provision(str(story.customer))
            time.sleep(0.05)

    together(work, lambda: answers.append(ask()))
    return answers[0]


def new_user(story: Story, email: str, **more: Any) -> dict[str, Any]:
    return {"first_name": "Zoé", "email": email, "site": str(story.site), "type": "voice"} | more


def users_of(story: Story) -> str:
    return f"/customers/{story.customer}/users"


def test_every_reason_to_refuse_a_user_is_a_sentence() -> None:
    of_ours = reason("internal")
    assert [code for code in get_args(ErrorCode) if reason(code) == of_ours] == ["internal"]


def test_a_creation_is_answered_as_the_stack_did_it(
    story: Story, provider: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = told(story, lambda: provider.post(users_of(story), new_user(story, ZOE)), monkeypatch)
    assert (answer.status, answer["stack_state"], answer["stack_error"]) == (201, "done", None)
    assert story.on_stack(ZOE) == 1


def test_a_refused_creation_is_told_in_the_answer(
    story: Story, provider: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(email: str) -> Answer:
        return provider.post(users_of(story), new_user(story, email), key="one")

    refused = told(story, lambda: ask(TAKEN), monkeypatch)
    assert (refused.status, refused.code, refused["reason"]) == (409, "refused_by_stack", "conflict")
    assert refused["errors"] == [
        {"field": "email", "reason": "Another user of the telephone server has this e-mail address."}
    ]
    assert provider.get(users_of(story)).items == [], "it was told: it need not be listed"
    assert story.used() == {}
    # The key answered nothing: it may be used for what is corrected.
    assert told(story, lambda: ask(ZOE), monkeypatch).status == 201


def test_a_seat_allocated_with_a_refused_user_is_handed_back_and_the_page_says_so(
    story: Story, provider: ApiClient, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        story.add_here(f"{number}@here.example")
    body = new_user(story, TAKEN, allocate_missing=True)
    refused = told(story, lambda: provider.post(users_of(story), body), monkeypatch)
    assert (refused.status, refused.code) == (409, "refused_by_stack")
    kinds = "SELECT kind FROM ledger_entry ORDER BY id"
    assert [row["kind"] for row in story.read(kinds)] == ["raise", "raise", "hand_back"]
    url = f"{users_of(story)}/new/"
    digest = field(client.get(f"{url}?site={story.site}").content.decode(), "digest")
    form = new_user(story, TAKEN, action="allocate", digest=digest, way="allocate")
    page = told(story, lambda: client.post(url, form), monkeypatch)
    assert page.status_code == 409
    assert "Le siège alloué pour l’utilisateur est rendu" in read(page)
    assert "a déjà cette adresse e-mail" in read(page) and "Il manque 1 siège Voix" in read(page)
    assert [row["kind"] for row in story.read(kinds)][3:] == ["raise", "hand_back"]
    assert story.used() == {"voice": 3}


def test_a_creation_that_is_refused_later_stays_listed_until_somebody_deals_with_it(
    story: Story, provider: ApiClient
) -> None:
    users = users_of(story)
    created = provider.post(users, new_user(story, TAKEN))
    assert (created.status, created["stack_state"]) == (201, "waiting")
    tasks.provision(str(story.customer))
    (listed,) = provider.get(users).items
    assert (listed["id"], listed["state"], listed["stack_state"]) == (created.id, "refused", "failed")
    assert listed["stack_error"]["reason"] == "conflict"
    assert story.used() == {}, "the seat is free"
    assert provider.patch(f"{users}/{created.id}", {"first_name": "Zo"}).code == "not_found"
    # Mended: another one instead.
    mended = provider.post(users, new_user(story, ZOE, instead_of=created.id))
    assert [user["id"] for user in provider.get(users).items] == [mended.id]
    # Or dismissed.
    other = provider.post(users, new_user(story, TAKEN))
    tasks.provision(str(story.customer))
    assert provider.delete(f"{users}/{other.id}").status == 204
    assert [user["id"] for user in provider.get(users).items] == [mended.id]


def test_a_refused_change_is_told_and_taken_back(
    story: Story, provider: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = users_of(story)
    user = f"{users}/{provider.post(users, new_user(story, ZOE)).id}"
    tasks.provision(str(story.customer))
    refused = told(story, lambda: provider.patch(user, {"email": TAKEN}), monkeypatch)
    assert (refused.status, refused.code) == (409, "refused_by_stack")
    assert (provider.get(user)["email"], provider.get(user)["stack_error"]) == (ZOE, None)
    # Later: the value is as it was, with the reason until it is noted.
    monkeypatch.setattr(settings, "STACK_WAIT_SECONDS", 0.0)
    assert provider.patch(user, {"email": TAKEN}).status == 200
    tasks.provision(str(story.customer))
    assert (provider.get(user)["email"], provider.get(user)["stack_error"]["reason"]) == (ZOE, "conflict")
    assert provider.post(f"{user}/dismissal", None).status == 204
    assert provider.get(user)["stack_error"] is None


def test_a_refused_removal_is_told_and_leaves_the_user(
    story: Story, provider: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = users_of(story)
    user = f"{users}/{provider.post(users, new_user(story, ZOE)).id}"
    tasks.provision(str(story.customer))
    story.simulator.faults.append(Fault(path="/users", method="DELETE", status=400, body=b"[]", times=1))
    refused = told(story, lambda: provider.delete(user), monkeypatch)
    assert (refused.status, refused.code) == (409, "refused_by_stack")
    assert (provider.get(user)["state"], story.used()) == ("active", {"voice": 1})
    assert told(story, lambda: provider.delete(user), monkeypatch).status == 204


def test_a_stack_that_keeps_silent_is_awaited_no_longer_than_allowed(
    story: Story, provider: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "STACK_WAIT_SECONDS", 0.5)
    before = time.monotonic()
    answer = provider.post(users_of(story), new_user(story, ZOE))
    assert (answer.status, answer["stack_state"]) == (201, "waiting")
    assert 0.5 <= time.monotonic() - before < 3


@pytest.fixture
def client(story: Story) -> Client:
    """The provider's administrator at a screen, in French."""
    Furnisher().make_administrator("Maud", "maud@example.org")
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.force_login(Account.objects.get(email="maud@example.org"))
    return client


def test_the_form_shows_what_the_stack_refused_and_keeps_what_was_typed(
    story: Story, provider: ApiClient, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, form = f"{users_of(story)}/new/", new_user(story, TAKEN, action="create", once="a-token")
    refused = told(story, lambda: client.post(url, form), monkeypatch)
    assert refused.status_code == 409
    assert "Un autre utilisateur du serveur téléphonique a déjà cette adresse e-mail." in read(refused)
    assert f'value="{TAKEN}"' in refused.content.decode()
    created = told(story, lambda: client.post(url, form | {"email": ZOE}), monkeypatch)
    assert created.status_code == 302
    assert story.on_stack(ZOE) == 1
    # A double click after it gets the same answer.
    again = told(story, lambda: client.post(url, form | {"email": ZOE}), monkeypatch)
    assert (again.status_code, story.used()) == (302, {"voice": 1})


def test_a_refused_user_is_listed_with_the_reason_and_tried_again(
    story: Story, provider: ApiClient, client: Client
) -> None:
    users = users_of(story)
    created = provider.post(users, new_user(story, TAKEN))
    tasks.provision(str(story.customer))
    said = read(client.get(f"{users}/"))
    assert "Non créé sur le stack" in said
    assert "Un autre utilisateur du serveur téléphonique a déjà cette adresse e-mail." in said
    page = client.get(f"{users}/{created.id}/", follow=True)
    assert "Le serveur téléphonique a refusé cet utilisateur. Aucun siège n’est consommé." in read(page)
    assert f'value="{TAKEN}"' in page.content.decode()
    form = new_user(story, ZOE, action="create", again=created.id)
    assert client.post(f"{users}/new/", form).status_code == 302
    assert [user["email"] for user in provider.get(users).items] == [ZOE]


def test_a_refused_user_stays_listed_as_such_without_its_tenant(
    story: Story, provider: ApiClient, client: Client
) -> None:
    provider.post(users_of(story), new_user(story, TAKEN))
    tasks.provision(str(story.customer))
    tenants = f"/customers/{story.customer}/sites/{story.site}/stack-tenants"
    (tenant,) = provider.get(tenants).items
    assert provider.delete(f"{tenants}/{tenant['id']}").status == 204
    assert "Non créé sur le stack" in read(client.get(f"{users_of(story)}/"))


def test_who_was_refused_by_its_tenant_is_created_there_from_the_page(story: Story, client: Client) -> None:
    user_id, site_id = story.typed_in_before(ZOE)
    story.fail("POST", status=400, body=b"[]")
    story.create_there(user_id)
    story.make_calls()
    story.attach(site_id, "Moirans, new")
    story.progress_of(site_id)
    url = f"{users_of(story)}/{user_id}/"
    assert client.post(f"{url}dismiss/").status_code == 302
    assert "Créer sur le serveur téléphonique" in read(client.get(url))
    assert client.post(f"{url}create-there/").status_code == 302
    tasks.provision(str(story.customer))
    assert story.on_stack(ZOE) == 1


def test_a_refused_user_is_dismissed(story: Story, provider: ApiClient, client: Client) -> None:
    users = users_of(story)
    created = provider.post(users, new_user(story, TAKEN))
    tasks.provision(str(story.customer))
    assert client.post(f"{users}/{created.id}/dismiss/").status_code == 302
    assert provider.get(users).items == []


def test_the_forms_of_a_change_and_a_removal_show_what_the_stack_refused(
    story: Story, provider: ApiClient, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = users_of(story)
    user_id = provider.post(users, new_user(story, ZOE)).id
    tasks.provision(str(story.customer))
    form = new_user(story, TAKEN, action="save", enabled="on")
    refused = told(story, lambda: client.post(f"{users}/{user_id}/", form), monkeypatch)
    assert refused.status_code == 409
    assert "Un autre utilisateur du serveur téléphonique a déjà cette adresse e-mail." in read(refused)
    assert story.row(UUID(user_id))["email"] == ZOE
    story.simulator.faults.append(Fault(path="/users", method="DELETE", status=400, body=b"[]", times=1))
    answer = told(story, lambda: client.post(f"{users}/{user_id}/remove/", follow=True), monkeypatch)
    assert "n’est pas supprimé." in read(answer)
    assert "Le serveur téléphonique n’accepte pas ce qui a été saisi." in read(answer)


def test_a_form_takes_what_a_stack_gave_as_it_is(story: Story, client: Client) -> None:
    stack_user = next(iter(story.simulator.world.users))
    story.simulator.change_user(stack_user, email="zoé@client.example", lastname="Z" * 128)
    story.synchronize()
    (user,) = story.read("SELECT id, last_name FROM seat_user WHERE email = 'zoé@client.example'")
    url = f"{users_of(story)}/{user['id']}/"
    form = new_user(story, "zoé@client.example", last_name=user["last_name"], action="save", enabled="on")
    assert client.post(url, form | {"first_name": "Zoé"}).status_code == 302
    assert story.row(user["id"])["first_name"] == "Zoé"
    refused = client.post(url, form | {"email": "zoë@client.example"})
    assert refused.status_code == 422
    assert "Saisissez une adresse e-mail valide." in read(refused)


def test_a_refused_move_is_told_and_leaves_the_user_where_it_was(
    story: Story, provider: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    site_id = story.add_site("Moirans")
    story.attach(site_id, "Moirans")
    users = users_of(story)
    user = f"{users}/{provider.post(users, new_user(story, ZOE)).id}"
    tasks.provision(str(story.customer))
    story.simulator.faults.append(Fault(path="/users", method="POST", status=400, body=b"[]", times=1))
    move = {"site": str(site_id), "allocate_missing": True}
    refused = told(story, lambda: provider.patch(user, move), monkeypatch)
    assert (refused.status, refused.code) == (409, "refused_by_stack")
    assert (provider.get(user)["site"], story.on_stack(ZOE)) == (str(story.site), 1)
