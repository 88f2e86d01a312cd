"""The CSV stack: what it reads, and that nonsense in a file is never taken for users who left."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from strapontin.stacks.base import (
    Connector,
    FoundUser,
    MemoryTokenStore,
    NewStackUser,
    StackAccess,
    StackError,
    StackUser,
    StackUserChange,
    TypeCount,
)
from strapontin.stacks.connectors import connector_for

LYON, METZ, NICE = UUID(int=1), UUID(int=2), UUID(int=3)
ZOE, ADAM = UUID(int=11), UUID(int=12)
HEAD = "uuid,first_name,last_name,email,subscription_type,enabled,tenant\n"
GOOD = f"""{HEAD}{ZOE},Zoé,"Martin, née Arc",zoe@lyon.example,0,true,{LYON}
{ADAM},Adam,,,3,no,{LYON}
,,,,,,{METZ}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "users of a stack.csv"
    path.write_text(GOOD)
    return path


def now() -> datetime:
    return datetime.now(UTC)


def connect(path: Path, *, root: Path | None = None) -> Connector:
    return connector_for("csv", StackAccess(path.as_uri()), MemoryTokenStore(), now, csv_root=root)


def test_reads_users_and_counts(path: Path) -> None:
    stack = connect(path)
    users = [
        StackUser(ZOE, "Zoé", "Martin, née Arc", "zoe@lyon.example", 0, True, None),
        StackUser(ADAM, "Adam", "", None, 3, False, None),
    ]
    assert stack.users(tenant_uuid=LYON) == users
    assert stack.counts(tenant_uuid=LYON) == [TypeCount(0, 1), TypeCount(3, 1)]
    assert stack.find_user(tenant_uuid=LYON, email="ZOE@lyon.example") == FoundUser(users[0], None)
    assert stack.find_user(tenant_uuid=LYON, email="") is None
    assert stack.find_user(tenant_uuid=METZ, email="zoe@lyon.example") is None
    assert [tenant.uuid for tenant in stack.tenants()] == [LYON, METZ]


def test_tenant_without_users_is_told_from_an_unknown_one(path: Path) -> None:
    assert connect(path).users(tenant_uuid=METZ) == []
    with pytest.raises(StackError) as error:
        connect(path).users(tenant_uuid=NICE)
    assert error.value.code == "unknown_tenant"


def test_digest_follows_the_file(path: Path) -> None:
    stack = connect(path)
    before = stack.fetch_users(tenant_uuid=LYON).digest
    assert stack.fetch_users(tenant_uuid=LYON).digest == before
    path.write_text(GOOD.replace("Adam", "Eve"), encoding="utf-8-sig")
    assert stack.fetch_users(tenant_uuid=LYON).digest != before
    assert stack.users(tenant_uuid=LYON)[1].first_name == "Eve"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"uuid,first_name\n",
        b"\xff\xfe",
        f"{HEAD}{ZOE},Z,M,,0,true\n".encode(),
        f"{HEAD}{ZOE},Z,M,,0,true,{LYON},more\n".encode(),
        f"{HEAD}{ZOE},Z,M,,0,perhaps,{LYON}\n".encode(),
        f"{HEAD}{ZOE},Z,M,,voice,true,{LYON}\n".encode(),
        f"{HEAD}zoe,Z,M,,0,true,{LYON}\n".encode(),
        f"{HEAD}{ZOE},Z,M,,0,true,Lyon\n".encode(),
        f'{HEAD}{ZOE},"Z,M,,0,true,{LYON}\n'.encode(),
    ],
)
def test_nonsense(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StackError) as error:
        connect(path).users(tenant_uuid=LYON)
    assert error.value.code == "nonsense"


def test_addresses(path: Path, tmp_path: Path) -> None:
    def code(connector: Connector) -> str:
        with pytest.raises(StackError) as error:
            connector.users(tenant_uuid=LYON)
        return error.value.code

    assert code(connect(tmp_path / "absent.csv")) == "unreachable"
    assert code(connect(tmp_path)) == "invalid"
    for url in ("http://stack/users.csv", "file://elsewhere/users.csv", "file:users.csv", "file:///a%00b"):
        stack = connector_for("csv", StackAccess(url), MemoryTokenStore(), now)
        assert code(stack) == "invalid"
    root = tmp_path / "root"
    root.mkdir()
    (root / "link.csv").symlink_to(path)
    assert code(connect(path, root=root)) == "refused"
    assert code(connect(root / "link.csv", root=root)) == "refused"
    assert len(connect(path, root=tmp_path).users(tenant_uuid=LYON)) == 2


def test_is_not_written(path: Path) -> None:
    stack, user = connect(path), NewStackUser("A", "B", "a@lyon.example", 0)
    assert not stack.writable
    for act in (
        lambda: stack.create_user(tenant_uuid=LYON, user=user),
        lambda: stack.update_user(tenant_uuid=LYON, uuid=ZOE, change=StackUserChange(last_name="B")),
        lambda: stack.delete_user(tenant_uuid=LYON, uuid=ZOE),
    ):
        with pytest.raises(StackError) as error:
            act()
        assert error.value.code == "refused"
    assert path.read_text() == GOOD
