"""Secrets sealed under a key stay readable while that key is among the fallbacks; new ones take the first key."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.db import ProgrammingError, transaction
from django.test import override_settings

from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.kit.database import values_of
from strapontin.kit.sealing import SealBrokenError, open_sealed, seal
from tests.servers import REPOSITORY

if TYPE_CHECKING:
    from tests.cast import Cast

# "geheim" under the key "first", sealed by version 0.1.0.
OF_THE_FIRST_VERSION = (
    b"gAAAAABrB9Q4tGVtM7ZKC0hVFEkLMX0nh31bSnYoqbG702c_AqiPUkEYvrJCoFlbCntlim5Mb3irshGwz0oGTvkpEhujaZslvA=="
)


def test_a_sealed_text_is_opened_by_its_key_alone() -> None:
    with override_settings(SECRET_KEY="first", SECRET_KEY_FALLBACKS=[]):
        sealed = seal("geheim")
        assert b"geheim" not in sealed
        assert open_sealed(sealed) == open_sealed(memoryview(sealed)) == "geheim"
    with override_settings(SECRET_KEY="second", SECRET_KEY_FALLBACKS=[]), pytest.raises(SealBrokenError):
        open_sealed(sealed)


def test_a_sealed_text_that_was_changed_is_not_opened() -> None:
    sealed = seal("geheim")
    assert seal("geheim") != sealed
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealBrokenError):
            open_sealed(changed)
    with pytest.raises(SealBrokenError):
        open_sealed(sealed[:9])


def test_what_the_first_version_sealed_is_opened() -> None:
    with override_settings(SECRET_KEY="first", SECRET_KEY_FALLBACKS=[]):
        assert open_sealed(OF_THE_FIRST_VERSION) == "geheim"
    with override_settings(SECRET_KEY="second", SECRET_KEY_FALLBACKS=["first"]):
        assert open_sealed(OF_THE_FIRST_VERSION) == "geheim"
    with override_settings(SECRET_KEY="second", SECRET_KEY_FALLBACKS=[]), pytest.raises(SealBrokenError):
        open_sealed(OF_THE_FIRST_VERSION)


def test_nothing_stays_nothing() -> None:
    assert seal("") == b""
    assert open_sealed(b"") == ""


def test_a_key_is_rotated() -> None:
    with override_settings(SECRET_KEY="first", SECRET_KEY_FALLBACKS=[]):
        old = seal("geheim")
    with override_settings(SECRET_KEY="second", SECRET_KEY_FALLBACKS=["zero", "first"]):
        assert open_sealed(old) == "geheim"
        new = seal("geheim")
    with override_settings(SECRET_KEY="second", SECRET_KEY_FALLBACKS=[]):
        assert open_sealed(new) == "geheim"
        with pytest.raises(SealBrokenError):
            open_sealed(old)
    with override_settings(SECRET_KEY="first", SECRET_KEY_FALLBACKS=[]), pytest.raises(SealBrokenError):
        open_sealed(new)


@pytest.mark.parametrize(("given", "read"), [("", []), ("first", ["first"]), ("second, first,", ["second", "first"])])
def test_fallbacks_come_from_the_environment(given: str, read: list[str]) -> None:
    code = "from strapontin.config import settings; print(settings.SECRET_KEY_FALLBACKS)"
    environment = os.environ | {"STRAPONTIN_SECRET_KEY_FALLBACKS": given}
    command = [sys.executable, "-c", code]
    shown = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True).stdout
    assert shown.strip() == str(read)


def test_a_request_reads_no_password_of_a_stack(cast: Cast) -> None:
    with acting(system("cli")):
        assert values_of(bool, "SELECT has_password FROM stack") == []
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            values_of(bytes, "SELECT password_sealed FROM stack")
    with acting(system("job"), "worker"):
        assert values_of(bytes, "SELECT password_sealed FROM stack") == []
