"""Users and their seats as the pages tell it: what is free by now, what was really done, and nothing else (SPEC 5)."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client

from strapontin.access import grants
from strapontin.access.scope import acting
from strapontin.allocations.queries import Figures, ledger
from strapontin.customers.subscriptions import subscriptions_of
from strapontin.demo.furnishing import Furnisher
from strapontin.seats.queries import user
from tests.pages.scene import NOW, Scene, at
from tests.pages.test_door import field

if TYPE_CHECKING:
    from tests.pages.conftest import SignIn


def read(answer: Any) -> str:
    """The words of a page, without its markup."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", html.unescape(text))


def figures(scene: Scene, customer: str, site: str, code: str) -> Figures:
    """The seats of a type on a site, as they stand."""
    with acting(scene.actor):
        grant = grants.user_manager(scene.actor, scene.customers[customer])
        found = subscriptions_of(grant, settings=scene.settings(), at=scene.settings().now(), site_id=scene.sites[site])
    return found.sites[0].of(code)


def arrive(scene: Scene, customer: str, site: str, code: str) -> UUID:
    """A user whom the stack has, whether a seat is free or not: as before seats were enforced."""
    settings = replace(scene.settings(), seats_enforced_from=date(2099, 1, 1))
    furnisher = Furnisher(settings=settings)
    return furnisher.add_user(scene.customers[customer], scene.sites[site], code, first_name="Nora")


def users_url(scene: Scene, customer: str) -> str:
    """The address of a customer's users."""
    return f"/customers/{scene.customers[customer]}/users/"


def remove(client: Client, scene: Scene, customer: str, user_id: UUID) -> str:
    """Removes a user; answers what the next page says."""
    answer = client.post(f"{users_url(scene, customer)}{user_id}/remove/", follow=True)
    return read(answer)


@pytest.fixture
def shop(scene: Scene, request: pytest.FixtureRequest) -> str:
    """A site of the garage with three Voice seats, all of them used, and a name of its own."""
    key = f"shop{abs(hash(request.node.name))}"
    scene.site("garage", key, f"Boutique {key[-6:]}")
    scene.allocate("garage", key, scene.settings().now(), voice=3)
    scene.fill("garage", key, scene.settings().now(), voice=3)
    return key


def of_site(scene: Scene, site: str) -> UUID:
    """One of the users of a site."""
    return next(user_id for key, user_id in scene.users.items() if key.startswith(f"{site} "))


def typed(scene: Scene, site: str, **more: str) -> dict[str, Any]:
    """The form of a new user."""
    return {"first_name": "Ada", "site": scene.sites[site], "type": "voice", "action": "create", **more}


def test_a_seat_that_became_free_is_offered_not_allocated(scene: Scene, sign_in: SignIn, shop: str) -> None:
    client, url = sign_in("maud"), f"{users_url(scene, 'garage')}new/"
    refused = client.post(url, typed(scene, shop))
    assert refused.status_code == 409
    digest = field(refused.content.decode(), "digest")
    remove(sign_in("provider"), scene, "garage", of_site(scene, shop))
    again = client.post(url, typed(scene, shop, action="allocate", digest=digest))
    assert again.status_code == 409
    said = read(again)
    assert "1 siège Voix libre à Boutique" in said
    assert "Il manque" not in said and 'value="allocate"' not in again.content.decode()
    created = client.post(url, typed(scene, shop, action="create"), follow=True)
    assert "est créé" in read(created) and "alloué" not in read(created).partition("est créé")[2][:80]
    assert figures(scene, "garage", shop, "voice").allocated == 3


def test_a_seat_is_not_taken_elsewhere_where_one_is_free_by_now(scene: Scene, sign_in: SignIn, shop: str) -> None:
    scene.allocate("garage", "workshop", scene.settings().now(), voice=6)
    client, url = sign_in("maud"), f"{users_url(scene, 'garage')}new/"
    refused = client.post(url, typed(scene, shop))
    assert 'value="move"' in refused.content.decode()
    remove(sign_in("provider"), scene, "garage", of_site(scene, shop))
    created = client.post(url, typed(scene, shop, action="move"), follow=True)
    assert "est créé" in read(created) and "déplacé" not in read(created)
    assert figures(scene, "garage", shop, "voice").allocated == 3


def test_every_missing_seat_is_counted_and_said(scene: Scene, sign_in: SignIn, shop: str) -> None:
    """Above its allocation a site needs more than one seat before somebody can be added."""
    arrive(scene, "garage", shop, "voice")
    scene.allocate("garage", "workshop", scene.settings().now(), voice=6)
    client, url = sign_in("maud"), f"{users_url(scene, 'garage')}new/"
    refused = client.post(url, typed(scene, shop))
    assert "Il manque 2 sièges Voix" in read(refused)
    digest = field(refused.content.decode(), "digest")
    created = client.post(url, typed(scene, shop, action="allocate", digest=digest), follow=True)
    assert "2 sièges Voix ont été alloués" in read(created)
    assert figures(scene, "garage", shop, "voice").allocated == 5
    alan = typed(scene, shop, action="move", first_name="Alan")
    assert client.post(url, alan | {"giver": scene.sites[shop]}).status_code == 409, "another site than was shown"
    moved = client.post(url, alan | {"giver": scene.sites["workshop"]}, follow=True)
    assert "1 siège Voix a été déplacé" in read(moved)


def test_a_planned_decrease_is_not_a_site_without_seats(scene: Scene, sign_in: SignIn, shop: str) -> None:
    scene.allocate("garage", shop, NOW.replace(month=6), uc=1)
    scene.allocate("garage", shop, scene.settings().now(), uc=0)
    client, url = sign_in("maud"), f"{users_url(scene, 'garage')}new/"
    refused = client.post(url, typed(scene, shop, type="uc"))
    assert refused.status_code == 409
    assert "aucun siège de ce type" not in read(refused)
    digest = field(refused.content.decode(), "digest")
    created = client.post(url, typed(scene, shop, type="uc", action="allocate", digest=digest), follow=True)
    assert "La baisse prévue" in read(created) and "alloué" not in read(created).partition("est créé")[2][:60]
    assert figures(scene, "garage", shop, "uc").next_cycle == 1


def test_a_removal_claims_a_free_seat_only_where_there_is_one(scene: Scene, sign_in: SignIn, shop: str) -> None:
    client = sign_in("maud")
    extra = [arrive(scene, "garage", shop, "voice") for _ in range(2)]
    assert "libre" not in remove(client, scene, "garage", extra[0])
    assert "libre" not in remove(client, scene, "garage", extra[1])
    assert "1 siège Voix est maintenant libre" in remove(client, scene, "garage", of_site(scene, shop))


def test_the_page_of_a_user_promises_no_free_seat(scene: Scene, sign_in: SignIn, shop: str) -> None:
    extra = arrive(scene, "garage", shop, "voice")
    assert "libre" not in read(sign_in("maud").get(f"{users_url(scene, 'garage')}{extra}/"))


def test_an_edit_says_what_was_allocated_with_it(scene: Scene, sign_in: SignIn, shop: str) -> None:
    scene.site("garage", f"{shop}b", f"Réserve {shop[-6:]}")
    scene.fill("garage", "workshop", scene.settings().now())
    client, url = sign_in("maud"), f"{users_url(scene, 'garage')}{of_site(scene, shop)}/"
    page = client.get(url).content.decode()
    form = typed(scene, f"{shop}b", version=field(page, "version"), enabled="on", action="save")
    refused = client.post(url, form)
    assert refused.status_code == 409
    digest = field(refused.content.decode(), "digest")
    saved = client.post(url, form | {"action": "allocate", "digest": digest}, follow=True)
    assert "1 siège Voix a été alloué" in read(saved)


def test_a_user_moves_to_one_of_several_tenants(scene: Scene, sign_in: SignIn) -> None:
    seventh, eighth = (Furnisher().make_stack(name) for name in ("Isère-7", "Isère-8"))
    tenants = [scene.attach("clinic", "meylan", stack_id) for stack_id in (seventh, eighth, eighth)]
    client = sign_in("maud")
    user_id = next(found for key, found in scene.users.items() if key.startswith("grenoble voice"))
    url = f"{users_url(scene, 'clinic')}{user_id}/"
    page = client.get(url).content.decode()
    assert len(set(re.findall(r"<option[^>]*>(Meylan[^<]*)<", page))) >= 3, "tenants can be told apart"
    form = typed(scene, "meylan", version=field(page, "version"), enabled="on", action="save", email="ada@example.org")
    unnamed = client.post(url, form)
    assert unnamed.status_code == 422 and "tenant" in unnamed.content.decode()
    assert client.post(url, form | {"tenant": tenants[1]}).status_code == 302
    assert tenant_of(scene, user_id) == tenants[1]
    # Saved as shown, nothing moves; back on a site without a tenant, the former choice is no obstacle.
    page = client.get(url).content.decode()
    assert re.search(rf'value="{tenants[1]}"\s+selected', page)
    form |= {"version": field(page, "version"), "tenant": tenants[1]}
    assert client.post(url, form | {"site": scene.sites["grenoble"]}).status_code == 302
    assert tenant_of(scene, user_id) is None


def tenant_of(scene: Scene, user_id: UUID) -> UUID | None:
    """The tenant in which a user of the clinic lives."""
    with acting(scene.actor):
        found = user(grants.user_manager(scene.actor, scene.customers["clinic"]), user_id=user_id)
    tenant: UUID | None = found.tenant_id
    return tenant


def rows_of(scene: Scene, customer: str) -> int:
    """How many rows the ledger of a customer has."""
    with acting(scene.actor):
        return len(ledger(grants.allocation_manager(scene.actor, scene.customers[customer]), limit=500))


def test_withdrawing_what_was_not_planned_says_so(scene: Scene, sign_in: SignIn, shop: str) -> None:
    client, before = sign_in("maud"), rows_of(scene, "garage")
    url = f"/customers/{scene.customers['garage']}/sites/{scene.sites[shop]}"
    said = read(client.post(f"{url}/voice/withdraw/", follow=True))
    assert "Aucune baisse" in said and "annulée" not in said
    assert rows_of(scene, "garage") == before
    assert client.post(f"{url}/nothing/withdraw/").status_code == 404
    scene.allocate("garage", shop, NOW.replace(month=6), uc=2)
    scene.allocate("garage", shop, scene.settings().now(), uc=1)
    said = read(client.post(f"{url}/uc/withdraw/", follow=True))
    assert "annulée" in said and "2 sièges restent alloués" in said


def test_withdrawing_a_term_that_was_not_pending_says_so(scene: Scene, sign_in: SignIn) -> None:
    client, url = sign_in("maud"), f"/customers/{scene.customers['garage']}"
    said = read(client.post(f"{url}/term/withdraw/", follow=True))
    assert "Aucun changement d’engagement" in said and "annulé :" not in said
    shown = client.get(f"{url}/term/?term_months=36").content.decode()
    (digest,) = re.findall(r'name="digest" value="(\w+)"', shown)
    form = {"term_months": "36", "digest": digest, "ticks": "yes", "ticked": "yes"}
    assert client.post(f"{url}/term/", form).status_code == 302
    assert "est annulé" in read(client.post(f"{url}/term/withdraw/", follow=True))


def test_what_is_not_possible_is_not_offered_to_be_confirmed(scene: Scene, sign_in: SignIn, shop: str) -> None:
    """Three users are on their seats: two seats of Voice are refused, and a seat of another type waits for that."""
    url = f"/customers/{scene.customers['garage']}/sites/{scene.sites[shop]}/"
    typed = {"voice": "2", "was-voice": "3", "uc": "1", "was-uc": "0"}
    shown = read(sign_in("maud").post(url, typed))
    assert "1 quantité n’est pas possible." in shown
    assert "Confirmer les" not in shown
    assert "Allouer 2 sièges" in read(sign_in("maud").post(url, typed | {"voice": "4"}))


def test_what_was_handed_back_is_not_offered_again(scene: Scene, sign_in: SignIn) -> None:
    """The link may be opened again: ordinary seats are not what it is for."""
    scene.site("garage", "quay", "Quai")
    scene.allocate("garage", "quay", at(7, 3), voice=4)
    scene.allocate("garage", "quay", scene.settings().now(), voice=6)
    client = sign_in("maud")
    site = f"/customers/{scene.customers['garage']}/sites/{scene.sites['quay']}/"
    link = f"{site}voice/hand-back/?seats=2"
    assert field(client.get(link).content.decode(), "voice") == "4"
    # Never more than what was added, whatever the address says.
    page = client.get(f"{site}voice/hand-back/?seats=5").content.decode()
    assert field(page, "voice") == "4"
    done = {"voice": "4", "was-voice": "6", "digest": field(page, "digest"), "confirm": "yes"}
    assert client.post(site, done).status_code == 302
    again = client.get(link)
    assert field(again.content.decode(), "voice") == "4"
    assert "Ces sièges ont déjà été rendus" in read(again)
    assert "Aucun changement pour l’instant." in read(again)
    assert client.get(f"{site}fax/hand-back/?seats=2").status_code == 404


def test_without_the_role_one_reads_how_many_seats_are_missing(scene: Scene, sign_in: SignIn) -> None:
    """Users came from the stack: as many seats are missing as the interface answers, not one."""
    scene.site("clinic", "bay", "Baie")
    scene.allocate("clinic", "bay", scene.settings().now(), voice=1)
    for _number in range(3):
        arrive(scene, "clinic", "bay", "voice")
    client, url = sign_in("theo"), users_url(scene, "clinic")
    said = read(client.post(f"{url}new/", typed(scene, "bay")))
    assert "Il manque 3 sièges. Les allouer demande le rôle" in said
    moving = typed(scene, "bay", action="save")
    answer = client.post(f"{url}{of_site(scene, 'grenoble')}/", moving)
    assert "Il manque 3 sièges. Les allouer demande le rôle" in read(answer)
    assert f"/requests/new/?site={scene.sites['bay']}&amp;voice=3" in answer.content.decode()


def test_our_words_for_an_address_that_is_none(scene: Scene, sign_in: SignIn, shop: str) -> None:
    said = read(sign_in("maud").post(f"{users_url(scene, 'garage')}new/", typed(scene, shop, email="ada")))
    assert "Saisissez une adresse e-mail valide." in said
    assert "courriel" not in said
