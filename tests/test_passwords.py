"""New passwords: long ones of any kind, but nothing that is tried first; a refusal says why in both languages."""

from __future__ import annotations

import html

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.translation import override

from strapontin.access.links import password_link
from strapontin.access.models import Account
from strapontin.demo.furnishing import open_accounts
from tests.cast import FURNISHER, Stage
from tests.test_invitations import choose_password, signs_in

MAUD = "maud.ferrandis@opaline.example"
LAST_ROW = "a seat in the last row"


@pytest.fixture
def maud(stage: Stage) -> Account:
    """An account with a name, an address and an old password that would be refused today."""
    FURNISHER.make_administrator("Maud Ferrandis-Lebreton", MAUD, language="en")
    open_accounts([MAUD], "tooshort1")
    return Account.objects.get(email=MAUD)


@pytest.mark.parametrize(
    "password",
    [
        LAST_ROW,
        "xK3!vq9Lm2#t",
        "quatre-sieges-libres",
        "un mot de passe très long " * 10,
        "座席が四つ空いている部屋です",
        "strapontin au dernier rang",
        "Maud mange des pommes vertes",
    ],
)
def test_good_passwords(maud: Account, password: str) -> None:
    validate_password(password, maud)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elevenchars", "password_too_short"),
        ("  elevenchars  ", "password_too_short"),
        (" " * 20, "password_too_short"),
        ("", "password_too_short"),
        ("x" * 5 + "abcdef1" * 143, "password_too_long"),
        ("aaaaaaaaaaaaaaaa", "password_plain"),
        ("121212121212", "password_plain"),
        ("123456789012", "password_too_common"),
        ("poiuytrewqpo", "password_too_common"),
        ("password1234", "password_too_common"),
        ("iloveyou1234", "password_too_common"),
        ("!!Azerty2026", "password_too_common"),
        ("strapontin42", "password_known"),
        ("Strapontin-Strapontin", "password_known"),
        (MAUD, "password_known"),
        (MAUD.upper() + "1", "password_known"),
        ("maud.ferrandis", "password_known"),
        ("Ferrandis2026!", "password_known"),
        ("MaudLebreton1", "password_known"),
    ],
)
def test_bad_passwords(maud: Account, password: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, maud)
    assert [error.code for error in refused.value.error_list] == [code]


def test_reasons_are_said_in_both_languages(maud: Account) -> None:
    for password in ("short", "x" * 2000 + "abcde", "a" * 20, "password1234", "strapontin42", MAUD):
        said = []
        for language in ("en", "fr"):
            with override(language), pytest.raises(ValidationError) as refused:
                validate_password(password, maud)
            said.append(refused.value.messages[0])
        assert said[0] != said[1]


def test_every_form_says_why(maud: Account) -> None:
    status, text = choose_password(password_link(maud), "strapontin42")
    assert status == 200 and "little more than the name of the portal" in text
    assert choose_password(password_link(maud), LAST_ROW)[0] == 200
    client = Client(SERVER_NAME="localhost")
    client.post("/accounts/login/", {"login": MAUD, "password": LAST_ROW})
    form = {"oldpassword": LAST_ROW, "password1": "short", "password2": "short"}
    answer = client.post("/accounts/password/change/", form)
    assert "A password has at least 12 characters" in html.unescape(answer.content.decode())


def test_an_old_password_goes_on_working(maud: Account) -> None:
    assert signs_in(MAUD, "tooshort1")
