"""Where stacks may be: nobody sends the server to what only the server can reach (SPEC 6)."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.kit.database import run
from strapontin.stacks.operations import change_stack
from tests.cast import Cast
from tests.stack_stories import Story, reading

NOT_PUBLIC = (
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0177.0.0.1",
    "0x7f000001",
    "localhost",
    "localhost.",
    "stack.localhost",
    "0.0.0.0",  # noqa: S104  an address that is refused
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "168.63.129.16",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a00:1]",
    "[64:ff9b::10.0.0.1]",
    "[2002:a00:1::]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
)


@pytest.fixture
def nothing_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STACK_NETWORKS")


def stack_at(url: str) -> dict[str, str]:
    return {"name": "S", "kind": "wazo", "url": url}


@pytest.mark.usefixtures("nothing_listed")
def test_an_address_that_is_not_public_is_refused_in_any_form(cast: Cast) -> None:
    maud = cast.partner_administrator(cast.opaline)
    stack = maud.made("/stacks", stack_at("https://192.0.43.8"))
    for host in NOT_PUBLIC:
        for url in (f"https://{host}", f"https://{host}:8443/wazo", f"http://{host}"):
            assert maud.post("/stacks", stack_at(url)).code == "invalid", url
            assert maud.patch(f"/stacks/{stack.id}", {"url": url}).code == "invalid", url
    assert maud.post("/stacks", stack_at("http://192.0.43.8")).code == "invalid", "the password would pass in the clear"


@pytest.mark.usefixtures("nothing_listed")
def test_the_provider_lists_networks(cast: Cast) -> None:
    provider = cast.provider
    assert provider.patch("/settings", {"stack_networks": ["10.1.0.0/40"]}).code == "invalid"
    assert provider.patch("/settings", {"stack_networks": ["10.1.2.3/16"]})["stack_networks"] == ["10.1.0.0/16"]
    assert provider.post("/stacks", stack_at("http://10.1.9.9")).status == 201
    assert provider.post("/stacks", stack_at("https://[::ffff:10.1.9.9]")).status == 201
    assert provider.post("/stacks", stack_at("https://10.2.0.1")).code == "invalid"


def test_a_path_of_an_address_is_short_and_plain(cast: Cast) -> None:
    for path in ("/?a=b", "/#x", "/a/b/c", "/..", "/a%2fb", "/a;b", "/" + "a" * 41):
        assert cast.provider.post("/stacks", stack_at(f"https://s.example{path}")).code == "invalid", path
    for path in ("", "/", "/wazo", "/a/b/"):
        assert cast.provider.post("/stacks", stack_at(f"https://s.example{path}")).status == 201, path


def resolves(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Every name means these addresses."""
    real = socket.getaddrinfo

    def answer(host: str, *rest: Any, **more: Any) -> Any:
        if host != "stack.example":
            return real(host, *rest, **more)
        return [entry for address in addresses for entry in real(address, *rest, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def at_a_name(story: Story, monkeypatch: pytest.MonkeyPatch, *, listed: str = "") -> None:
    """The stack has a name for its address; these networks are listed."""
    monkeypatch.setenv("STACK_NETWORKS", listed)
    with acting(system()):
        run("UPDATE stack SET url = replace(url, '127.0.0.1', 'stack.example')")


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1"])
def test_a_name_that_leads_inside_is_not_asked(story: Story, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    at_a_name(story, monkeypatch)
    resolves(monkeypatch, address)
    progress = story.synchronize()
    assert reading(progress).error_code == "network_not_allowed"
    assert story.simulator.requests == []


def test_without_tls_a_public_address_gets_no_password(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_name(story, monkeypatch)
    resolves(monkeypatch, "192.0.43.8")
    assert reading(story.synchronize()).error_code == "in_the_clear"


def test_of_several_addresses_a_listed_one_is_asked(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    at_a_name(story, monkeypatch, listed="127.0.0.1")
    resolves(monkeypatch, "10.9.9.9", "127.0.0.1")
    assert story.synchronize().state == "done"


def test_giving_up_the_certificate_asks_for_the_password_again(cast: Cast) -> None:
    new = stack_at("https://s.example") | {"username": "portal", "password": "secret"}
    address = f"/stacks/{cast.provider.made('/stacks', new).id}"
    assert cast.provider.patch(address, {"verify_tls": False})["has_password"] is False
    again = cast.provider.patch(address, {"verify_tls": False, "password": "secret"})
    assert again["has_password"] is True
    assert cast.provider.patch(address, {"verify_tls": True})["has_password"] is True
    assert cast.provider.patch(address, {"verify_tls": False, "password": "secret"})["has_password"] is True


def test_another_account_or_address_forgets_the_token(story: Story) -> None:
    def tokens() -> int:
        return sum("/token" in target for _, target in story.simulator.requests)

    for _ in range(2):
        story.synchronize()
    assert tokens() == 1
    with acting(system()):
        changes = {"password": "secret"}
        change_stack(grants.stack_manager(system()), stack_id=story.stack, changes=changes, at=story.now)
    story.synchronize()
    assert tokens() == 2
