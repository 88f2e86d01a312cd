"""Addresses of subscriptions: of a scope, of a customer, of a site."""

from __future__ import annotations

from django.urls import path

from strapontin.web.frame.addresses import CUSTOMER, SITE, files
from strapontin.web.subscriptions.views import (
    allocation,
    customer,
    customer_list,
    exchange,
    history,
    move,
    outlook,
    overview,
    synchronization,
)

urlpatterns = [
    path("subscriptions/", overview.show_overview, name="overview"),
    path("subscriptions/renewals/", outlook.show_renewals, name="renewals"),
    path("subscriptions/soon-full/", outlook.show_warnings, name="seat_warnings"),
    path("subscriptions/customers/", customer_list.show_customer_list, name="subscriptions"),
    *files("subscriptions/customers", customer_list.export_customer_list, name="subscriptions"),
    path(CUSTOMER, customer.show_customer, name="customer"),
    path(CUSTOMER + "history/", history.show_history, name="history"),
    *files(CUSTOMER + "subscriptions", customer.export_customer, name="customer"),
    path(CUSTOMER + "synchronize/", synchronization.begin_synchronization, name="synchronize"),
    path(
        CUSTOMER + "synchronizations/<uuid:synchronization_id>/",
        synchronization.show_progress,
        name="synchronization",
    ),
    path(SITE, allocation.change_allocation, name="allocation"),
    path(SITE + "effect/", allocation.preview_allocation, name="allocation_effect"),
    path(SITE + "move/", move.move_seats, name="move"),
    path(SITE + "move/effect/", move.preview_move, name="move_effect"),
    path(SITE + "exchange/", exchange.exchange_seats, name="exchange"),
    path(SITE + "exchange/effect/", exchange.preview_exchange, name="exchange_effect"),
    path(CUSTOMER + "exchanges/<uuid:exchange_id>/undo/", exchange.undo_exchange, name="exchange_undo"),
    path(CUSTOMER + "exchanges/<uuid:exchange_id>/undo/effect/", exchange.preview_undoing, name="exchange_undo_effect"),
    path(SITE + "<slug:type_code>/withdraw/", allocation.withdraw_decrease, name="withdraw"),
    path(SITE + "<slug:type_code>/hand-back/", allocation.offer_hand_back, name="hand_back"),
]
