"""What every page shows around its content: menu, person, theme, demo sign-ins."""

from __future__ import annotations

import importlib
import importlib.util
import ipaddress
from typing import Any

from django.conf import settings as environment
from django.db import Error
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from strapontin.organisation.settings import load
from strapontin.web.frame.menu import menu
from strapontin.web.frame.shapes import DemoSignIn, SignedIn
from strapontin.web.frame.visit import Home, PageRequest, home_of, wants_second_factor

NO_MAIL = "django.core.mail.backends.dummy.EmailBackend"


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor. A query is made only if the template shows its result."""
    theme = request.COOKIES.get(environment.THEME_COOKIE_NAME, "")
    context: dict[str, Any] = {
        "theme": theme if theme in ("light", "dark") else "",
        "notes": [],
        "menu": [],
        "person": None,
        "second_factor": "",
    }
    if hasattr(request, "visit"):
        return context | _inside(request)  # type: ignore[arg-type]
    context |= {"sends_mail": environment.EMAIL_BACKEND != NO_MAIL}
    context |= {"openid_label": environment.OPENID_LABEL if environment.OPENID_ISSUER else ""}
    return context | {
        "portal": SimpleLazyObject(_portal),
        "demo_sign_ins": SimpleLazyObject(lambda: _demo_sign_ins(request)),
    }


def _inside(request: PageRequest) -> dict[str, Any]:
    name = request.resolver_match.url_name if request.resolver_match else ""
    actor = request.actor
    home: Home = SimpleLazyObject(lambda: home_of(request.visit))  # type: ignore[assignment]
    return {
        "second_factor": environment.SECOND_FACTOR if wants_second_factor(request.visit) else "",
        "menu": SimpleLazyObject(lambda: menu(actor, home, at=name or "")),
        "person": SimpleLazyObject(
            lambda: SignedIn(
                actor.name,
                home.name,
                account_url=reverse("account"),
                sign_out_url=reverse("account_logout"),
            )
        ),
    }


def _portal() -> str:
    try:
        return load().name
    except (Error, RuntimeError):
        # The sign-in page must come up even without a database.
        return ""


def _asks_from_here(request: HttpRequest) -> bool:
    """Whether the browser is on this machine, by its connection: anybody can write a ``Host``. A proxy is none."""
    if any(name in request.headers for name in ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host")):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _demo_sign_ins(request: HttpRequest) -> list[DemoSignIn]:
    """Accounts with known passwords, if this installation is a demo and the browser is on this machine."""
    if (
        not environment.DEMO
        or not _asks_from_here(request)
        or importlib.util.find_spec("strapontin.demo.people") is None
    ):
        return []
    people = importlib.import_module("strapontin.demo.people")
    french = (get_language() or "").startswith("fr")
    return [
        DemoSignIn(
            name=person.name,
            organisation=person.organisation,
            role=person.role_fr if french else person.role_en,
            email=person.email,
            password=person.password,
            sentence=person.sentence_fr if french else person.sentence_en,
        )
        for person in getattr(people, "SIGN_INS", ())
    ]
