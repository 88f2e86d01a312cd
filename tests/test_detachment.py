"""Taking a tenant off a site again: a mistyped one must not keep users billed for ever (SPEC 6)."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.refusals import Refusal
from strapontin.stacks.detachment import Detachment, confirm_detachment, detach_tenant, preview_detachment
from strapontin.stacks.operations import attach_tenant
from tests.stack_stories import Story, reading

ZOE = "zoe@client.example"


def attachment(story: Story, site_id: UUID | None = None) -> UUID:
    (row,) = story.read(f"SELECT id FROM site_tenant WHERE site_id = '{site_id or story.site}'")
    return UUID(str(row["id"]))


def detach(story: Story, site_id: UUID | None = None) -> None:
    with acting(system()):
        grant = grants.stack_attacher(system(), story.customer)
        detach_tenant(grant, site_id=site_id or story.site, tenant_id=attachment(story, site_id), at=story.clock()[1])


def preview(story: Story) -> Detachment:
    with acting(system()):
        grant = grants.stack_attacher(system(), story.customer)
        return preview_detachment(grant, site_id=story.site, tenant_id=attachment(story))


def confirm(story: Story, digest: str | None) -> Detachment:
    settings, at = story.clock()
    with acting(system()):
        grant = grants.stack_attacher(system(), story.customer)
        place = {"site_id": story.site, "tenant_id": attachment(story)}
        return confirm_detachment(grant, **place, digest=digest, settings=settings, at=at)


def refusal_of(story: Story) -> Refusal:
    with pytest.raises(Refusal) as refused:
        detach(story)
    return refused.value


def test_a_tenant_that_was_read_and_is_empty_is_detached(story: Story) -> None:
    site_id = story.add_site("Moirans")
    story.attach(site_id, "Moirans")
    story.progress_of(site_id)
    tenant_uuid = story.tenant_of(site_id)
    detach(story, site_id)
    with acting(system()):
        grant = grants.stack_attacher(system(), story.customer)
        attach_tenant(grant, site_id=site_id, stack_id=story.stack, tenant_uuid=tenant_uuid, at=story.now)


def test_a_mistyped_tenant_is_detached_after_a_failed_reading(story: Story) -> None:
    site_id = story.add_site("Moirans")
    with acting(system()):
        grant = grants.stack_attacher(system(), story.customer)
        attach_tenant(grant, site_id=site_id, stack_id=story.stack, tenant_uuid=uuid4(), at=story.now)
    assert story.synchronize().state == "partial"
    detach(story, site_id)
    assert story.synchronize().state == "done"


def test_a_tenant_whose_users_are_all_gone_is_detached(story: Story) -> None:
    story.simulator.world.users.clear()
    user_id = story.add_here(ZOE)
    assert refusal_of(story).code == "tenant_has_users"
    story.make_calls()
    story.remove(user_id)
    assert refusal_of(story).code == "tenant_has_users", "it is still to be deleted there"
    story.make_calls()
    detach(story)
    assert story.user(user_id)["state"] == "gone"


def test_what_goes_with_a_tenant_is_shown_and_then_done(story: Story) -> None:
    typed_in = story.add_here(ZOE, "cr", allocate_missing=True)
    story.make_calls()
    story.synchronize()
    assert story.used() == {"voice": 5, "uc": 1, "cr": 1}
    assert refusal_of(story).code == "tenant_has_users"
    shown = preview(story)
    assert shown.seats == {"voice": 5, "uc": 1}
    assert [user.id for user in shown.users if not user.goes] == [typed_in]
    assert len(shown.users) == 7
    assert story.used() == {"voice": 5, "uc": 1, "cr": 1}, "a preview changes nothing"
    assert confirm(story, shown.digest) == shown
    assert story.used() == {"cr": 1}
    assert story.user(typed_in) == {"state": "active", "type_code": "cr", "stack_user_uuid": None}
    assert story.read("SELECT 1 AS one FROM site_tenant") == []
    assert story.on_stack(ZOE) == 1, "nothing is deleted on the stack"
    (event,) = story.read("SELECT count(*) AS n FROM seat_event WHERE kind = 'vanished'")
    assert event["n"] == 6


def test_another_tenant_finds_the_users_who_stayed(story: Story) -> None:
    user_id = story.add_here(ZOE, "cr", allocate_missing=True)
    story.make_calls()
    confirm(story, None)
    tenant = story.attach(story.site, "Voiron, new")
    uuid = story.simulator.add_user(tenant, "Zoé", "Nouvelle", ZOE, 3).uuid
    assert reading(story.synchronize()).state == "done"
    assert story.user(user_id) == {"state": "active", "type_code": "cr", "stack_user_uuid": uuid}


def test_a_preview_that_is_outdated_detaches_nothing(story: Story) -> None:
    story.synchronize()
    shown = preview(story)
    story.add_here(ZOE, "cr", allocate_missing=True)
    with pytest.raises(Refusal) as refused:
        confirm(story, shown.digest)
    assert refused.value.code == "preview_outdated"
    assert refused.value.facts["fresh"] == preview(story)
    assert story.used() == {"voice": 5, "uc": 1, "cr": 1}


def test_open_calls_go_with_the_tenant(story: Story) -> None:
    user_id = story.add_here(ZOE, "cr", allocate_missing=True)
    assert preview(story).open_calls == 1
    confirm(story, None)
    assert story.make_calls() == 0
    assert (story.user(user_id)["state"], story.used()) == ("active", {"cr": 1})


def test_who_was_about_to_move_to_the_tenant_keeps_the_telephone(story: Story) -> None:
    user_id = story.add_here(ZOE)
    story.make_calls()
    site_id = story.add_site("Moirans")
    story.attach(site_id, "Moirans")
    story.change(user_id, site_id=site_id)
    with acting(system()):
        grant = grants.stack_attacher(system(), story.customer)
        place = {"site_id": site_id, "tenant_id": attachment(story, site_id)}
        confirm_detachment(grant, **place, digest=None, settings=story.settings, at=story.now)
    assert story.make_calls() == 0
    assert (story.on_stack(ZOE), story.user(user_id)["state"]) == (1, "active")


def test_a_tenant_detached_while_its_stack_answers_is_not_applied(story: Story) -> None:
    progress = story.synchronize_while(lambda: confirm(story, None))
    assert (progress.state, progress.readings) == ("done", [])
    assert story.used() == {}
