"""The way to the pages of users."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from strapontin.access.actors import Actor
from strapontin.access.grants import UserManager
from strapontin.web.frame.shapes import Link


def crumbs_of_users(actor: Actor, grant: UserManager) -> list[Link]:
    """The way to the list of a customer's users; a customer's own administrator has nothing above it."""
    if actor.customer_id:
        return []
    crumbs = [Link(_("Users"), reverse("users_of_scope"))]
    if actor.holds("subscriptions"):
        crumbs.append(Link(grant.customer.name, reverse("customer", args=[grant.customer.id])))
    return crumbs


def crumbs_of_user(actor: Actor, grant: UserManager) -> list[Link]:
    """The way to a user, by the list of the customer's users."""
    users_url = reverse("users", args=[grant.customer.id])
    if actor.customer_id:
        return [Link(_("Users"), users_url)]
    return [Link(_("Users"), reverse("users_of_scope")), Link(grant.customer.name, users_url)]
