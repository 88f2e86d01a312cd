"""Every way in which a stack fails, over real sockets: the right code, and no secret anywhere."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import time
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from strapontin.stacks.base import MemoryTokenStore, NewStackUser, StackError, StackUserChange, Timeouts
from strapontin.stacks.wazo.simulator import Fault, StackSimulator
from strapontin.stacks.wazo.tests.conftest import PASSWORD, USERNAME, Scene, furnished
from tests.certificates import own_certificate, server_context

USERS = "/api/confd/1.1/users"
TOKEN = "/api/auth/0.1/token"
HASTE = Timeouts(connect=0.3, read=0.3, total=0.5)


@pytest.fixture(autouse=True)
def nothing_leaks(scene: Scene, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test here does: no log record, at any level, holds a password or a token."""
    caplog.set_level(logging.DEBUG)
    yield
    for record in caplog.records:
        _assert_no_secret(scene, f"{record.getMessage()} {record.args} {record.exc_text}")


def _assert_no_secret(scene: Scene, text: str) -> None:
    credentials = b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
    for secret in (PASSWORD, credentials, *scene.stack.sessions.by_token):
        assert secret not in text


def failure(scene: Scene, act: Callable[[], object]) -> StackError:
    """The error that ``act`` raises, with nothing secret in it or in its traceback."""
    with pytest.raises(StackError) as raised:
        act()
    error = raised.value
    # What a log shows of an exception: the error and all that it follows from, with the source lines.
    traces = "".join(traceback.format_exception(error))
    _assert_no_secret(scene, f"{error} {error!r} {error.args} {error.detail} {traces}")
    assert error.__suppress_context__ or error.__context__ is None
    return error


def reading(scene: Scene, **options: object) -> Callable[[], object]:
    connector = scene.connector(**options)  # type: ignore[arg-type]
    return lambda: connector.users(tenant_uuid=scene.lyon)


def test_down(scene: Scene) -> None:
    read = reading(scene)
    read()
    scene.stack.stop()
    assert failure(scene, read).code == "unreachable"
    assert failure(scene, reading(scene, url="http://stack.invalid")).code == "unreachable"


def test_cut_connection(scene: Scene) -> None:
    for fault in (Fault(path=USERS, hang_up=True), Fault(path=USERS, cut_at=40)):
        scene.stack.faults[:] = [fault]
        assert failure(scene, reading(scene)).code == "unreachable"
    scene.stack.faults.clear()
    reading(scene)()


@pytest.mark.parametrize("path", [TOKEN, USERS])
def test_slow(scene: Scene, path: str) -> None:
    scene.stack.faults.append(Fault(path=path, wait_before=20))
    started = time.monotonic()
    assert failure(scene, reading(scene, timeouts=HASTE)).code == "timeout"
    assert time.monotonic() - started < 15, "the fault would last longer"


def test_dripping_answer_meets_the_deadline(scene: Scene) -> None:
    scene.stack.faults.append(Fault(path=USERS, drip_seconds=0.02))
    started = time.monotonic()
    assert failure(scene, reading(scene, timeouts=HASTE)).code == "timeout"
    assert time.monotonic() - started < 15, "the fault would last longer"


def test_no_answer_to_the_connection(scene: Scene) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                client.connect(address)
        url = f"http://127.0.0.1:{address[1]}"
        assert failure(scene, reading(scene, url=url, timeouts=HASTE)).code == "unreachable"
        for client in waiting:
            client.close()


def test_services_down(scene: Scene) -> None:
    read = reading(scene)
    scene.stack.confd_up = False
    assert failure(scene, read).code == "unavailable"
    scene.stack.confd_up, scene.stack.auth_up = True, False
    assert failure(scene, read).code == "unavailable", "503 with the token in its body"
    assert failure(scene, reading(scene, tokens=MemoryTokenStore())).code == "unavailable", "502 in HTML"
    scene.stack.auth_up = True
    read()


@pytest.mark.parametrize(
    ("status", "code"),
    [
        *((500, "unavailable"), (504, "timeout"), (403, "refused"), (429, "too_many_sessions")),
        *((301, "nonsense"), (204, "nonsense"), (404, "nonsense"), (400, "invalid"), (409, "conflict")),
    ],
)
def test_other_statuses(scene: Scene, status: int, code: str) -> None:
    headers = (("Location", "http://127.0.0.1:1/elsewhere"),)
    scene.stack.faults.append(Fault(path=USERS, status=status, body=b"no", headers=headers))
    assert failure(scene, reading(scene)).code == code
    assert scene.asked("elsewhere") == 0


def _row(**changes: object) -> bytes:
    user: dict[str, object] = {
        "uuid": str(uuid4()),
        "firstname": "A",
        "lastname": "B",
        "email": None,
        "enabled": True,
        "subscription_type": 1,
        "extension": None,
    }
    return json.dumps({"total": 1, "items": [user | changes]}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"<html>It works</html>",
        b'{"total": 1, "items": [{"uuid": "',
        b'{"total": "many", "items": []}',
        b'{"total": 2, "items": []}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        _row(uuid="not-a-uuid"),
        _row(uuid=None),
        _row(firstname=None),
        _row(email=3),
        _row(enabled="yes"),
        _row(subscription_type="1"),
        _row(subscription_type=1.5),
    ],
)
def test_nonsense(scene: Scene, body: bytes) -> None:
    scene.stack.faults.append(Fault(path=USERS, body=body))
    assert failure(scene, reading(scene)).code == "nonsense"
    counts = scene.connector()
    assert failure(scene, lambda: counts.counts(tenant_uuid=scene.lyon)).code == "nonsense"


def test_rows_that_make_sense_are_read(scene: Scene) -> None:
    scene.stack.faults.append(Fault(path=USERS, body=_row(subscription_type=None, surplus={"a": 1})))
    reading(scene)()


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"data": {"token": ""}}',
        b'{"data": {"token": "a\\nb"}}',
        b'{"data": {"token": "\xc3\xa9"}}',
    ],
)
def test_nonsense_instead_of_a_token(scene: Scene, body: bytes) -> None:
    scene.stack.faults.append(Fault(path=TOKEN, body=body))
    assert failure(scene, reading(scene)).code == "nonsense"


def test_huge_answer(scene: Scene) -> None:
    assert failure(scene, reading(scene, body_limit=500)).code == "nonsense"
    reading(scene)()


def test_refused_values(scene: Scene) -> None:
    connector, lyon = scene.connector(), scene.lyon

    def create(**changes: object) -> Callable[[], object]:
        fields: dict[str, object] = {"first_name": "N", "last_name": "B", "email": "n@x.example"}
        user = NewStackUser(**(fields | {"stack_type_id": 1} | changes))  # type: ignore[arg-type]
        return lambda: connector.create_user(tenant_uuid=lyon, user=user)

    error = failure(scene, create(stack_type_id=11))
    assert (error.code, error.detail) == ("invalid", "the stack does not accept subscription_type (400)")
    assert failure(scene, create(email="zoe@lyon.example")).code == "conflict"
    gone = uuid4()
    for change in (StackUserChange(first_name="N"), StackUserChange(email="n@x.example")):
        error = failure(scene, lambda change=change: connector.update_user(tenant_uuid=lyon, uuid=gone, change=change))  # type: ignore[misc]
        assert error.code == "unknown_user"
    assert failure(scene, create(first_name="N" * 129)).field == "first_name"
    assert failure(scene, create(first_name="N" * 128, last_name="B" * 40)).code == "failed"


def test_missing_permission_to_write(scene: Scene) -> None:
    account = next(iter(scene.stack.world.accounts.values()))
    account.acl = [right for right in account.acl if not right.endswith("create")]
    connector, user = scene.connector(), NewStackUser("N", "B", "n@x.example", 1)
    assert failure(scene, lambda: connector.create_user(tenant_uuid=scene.lyon, user=user)).code == "refused"


@pytest.mark.parametrize(
    "url",
    ["", "stack", "ftp://stack", "http://", f"http://u:{PASSWORD}@stack", "http://[", "http://s?q=1"],
)
def test_unusable_address(scene: Scene, url: str) -> None:
    assert failure(scene, reading(scene, url=url)).code == "invalid"


def test_plain_http_where_tls_is_expected(scene: Scene) -> None:
    url = scene.stack.url.replace("http:", "https:")
    assert failure(scene, reading(scene, url=url)).code == "tls"


def test_certificate_of_its_own(scene: Scene, tmp_path: Path) -> None:
    with StackSimulator(tls=server_context(own_certificate(tmp_path))) as stack:
        own = furnished(stack)
        assert stack.url.startswith("https:")
        assert failure(own, reading(own)).code == "tls"
        reading(own, verify_tls=False)()


def test_a_list_of_many_users_may_take_longer(scene: Scene) -> None:
    scene.stack.faults.append(Fault(path=USERS, method="GET", times=2, wait_before=0.8))
    connector = scene.connector(timeouts=HASTE)
    with pytest.raises(StackError, match="timeout"):
        connector.fetch_users(tenant_uuid=scene.lyon)
    assert len(connector.fetch_users(tenant_uuid=scene.lyon, expected=5_000).users()) == 4


def test_the_time_for_a_list_grows_with_it_and_is_bounded() -> None:
    assert [Timeouts().for_users(users).total for users in (0, 100_000, 10**9)] == [10, 30, 60]
