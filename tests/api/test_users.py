"""Changing users: another seat is confirmed as it was shown, another stack tenant is named."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest

from tests.api.client import Answer
from tests.cast import Cast, Site


@pytest.fixture
def full(cast: Cast) -> Site:
    """A site whose one seat is taken by Ana, on a day on which seats are enforced."""
    cast.clock("2022-09-15")
    site = cast.brumes.site()
    assert site.allocate(voice=1).status == 201
    assert site.add_user("Ana").status == 201
    return site


def ana(site: Site) -> str:
    """Ana's address."""
    users = f"{site.customer.path}/users"
    (found,) = site.customer.by.get(f"{users}?search=Ana").items
    return f"{users}/{found['id']}"


def shown(site: Site, type_code: str) -> Answer:
    """What a user of this type would allocate on the site."""
    body = {"first_name": "Ana", "site": site.id, "type": type_code}
    return site.customer.by.post(f"{site.customer.path}/users/preview", body)


def test_another_type_is_confirmed_as_it_was_shown(full: Site) -> None:
    provider = full.customer.by
    change = {"type": "uc", "allocate_missing": True}
    refused = provider.patch(ana(full), change | {"digest": "of something else"})
    assert (refused.status, refused.code) == (409, "preview_outdated")
    assert refused["entries"] == shown(full, "uc")["entries"]
    assert (full.figures("voice")["used"], full.figures("uc")["allocated"]) == (1, 0)
    changed = provider.patch(ana(full), change | {"digest": refused["effect"]["digest"]})
    assert (changed.status, changed["type"]) == (200, "uc")
    assert (full.figures("voice")["used"], full.figures("uc")["used"]) == (0, 1)


def test_what_allocates_nothing_needs_no_confirmation(full: Site) -> None:
    change = {"first_name": "Anaïs", "allocate_missing": True, "digest": "of something else"}
    assert full.customer.by.patch(ana(full), change).status == 200
    assert full.figures()["allocated"] == 1


def test_a_version_goes_before_a_digest(full: Site) -> None:
    change = {"type": "uc", "allocate_missing": True, "digest": "x"}
    assert full.customer.by.patch(ana(full), change, if_match='"99"').code == "changed_meanwhile"


def test_a_confirmation_for_a_place_that_is_none(full: Site) -> None:
    provider, confirmed = full.customer.by, {"allocate_missing": True, "digest": "x"}
    new = {"first_name": "Bé", "site": full.id, "type": "voice"} | confirmed
    users = f"{full.customer.path}/users"
    for wrong, code in (({"site": str(uuid4())}, "not_found"), ({"type": "fax"}, "invalid")):
        assert provider.post(users, new | wrong).code == code
        assert provider.patch(ana(full), confirmed | wrong).code == code


def test_a_site_with_several_tenants_is_entered_by_the_one_named(full: Site) -> None:
    provider, brest = full.customer.by, full.customer.site("Brest")
    brest.allocate(voice=1)
    first, second = brest.attach(), brest.attach()
    change = {"site": brest.id, "email": "ana@example.org"}
    assert provider.patch(ana(full), change).code == "tenant_required"
    refused = provider.patch(ana(full), change | {"tenant": str(uuid4())})
    assert (refused.code, refused["errors"][0]["field"]) == ("invalid", "tenant")
    moved = provider.patch(ana(full), change | {"tenant": second})
    assert (moved.status, moved["site"], moved["tenant"]) == (200, brest.id, second)
    # Within the site, naming the other one is enough.
    assert provider.patch(ana(full), {"tenant": first})["tenant"] == first
    again = provider.patch(ana(full), {"tenant": first})
    assert (again.status, again["tenant"]) == (200, first)


def test_nothing_comes_between_a_confirmation_and_its_allocation(full: Site) -> None:
    """The customer and the balance are locked from the look on, although a preview takes itself back."""
    # Imported late: Django is set up by then.
    from strapontin.access import grants
    from strapontin.access.actors import system
    from strapontin.access.scope import acting
    from strapontin.api.effects import confirm_for_user
    from strapontin.organisation import settings as installation

    customer_id, digest = full.customer.id, shown(full, "voice")["effect"]["digest"]
    actor = system("job")
    with acting(actor):
        settings = installation.load()
        grant = grants.user_manager(actor, UUID(customer_id))
        confirm_for_user(grant, (UUID(full.id), "voice"), digest=digest, settings=settings, at=settings.now())
        with full.customer.stage.database.superuser() as other:
            for locked in ("customer WHERE id = %s", "balance WHERE customer_id = %s"):
                with pytest.raises(psycopg.errors.LockNotAvailable), other.transaction():
                    other.execute(f"SELECT 1 FROM {locked} FOR UPDATE NOWAIT", [customer_id])


TOO_LONG = {
    "first_name": {"first_name": "Z" * 129},
    "last_name": {"last_name": "Z" * 129},
    "email": {"email": "z" * 243 + "@example.org"},
}


@pytest.mark.parametrize("field", TOO_LONG)
def test_what_a_stack_refuses_is_refused_at_once(full: Site, field: str) -> None:
    changes = TOO_LONG[field]
    for answer in (
        full.add_user(**{"name": "Zoé"} | {n.replace("first_", ""): v for n, v in changes.items()}),
        full.customer.by.patch(ana(full), changes),
    ):
        assert (answer.status, answer.code, answer["errors"][0]["field"]) == (422, "invalid", field)


def test_both_names_fit_into_a_caller_id(full: Site) -> None:
    provider, user = full.customer.by, ana(full)
    assert provider.patch(user, {"first_name": "A" * 128, "last_name": "B" * 29}).status == 200
    refused = provider.patch(user, {"last_name": "B" * 30})
    assert (refused.code, refused["errors"][0]["field"]) == ("invalid", "last_name")


def test_an_email_of_a_user_from_a_stack_is_in_use(full: Site) -> None:
    with full.customer.stage.database.superuser() as database:
        database.execute("UPDATE seat_user SET email = 'Jean@example.org', origin = 'stack', email_from_stack = true")
    provider, brest = full.customer.by, full.customer.site("Brest")
    brest.allocate(voice=2)
    refused = brest.add_user("Jean", email="JEAN@example.org")
    assert (refused.status, refused.code) == (409, "email_in_use")
    other = brest.add_user("Jeanne", email="jeanne@example.org")
    users = f"{full.customer.path}/users/{other['id']}"
    assert provider.patch(users, {"email": "jean@example.org"}).code == "email_in_use"
    # The stack itself shows two: either may be changed, neither may go to another site with it.
    with full.customer.stage.database.superuser() as database:
        database.execute(
            "UPDATE seat_user SET email = 'jean@example.org', email_from_stack = true WHERE id = %s", [other["id"]]
        )
    assert provider.patch(users, {"first_name": "Jeannette", "email": "jean@example.org"}).status == 200
    full.allocate(voice=2)
    assert provider.patch(users, {"site": full.id}).code == "email_in_use"


def test_an_email_that_is_changed_here_is_once_from_then_on(full: Site) -> None:
    with full.customer.stage.database.superuser() as database:
        database.execute("UPDATE seat_user SET email = 'jean@example.org', origin = 'stack', email_from_stack = true")
    changed = full.customer.by.patch(ana(full), {"email": "anne@example.org"})
    assert changed.status == 200
    with full.customer.stage.database.superuser() as database:
        (given,) = database.execute("SELECT email_from_stack FROM seat_user").fetchone() or ()
    assert given is False, "as soon as it is changed here, it is once"


def test_a_type_has_numbers_that_a_stack_has(full: Site) -> None:
    for number in (-1, 11):
        assert full.customer.by.patch("/subscription-types/uc", {"stack_ids": [number]}).code == "invalid"
    assert full.customer.by.patch("/subscription-types/uc", {"stack_ids": [1, 10]}).status == 200
