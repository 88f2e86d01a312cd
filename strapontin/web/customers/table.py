"""A page of customers by name: to edit them, or to choose one and see its users."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from strapontin.access import grants
from strapontin.customers.customer_list import CustomerFilter, customers_by_name
from strapontin.web.frame.answers import page
from strapontin.web.frame.lists import PAGE_SIZE, Address, Keyset
from strapontin.web.frame.menu import new_customer_url
from strapontin.web.frame.shapes import Filter, Option
from strapontin.web.frame.visit import PageRequest, home_of


def customer_table(request: PageRequest, *, title: str, lead: str, to: str, creates: bool = False) -> HttpResponse:
    """The customers of the reader's scope, each with a link to the address named ``to``."""
    address = Address(request.path, request.GET)
    place = Keyset(address, of="customers")
    search = address.get("q")
    archived = bool(address.get("archived", ("yes",)))
    only = CustomerFilter(search=search, archived=archived)
    customers = customers_by_name(grants.scope_reader(request.actor), only=only, after=place.after, limit=PAGE_SIZE)
    of_page, paging = place.page(customers, key="sort_key")
    context = {
        "title": title,
        "lead": lead,
        "organisation": home_of(request.visit).name,
        "shows_partner": request.actor.provider,
        "rows": [(customer, reverse(to, args=[customer.id])) for customer in of_page],
        "paging": paging,
        "list_url": request.path,
        "search": search,
        "filters": [Filter("archived", _("Archive"), _archive(archived))] if creates else [],
        "clear_url": request.path,
        "new_customer_url": new_customer_url(request.actor) if creates else "",
    }
    return page(request, "customers/customers.html", context)


def _archive(archived: bool) -> list[Option]:
    return [Option("", _("In the lists"), not archived), Option("yes", _("In the archive"), archived)]
