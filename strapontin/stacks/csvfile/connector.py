"""A CSV file as a stack: for telephony that can only export its users. It is read, never written.

Columns, in any order: ``uuid, first_name, last_name, email, subscription_type, enabled, tenant``, also
``extension``; UTF-8, with or without a byte order mark. ``tenant`` is the uuid that the portal attaches to a
site. A line with nothing but a tenant declares a tenant that may have no users: a tenant without any line is unknown.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn
from urllib.parse import unquote, urlsplit
from uuid import UUID

from strapontin.stacks.base import (
    FoundUser,
    NewStackUser,
    StackAccess,
    StackError,
    StackTenant,
    StackUser,
    StackUserChange,
    TypeCount,
)

_COLUMNS: Final = {"uuid", "first_name", "last_name", "email", "subscription_type", "enabled", "tenant"}
_SIZE_LIMIT_BYTES: Final = 256 * 1024 * 1024
_TRUTH: Final = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": True}


class CsvUsersAnswer:
    """The users of one tenant in the text of a file."""

    def __init__(self, content: bytes, tenant_uuid: UUID) -> None:
        self._content = content
        self._tenant_uuid = tenant_uuid

    @property
    def digest(self) -> bytes:
        """A digest of the tenant and the whole file: any change of the file makes the answer a new one."""
        return hashlib.sha256(self._tenant_uuid.bytes + self._content).digest()

    def users(self) -> Sequence[StackUser]:
        lines = [(n, line) for n, line in _lines(self._content) if _tenant(n, line["tenant"]) == self._tenant_uuid]
        if not lines:
            raise StackError("unknown_tenant", f"no line of the file names the tenant {self._tenant_uuid}")
        return [_user(n, line) for n, line in lines if any(line[name] for name in _COLUMNS - {"tenant"})]


class CsvConnector:
    """A CSV file behind a ``file:`` address (``Connector``). If ``root`` is given, the file must lie in it."""

    def __init__(self, access: StackAccess, *, root: Path | None = None) -> None:
        self._url = access.url
        self._root = root

    @property
    def writable(self) -> bool:
        return False

    def server_uuid(self) -> UUID | None:
        return None

    def tenants(self) -> Sequence[StackTenant]:
        tenants = {_tenant(n, line["tenant"]) for n, line in _lines(self._content())}
        return [StackTenant(uuid, str(uuid)) for uuid in sorted(tenants)]

    def counts(self, *, tenant_uuid: UUID) -> Sequence[TypeCount]:
        types = (user.stack_type_id for user in self.users(tenant_uuid=tenant_uuid))
        counts = Counter(type_id for type_id in types if type_id is not None)
        return [TypeCount(type_id, count) for type_id, count in sorted(counts.items())]

    def fetch_users(self, *, tenant_uuid: UUID, expected: int = 0) -> CsvUsersAnswer:
        return CsvUsersAnswer(self._content(), tenant_uuid)

    def users(self, *, tenant_uuid: UUID) -> Sequence[StackUser]:
        return self.fetch_users(tenant_uuid=tenant_uuid).users()

    def find_user(self, *, tenant_uuid: UUID, email: str) -> FoundUser | None:
        users = self.users(tenant_uuid=tenant_uuid)
        return next((FoundUser(user, None) for user in users if user.has_email(email)), None)

    def create_user(self, *, tenant_uuid: UUID, user: NewStackUser) -> UUID:
        _read_only()

    def update_user(self, *, tenant_uuid: UUID, uuid: UUID, change: StackUserChange) -> None:
        _read_only()

    def delete_user(self, *, tenant_uuid: UUID, uuid: UUID) -> None:
        _read_only()

    def _content(self) -> bytes:
        try:
            with self._path().open("rb") as file:
                content = file.read(_SIZE_LIMIT_BYTES + 1)
        except PermissionError:
            raise StackError("refused", "the file may not be read") from None
        except OSError:
            raise StackError("unreachable", "the file cannot be read") from None
        if len(content) > _SIZE_LIMIT_BYTES:
            raise StackError("nonsense", f"the file is larger than {_SIZE_LIMIT_BYTES} bytes")
        return content

    def _path(self) -> Path:
        parts = urlsplit(self._url)
        path = Path(unquote(parts.path))
        if (
            parts.scheme != "file"
            or parts.netloc not in ("", "localhost")
            or not path.is_absolute()
            or "\0" in str(path)
        ):
            raise StackError("invalid", "the address must be file: followed by an absolute path")
        # Symbolic links are followed first, so that none leads out of the root.
        path = path.resolve()
        if self._root is not None and not path.is_relative_to(self._root.resolve()):
            raise StackError("refused", "the file lies outside of the directory for such files")
        if path.exists() and not path.is_file():
            raise StackError("invalid", "the address is not that of a file")
        return path


def _read_only() -> NoReturn:
    raise StackError("refused", "a CSV stack is read, not written")


def _lines(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """The lines with their numbers, all with the header's columns. Raises ``StackError`` ("nonsense")."""
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        missing = _COLUMNS - set(reader.fieldnames or ())
        if missing:
            raise StackError("nonsense", f"the file lacks the columns {', '.join(sorted(missing))}")
        lines = [(reader.line_num, line) for line in reader]
    except (UnicodeDecodeError, csv.Error):
        raise StackError("nonsense", "the file is not a CSV file in UTF-8") from None
    for n, line in lines:
        # DictReader puts surplus values under the key None, and None for values that are missing.
        if None in line or None in line.values():
            raise StackError("nonsense", f"line {n} has not as many values as the first")
    return lines


def _tenant(n: int, text: str) -> UUID:
    try:
        return UUID(text.strip())
    except ValueError:
        raise StackError("nonsense", f"the tenant in line {n} is not a uuid") from None


def _user(n: int, line: dict[str, str]) -> StackUser:
    values = {name: value.strip() for name, value in line.items()}
    enabled = _TRUTH.get(values["enabled"].lower())
    if enabled is None:
        raise StackError("nonsense", f"enabled in line {n} is neither true nor false")
    try:
        return StackUser(
            uuid=UUID(values["uuid"]),
            first_name=values["first_name"],
            last_name=values["last_name"],
            email=values["email"] or None,
            stack_type_id=int(values["subscription_type"]) if values["subscription_type"] else None,
            enabled=enabled,
            extension=values.get("extension") or None,
        )
    except ValueError:
        raise StackError("nonsense", f"a value in line {n} is not of its column's kind") from None
