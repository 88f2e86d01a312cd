"""The simulated stack as tests and the demo use it: state, faults, and an HTTP server in front."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID, uuid4

from strapontin.stacks.wazo.simulator.auth import Auth
from strapontin.stacks.wazo.simulator.confd import Confd
from strapontin.stacks.wazo.simulator.faults import Fault
from strapontin.stacks.wazo.simulator.front import Front
from strapontin.stacks.wazo.simulator.wire import RefusedError, Reply, Request, bad_gateway, not_found
from strapontin.stacks.wazo.simulator.world import (
    PORTAL_ACL,
    Account,
    Line,
    Sessions,
    Tenant,
    User,
    World,
    load,
    save,
    timestamp,
)


class StackSimulator:
    """A stack on the loopback interface that can be changed and broken while it answers.

    Use it as a context manager, or ``start`` and ``stop`` it. ``world`` and ``sessions`` may be read freely
    and changed under ``lock``. With a ``state_file``, the state is loaded from it and written after each
    change.
    """

    def __init__(
        self,
        *,
        name: str = "Simulated stack",
        port: int = 0,
        state_file: Path | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self._state_file = state_file
        exists = state_file is not None and state_file.exists()
        self.world = load(state_file) if state_file and exists else World(name)
        self.sessions = Sessions()
        self.auth_up = True
        self.confd_up = True
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str]] = []
        self._auth = Auth(self.world, self.sessions, self.save)
        self._confd = Confd(self.world, self.sessions, self._auth, lambda: self.auth_up, self.save)
        self._front = Front(self, port=port, tls=tls)
        if not exists:
            root = Tenant(self.world.root_uuid, name, "master", self.world.root_uuid)
            self.world.tenants[root.uuid] = root
            self.save()

    # Life.

    @property
    def url(self) -> str:
        """The address that an administrator would type."""
        return self._front.url

    def start(self) -> Self:
        self._front.start()
        return self

    def stop(self) -> None:
        """Stop answering; open connections are cut, the port is free again."""
        self._front.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def save(self) -> None:
        """Write the state file, if there is one."""
        if self._state_file is not None:
            with self.lock:
                save(self.world, self._state_file)

    # State.

    def add_tenant(
        self, name: str, *, uuid: UUID | None = None, parent_uuid: UUID | None = None, slug: str | None = None
    ) -> Tenant:
        """A tenant below ``parent_uuid`` (default: the stack's master tenant)."""
        with self.lock:
            uuid = uuid or uuid4()
            parent_uuid = parent_uuid or self.world.root_uuid
            tenant = Tenant(uuid, name, slug or uuid.hex[:10], parent_uuid)
            self.world.tenants[uuid] = tenant
            self.save()
            return tenant

    def add_account(
        self,
        username: str,
        password: str,
        *,
        uuid: UUID | None = None,
        tenant_uuid: UUID | None = None,
        acl: Iterable[str] = PORTAL_ACL,
    ) -> Account:
        """An account that may sign in to the API, for ``tenant_uuid`` (default: the master tenant) and below."""
        with self.lock:
            account = Account(uuid or uuid4(), username, password, tenant_uuid or self.world.root_uuid, list(acl))
            self.world.accounts[account.uuid] = account
            self.save()
            return account

    def add_user(
        self,
        tenant_uuid: UUID,
        firstname: str,
        lastname: str | None = None,
        email: str | None = None,
        subscription_type: int = 0,
        *,
        enabled: bool = True,
        uuid: UUID | None = None,
        id: int | None = None,
        created_at: str | None = None,
        lines: Iterable[Line] = (),
        voicemail: str | None = None,
        login: str | None = None,
        save: bool = True,
    ) -> User:
        """A user as if made on the stack itself; ``save=False`` spares the file when adding thousands."""
        with self.lock:
            world = self.world
            world.last_user_id = max(world.last_user_id + (id is None), id or 0)
            user = User(
                id=id or world.last_user_id,
                uuid=uuid or uuid4(),
                firstname=firstname,
                lastname=lastname,
                email=email,
                subscription_type=subscription_type,
                enabled=enabled,
                tenant_uuid=tenant_uuid,
                created_at=created_at or timestamp(),
                lines=list(lines),
                voicemail=voicemail,
                login=login,
            )
            world.users[user.uuid] = user
            if save:
                self.save()
            return user

    def remove_user(self, uuid: UUID) -> None:
        with self.lock:
            del self.world.users[uuid]
            self.save()

    def change_user(self, uuid: UUID, **fields: object) -> None:
        """Set attributes of a user, such as ``email`` or ``subscription_type``."""
        with self.lock:
            for name, value in fields.items():
                setattr(self.world.users[uuid], name, value)
            self.save()

    def revoke_tokens(self) -> None:
        """Make every token that is out invalid."""
        with self.lock:
            self.sessions.by_token.clear()

    # Answers.

    def answer(self, service: str, request: Request) -> Reply:
        """What ``auth`` or ``confd`` behind the front says; the front has dealt with faults."""
        with self.lock:
            try:
                if service == "auth":
                    return self._auth.handle(request) if self.auth_up else bad_gateway()
                if service == "confd":
                    return self._confd.handle(request) if self.confd_up else bad_gateway()
            except RefusedError as refused:
                return refused.reply
            return not_found()

    def fault_for(self, method: str, target: str) -> Fault | None:
        """The fault that takes this request; also notes the request."""
        with self.lock:
            self.requests.append((method, target))
            return next((fault for fault in self.faults if fault.takes(method, target)), None)
