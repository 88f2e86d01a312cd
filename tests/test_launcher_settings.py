"""A setting that cannot be: every refusal is one sentence, in seconds, and nothing is started."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from strapontin.cli.english import ENGLISH
from strapontin.cli.french import FRENCH
from tests.launcher import refusal
from tests.processes import free_port


def test_a_port_in_use_is_said_before_anything_starts(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refusal(home, "up", PORT=str(port))
    assert f"Port {port}" in said
    assert not home.exists()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "8000 ", "9" * 5000])
def test_a_port_that_is_none(home: Path, port: str) -> None:
    assert f"PORT is {port}; it must be a number from 1 to 65535." in refusal(home, "up", PORT=port)


def test_a_flag_that_is_neither_0_nor_1(home: Path) -> None:
    assert "SANDBOX is yes" in refusal(home, "migrate", SANDBOX="yes")
    assert "DEMO is no" in refusal(home, "up", DEMO="no", PORT=str(free_port()))


@pytest.mark.parametrize("value", ["abc", "0", "65", "-1", "9" * 5000])
def test_a_number_that_is_none(home: Path, value: str) -> None:
    said = f"{{}} is {value}; it must be a number from 1 to 64."
    assert said.format("WEB_WORKERS") in refusal(home, "web", WEB_WORKERS=value, PORT=str(free_port()))
    assert said.format("WORKER_CONCURRENCY") in refusal(home, "worker", WORKER_CONCURRENCY=value)
    for name in ("WEB_WORKERS", "WORKER_CONCURRENCY"):
        assert said.format(name) in refusal(home, "up", PORT=str(free_port()), **{name: value})
    assert not home.exists()


def test_a_mail_server_without_a_port(home: Path) -> None:
    assert "EMAIL_PORT is smtp; it must be a number from 1 to 65535." in refusal(home, "migrate", EMAIL_PORT="smtp")


@pytest.mark.parametrize("value", ["two", "-1", "21"])
def test_a_count_of_proxies_that_is_none(home: Path, value: str) -> None:
    said = refusal(home, "migrate", TRUSTED_PROXIES=value)
    assert f"TRUSTED_PROXIES is {value}; it must be a number from 0 to 20." in said


@pytest.mark.parametrize("setting", [{"HOST": "192.0.2.1"}, {"ALLOWED_HOSTS": "localhost,seats.example.net"}])
def test_a_portal_for_others_needs_an_address(home: Path, setting: dict[str, str]) -> None:
    assert "set PORTAL_ADDRESS" in refusal(home, "migrate", **setting)
    said = refusal(home, "migrate", PORTAL_ADDRESS="seats.example.net", **setting)
    assert "PORTAL_ADDRESS is seats.example.net; it must be like https://seats.example.net." in said


def test_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = refusal(tmp_path / "file" / "home", "up", PORT=str(free_port()))
    assert f"The data directory {tmp_path / 'file' / 'home'} cannot be written" in said


def test_in_french(home: Path) -> None:
    said = refusal(home, "up", PORT="abc", LC_ALL="fr_FR.UTF-8")
    assert "PORT vaut abc\u00a0; il faut un nombre de 1 à 65535." in said


def test_every_sentence_exists_in_both_languages_with_the_same_values() -> None:
    assert set(ENGLISH) == set(FRENCH)
    for code, english in ENGLISH.items():
        french = FRENCH[code]
        assert set(re.findall(r"{(\w+)", english)) == set(re.findall(r"{(\w+)", french)), english
        assert " ;" not in french and " :" not in french and " ?" not in french, "no-break space: " + french
