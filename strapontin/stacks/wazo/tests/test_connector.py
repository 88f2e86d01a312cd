"""The connector, over real HTTP: what it reads and writes, and how it keeps its token."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from strapontin.stacks.base import (
    MemoryTokenStore,
    NewStackUser,
    StackAccess,
    StackError,
    StackUser,
    StackUserChange,
    TypeCount,
)
from strapontin.stacks.connectors import connector_for
from strapontin.stacks.wazo.simulator import Fault, Leftovers, Line
from strapontin.stacks.wazo.tests.conftest import LOOPBACK, PASSWORD, USERNAME, Scene
from strapontin.stacks.wazo.tokens import RENEWED_BEFORE, TOKEN_LIFE

TOKEN = "/api/auth/0.1/token"
NOUR = NewStackUser("Nour", "Benali", "nour@lyon.example", 3)


def code_of(error: pytest.ExceptionInfo[StackError]) -> str:
    return error.value.code


def test_reads_counts_and_users(scene: Scene) -> None:
    connector = scene.connector()
    assert connector.counts(tenant_uuid=scene.lyon) == [TypeCount(0, 1), TypeCount(1, 2), TypeCount(10, 1)]
    users = {user.first_name: user for user in connector.users(tenant_uuid=scene.lyon)}
    zoe = next(u for u in scene.stack.world.users.values() if u.firstname == "Zoé")
    assert users["Zoé"] == StackUser(zoe.uuid, "Zoé", "Martin", "zoe@lyon.example", 0, True, None)
    assert (users["Léa"].last_name, users["Léa"].email, users["Léa"].enabled) == ("", None, False)
    assert connector.users(tenant_uuid=scene.metz) == []
    assert connector.counts(tenant_uuid=scene.metz) == []


def test_reads_users_in_one_request_of_the_summary(scene: Scene) -> None:
    for number in range(300):
        scene.stack.add_user(scene.metz, "n", str(number))
    assert len(scene.connector().users(tenant_uuid=scene.metz)) == 300
    users = [target for _, target in scene.stack.requests if "/users" in target]
    assert users == ["/api/confd/1.1/users?view=summary"]


def test_reads_the_first_extension(scene: Scene) -> None:
    line = Line(1, "abc", "1000", 1, "ctx", "123456", uuid4())
    scene.stack.add_user(scene.metz, "With", "Line", lines=[line])
    assert [user.extension for user in scene.connector().users(tenant_uuid=scene.metz)] == ["1000"]


def test_digest_tells_an_unchanged_answer(scene: Scene) -> None:
    connector = scene.connector()
    first = connector.fetch_users(tenant_uuid=scene.lyon)
    assert connector.fetch_users(tenant_uuid=scene.lyon).digest == first.digest
    scene.stack.change_user(first.users()[0].uuid, email="other@lyon.example")
    assert connector.fetch_users(tenant_uuid=scene.lyon).digest != first.digest


def test_creates_changes_and_deletes(scene: Scene) -> None:
    connector = scene.connector()
    uuid = connector.create_user(tenant_uuid=scene.metz, user=NOUR)
    assert connector.users(tenant_uuid=scene.metz) == [
        StackUser(uuid, "Nour", "Benali", "nour@lyon.example", 3, True, None)
    ]
    change = StackUserChange(last_name="", email="nour@metz.example", stack_type_ids=[1], enabled=False)
    for _ in range(2):
        connector.update_user(tenant_uuid=scene.metz, uuid=uuid, change=change)
    assert connector.users(tenant_uuid=scene.metz) == [StackUser(uuid, "Nour", "", "nour@metz.example", 1, False, None)]
    for _ in range(2):
        connector.delete_user(tenant_uuid=scene.metz, uuid=uuid)
    assert connector.users(tenant_uuid=scene.metz) == []


def test_only_what_changes_is_sent(scene: Scene) -> None:
    """confd's PUT is partial: what was changed on the stack itself stays."""
    connector, stack = scene.connector(), scene.stack
    user = stack.add_user(scene.metz, "Zoé", "Petit", "zoe@metz.example", 4, enabled=False)
    connector.update_user(tenant_uuid=scene.metz, uuid=user.uuid, change=StackUserChange(email="z@metz.example"))
    assert (user.firstname, user.email, user.enabled, user.subscription_type) == ("Zoé", "z@metz.example", False, 4)
    # One of several numbers of the type stays; another type gets its first number.
    for ids, number in (([3, 4], 4), ([1, 2], 1), ([], 1)):
        connector.update_user(tenant_uuid=scene.metz, uuid=user.uuid, change=StackUserChange(stack_type_ids=ids))
        assert user.subscription_type == number


def test_a_caller_id_follows_the_names_it_consists_of(scene: Scene) -> None:
    connector, stack = scene.connector(), scene.stack
    user = stack.add_user(scene.metz, "Zoé", "Petit")
    for change, caller_id in (
        (StackUserChange(first_name="Zoe"), '"Zoe Petit"'),
        (StackUserChange(last_name=""), '"Zoe"'),
        (StackUserChange(enabled=False), '"Zoe"'),
        (StackUserChange(last_name="Grand"), '"Zoe Grand"'),
    ):
        connector.update_user(tenant_uuid=scene.metz, uuid=user.uuid, change=change)
        assert user.caller_id == caller_id
    stack.change_user(user.uuid, caller_id='"Standard"')
    connector.update_user(tenant_uuid=scene.metz, uuid=user.uuid, change=StackUserChange(first_name="Ana"))
    assert (user.firstname, user.caller_id) == ("Ana", '"Standard"')


def test_a_deletion_takes_along_what_belongs_to_the_user(scene: Scene) -> None:
    line = Line(7, "abc", "1007", 7, "default", "123456", uuid4())
    user = scene.stack.add_user(scene.metz, "Zoé", lines=[line], voicemail="1007", login="zoe")
    scene.connector().delete_user(tenant_uuid=scene.metz, uuid=user.uuid)
    assert user.uuid not in scene.stack.world.users
    assert scene.stack.world.leftovers == Leftovers()


def test_lists_tenants(scene: Scene) -> None:
    assert {tenant.uuid: tenant.name for tenant in scene.connector().tenants()} == {
        scene.stack.world.root_uuid: "Test stack",
        scene.lyon: "Lyon",
        scene.metz: "Metz",
    }


def test_finds_a_user_by_the_whole_email_only(scene: Scene) -> None:
    connector = scene.connector()
    scene.stack.add_user(scene.metz, "Longer", None, "annie+x@metz.example")
    scene.stack.add_user(scene.metz, "Exact", None, "nie+x@metz.example")
    found = connector.find_user(tenant_uuid=scene.metz, email="Nie+X@metz.example")
    assert found is not None
    assert found.user.first_name == "Exact"
    assert connector.find_user(tenant_uuid=scene.metz, email="zoe@lyon.example") is None


def test_creation_that_timed_out_is_found_and_not_repeated(scene: Scene) -> None:
    connector = scene.connector()
    connector.tenants()
    scene.stack.faults.append(Fault(method="POST", path="/users", hang_up=True, times=1))
    with pytest.raises(StackError) as error:
        connector.create_user(tenant_uuid=scene.metz, user=NOUR)
    assert code_of(error) == "unreachable"
    found = connector.find_user(tenant_uuid=scene.metz, email=NOUR.email)
    assert found is not None
    assert found.created_at is not None
    assert abs(found.created_at - datetime.now(UTC)) < timedelta(minutes=1)
    with pytest.raises(StackError) as error:
        connector.create_user(tenant_uuid=scene.metz, user=NOUR)
    assert code_of(error) == "conflict"
    assert len(connector.users(tenant_uuid=scene.metz)) == 1


# Tokens.


def test_token_is_shared_by_connectors_and_renewed_before_it_expires(scene: Scene) -> None:
    first, second = scene.connector(), scene.connector()
    for connector in (first, second, first):
        connector.counts(tenant_uuid=scene.lyon)
    assert scene.asked(TOKEN) == 1
    scene.clock.ahead = TOKEN_LIFE - RENEWED_BEFORE - timedelta(seconds=5)
    first.counts(tenant_uuid=scene.lyon)
    assert scene.asked(TOKEN) == 1
    scene.clock.ahead += timedelta(seconds=10)
    first.counts(tenant_uuid=scene.lyon)
    second.counts(tenant_uuid=scene.lyon)
    assert scene.asked(TOKEN) == 2


def test_token_is_asked_for_once_by_many_threads(scene: Scene) -> None:
    connector = scene.connector()

    def count(_: int) -> int:
        return len(connector.counts(tenant_uuid=scene.lyon))

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(count, range(24))) == [3] * 24
    assert scene.asked(TOKEN) == 1


def test_revoked_token_is_replaced_once(scene: Scene) -> None:
    connector = scene.connector()
    connector.counts(tenant_uuid=scene.lyon)
    scene.stack.revoke_tokens()
    assert len(connector.users(tenant_uuid=scene.lyon)) == 4
    assert scene.asked(TOKEN) == 2


def test_revoked_token_is_replaced_by_what_another_process_put(scene: Scene) -> None:
    first, second = scene.connector(), scene.connector()
    first.counts(tenant_uuid=scene.lyon)
    scene.stack.revoke_tokens()
    second.counts(tenant_uuid=scene.lyon)
    first.counts(tenant_uuid=scene.lyon)
    assert scene.asked(TOKEN) == 2


def test_a_stack_that_refuses_every_token_is_not_asked_for_more(scene: Scene) -> None:
    connector = scene.connector()
    connector.counts(tenant_uuid=scene.lyon)
    scene.stack.faults.append(Fault(path="/confd/", status=401, body=b"[\"('x', 'confd.users.read')\"]"))
    for _ in range(5):
        with pytest.raises(StackError) as error:
            connector.users(tenant_uuid=scene.lyon)
        assert code_of(error) == "refused"
    assert scene.asked(TOKEN) == 1, "the token is young and valid: another would not help"
    scene.clock.ahead = timedelta(minutes=2)
    for _ in range(5):
        with pytest.raises(StackError):
            connector.users(tenant_uuid=scene.lyon)
    assert scene.asked(TOKEN) == 2


def test_permission_granted_later_counts_within_a_minute(scene: Scene) -> None:
    connector, account = scene.connector(), next(iter(scene.stack.world.accounts.values()))
    granted, account.acl = account.acl, ["auth.tenants.read"]
    with pytest.raises(StackError) as error:
        connector.users(tenant_uuid=scene.lyon)
    assert code_of(error) == "refused"
    account.acl = granted
    assert len(connector.users(tenant_uuid=scene.lyon)) == 4


def test_unknown_tenant_is_told_from_a_refusal_and_costs_no_token(scene: Scene) -> None:
    connector = scene.connector()
    for _ in range(3):
        with pytest.raises(StackError) as error:
            connector.users(tenant_uuid=uuid4())
        assert code_of(error) == "unknown_tenant"
    assert scene.asked(TOKEN) == 1
    with pytest.raises(StackError) as error:
        connector.create_user(tenant_uuid=uuid4(), user=NOUR)
    assert code_of(error) == "unknown_tenant"


def test_wrong_password_is_refused_and_not_repeated(scene: Scene) -> None:
    with pytest.raises(StackError) as error:
        scene.connector(password="wrong").counts(tenant_uuid=scene.lyon)
    assert code_of(error) == "refused"
    assert scene.asked(TOKEN) == 1


def test_session_limit(scene: Scene) -> None:
    scene.stack.sessions.limit = 1
    scene.connector().counts(tenant_uuid=scene.lyon)
    with pytest.raises(StackError) as error:
        scene.connector(tokens=MemoryTokenStore()).counts(tenant_uuid=scene.lyon)
    assert code_of(error) == "too_many_sessions"
    assert len(scene.connector().counts(tenant_uuid=scene.lyon)) == 3, "the shared token still serves"


def test_registry_gives_a_working_connector(scene: Scene) -> None:
    access = StackAccess(scene.stack.url + "/", USERNAME, PASSWORD, networks=LOOPBACK)
    connector = connector_for("wazo", access, MemoryTokenStore(), scene.clock)
    assert connector.writable
    assert isinstance(connector.users(tenant_uuid=scene.lyon)[0].uuid, UUID)
    assert PASSWORD not in repr(access)
