"""Every recorded request, asked of the simulator: it must say what the genuine server said.

Status, reason, headers and JSON (values and the order of keys) are compared. Not in full are:

==============================  ========================================================================
recordings                      why, and what is compared instead
==============================  ========================================================================
token_create_ok*, _backend_*,   token, session uuid and moments are new each time: their form, and the
_offline_refresh, token_from_*, time between the moments
nginx_token_create_ok
token_get                       the moments: as above
users_post_* (201)              uuid and created_at are new: their form; the id is compared
tenant_create                   uuid: its form
all with "timestamp"            the moment: its type; hence Content-Length only within 3
all with "links", Location      the address they begin with is the simulator's own; Content-Length follows it
{auth} and {confd} (all but     were asked of the services themselves, the simulator has only the front:
nginx_*)                        Connection and X-Powered-By, which nginx adds, are left out
users_auth_service_down         the address of an object in memory is left out
==============================  ========================================================================
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from datetime import datetime
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from strapontin.stacks.wazo.simulator import StackSimulator
from strapontin.stacks.wazo.tests.recordings import (
    ABSENT,
    AGENT,
    CREDENTIALS,
    FOLDER,
    Recording,
    Stage,
    order,
    recordings,
)

pytestmark = pytest.mark.skipif(ABSENT, reason=f"the recordings are not in {FOLDER.name} beside the repository")

_RENEWED: Final = {"token", "refresh_token", "session_uuid", "uuid"}
_MOMENTS: Final = {"issued_at", "expires_at", "utc_issued_at", "utc_expires_at", "created_at", "timestamp"}
_CREATED: Final = re.compile(r"^(token_create_|token_from_|nginx_token_create|tenant_create|users_post_)")
_ADDRESS: Final = re.compile(r"https?://127\.0\.0\.1:\d+(/api/confd)?/1\.1")
_POINTER: Final = re.compile(r"0x[0-9a-f]+")


class Player:
    """Sends recorded requests; remembers under which names the simulator has what it made itself."""

    def __init__(self, simulator: StackSimulator) -> None:
        self._connection = HTTPConnection(urlsplit(simulator.url).netloc, timeout=10)
        self._renamed: dict[str, str] = {}

    def renamed(self, text: str) -> str:
        for recorded, actual in self._renamed.items():
            text = text.replace(recorded, actual)
        return text

    def rename(self, recorded: str, actual: str) -> None:
        self._renamed[recorded] = actual

    def answer(self, recording: Recording) -> tuple[int, str, dict[str, str], str]:
        request = recording.request
        target = request["url"]
        for base, path in {"{auth}": "/api/auth", "{confd}": "/api/confd", "{stack}": ""}.items():
            target = target.replace(base, path)
        headers = {"User-Agent": AGENT} | request["headers"]
        if "Authorization" in headers:
            user_password = ":".join(CREDENTIALS.get(recording.name, ("portal", "secret")))
            headers["Authorization"] = "Basic " + b64encode(user_password.encode()).decode()
        headers.pop("Content-Length", None)
        body = None if request["body"] is None else self.renamed(request["body"]).encode()
        self._connection.request(
            request["method"], self.renamed(target), body, {k: self.renamed(v) for k, v in headers.items()}
        )
        response = self._connection.getresponse()
        text = response.read().decode()
        return response.status, response.reason, dict(response.getheaders()), text


def test_every_recording_is_answered_as_recorded() -> None:
    names = [name for name in order() if not name.startswith("!")]
    assert sorted(names) == sorted(recordings())
    assert len(names) == len(set(names)) == 154
    failures = []
    with StackSimulator() as simulator:
        stage, player = Stage(simulator), Player(simulator)
        for name in order():
            if name.startswith("!"):
                stage.act(name)
                continue
            try:
                _replay(player, recordings()[name])
            except AssertionError as error:
                failures.append(f"{name}: {error}")
    assert not failures, "\n\n".join(failures)


def _replay(player: Player, recording: Recording) -> None:
    status, reason, headers, text = player.answer(recording)
    expected = recording.response
    assert (status, reason) == (expected["status"], expected["reason"])
    if isinstance(expected["json"], str):
        assert text == expected["json"]
        exact = True
    else:
        actual = json.loads(text)
        if _CREATED.match(recording.name) and status < 300:
            _compare_new(player, expected["json"], actual)
        genuine, simulated = player.renamed(json.dumps(expected["json"])), json.dumps(actual)
        exact = genuine == simulated
        assert _comparable(json.loads(genuine)) == _comparable(actual)
    _compare_headers(recording, headers, exact=exact)


def _comparable(content: Any) -> str:
    """JSON with the order of its keys, without what differs each time."""

    def plain(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: plain(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [plain(inner, key) for inner in value]
        if key in _MOMENTS:
            return type(value).__name__
        if isinstance(value, str):
            return _POINTER.sub("0x", _ADDRESS.sub("", value))
        return value

    return json.dumps(plain(content), indent=1)


def _compare_new(player: Player, recorded: dict[str, Any], actual: dict[str, Any]) -> None:
    """What the simulator made: of the right form, and known by its name from here on."""
    if "data" in recorded:
        recorded, actual = recorded["data"], actual["data"]
        assert _life(actual) == _life(recorded)
    for key in _RENEWED & recorded.keys():
        UUID(actual[key])
        player.rename(recorded[key], actual[key])


def _life(token: dict[str, str]) -> float:
    moments = [datetime.fromisoformat(token[key]) for key in ("utc_expires_at", "utc_issued_at")]
    return (moments[0] - moments[1]).total_seconds()


def _compare_headers(recording: Recording, headers: dict[str, str], *, exact: bool) -> None:
    expected = dict(recording.response["headers"])
    given = {name: headers[name] for name in headers if name not in ("Server", "Date")}
    if not recording.name.startswith("nginx_"):
        del given["Connection"]
        given.pop("X-Powered-By", None)
    assert given.keys() == expected.keys()
    lengths = int(expected.pop("Content-Length", 0)), int(given.pop("Content-Length", 0))
    text = json.dumps(recording.response["json"])
    if exact and recording.request["method"] != "HEAD":
        assert lengths[0] == lengths[1]
    elif not _ADDRESS.search(text):
        assert abs(lengths[0] - lengths[1]) <= 3
    if "Location" in expected:
        expected["Location"] = _ADDRESS.sub("", expected["Location"])
        given["Location"] = _ADDRESS.sub("", given["Location"])
    assert given == expected
