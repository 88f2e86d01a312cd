"""Cookie headers that would hold a process for seconds are refused before anything reads them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from strapontin.web.frame.cookies import LONGEST, MOST_BACKSLASHES

if TYPE_CHECKING:
    from tests.cast import Cast

SLOW = 'x="' + '\\"' * 30_000 + '"'


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/", "/static/css/base.css", "/nothing", "/accounts/password/reset/"]
)
@pytest.mark.parametrize("cookie", [SLOW, 'x="' + '\\"' * (MOST_BACKSLASHES + 1) + '"', "x=" + "a" * LONGEST])
def test_a_cookie_header_that_is_long_or_full_of_backslashes_is_not_read(cast: Cast, path: str, cookie: str) -> None:
    began = time.monotonic()
    answer = Client(SERVER_NAME="localhost").get(path, HTTP_COOKIE=cookie)
    assert time.monotonic() - began < 2
    assert answer.status_code == 400
    said = answer.content.decode()
    assert "The cookies of this site are too large." in said
    assert "Les cookies de ce site sont trop volumineux." in said


def test_cookies_of_others_are_no_obstacle(cast: Cast) -> None:
    cookie = 'other="{\\"a\\":1}"; csrftoken=x; y=' + "a" * 4000
    assert Client(SERVER_NAME="localhost").get("/accounts/login/", HTTP_COOKIE=cookie).status_code == 200


def test_rest_reads_no_cookies(cast: Cast) -> None:
    began = time.monotonic()
    answer = Client(SERVER_NAME="localhost").get("/api/v1/customers", HTTP_COOKIE=SLOW)
    assert answer.status_code == 401
    assert time.monotonic() - began < 2
