"""The ways between the pages of subscriptions: tabs and crumbs."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from strapontin.access.actors import Actor
from strapontin.web.frame.shapes import Link


def tabs(current: str) -> list[Link]:
    """The two tabs; ``current`` is the name of the present address."""
    return [
        Link(_("Customer overview"), reverse("overview"), current == "overview"),
        Link(_("Details by customer"), reverse("subscriptions"), current == "subscriptions"),
    ]


def crumbs_to_customer(actor: Actor, *more: Link) -> list[Link]:
    """The way to a customer's page, and ``more`` after it; a customer's own administrator has no list above it."""
    if actor.scope == "customer":
        return [*more]
    lists = [
        Link(_("Subscriptions"), reverse("overview")),
        Link(_("Details by customer"), reverse("subscriptions")),
    ]
    return [*lists, *more]
