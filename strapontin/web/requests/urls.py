"""Addresses of requests."""

from __future__ import annotations

from django.urls import path

from strapontin.web.frame.addresses import CUSTOMER
from strapontin.web.requests.views import new_request, request, request_list

_ONE = CUSTOMER + "requests/<uuid:request_id>/"

urlpatterns = [
    path("requests/", request_list.show_requests, name="requests"),
    path(CUSTOMER + "requests/new/", new_request.ask_for_seats, name="request_new"),
    path(_ONE, request.show_request, name="request"),
    path(_ONE + "approve/", request.approve_request, name="request_approve"),
    path(_ONE + "decline/", request.decline_request, name="request_decline"),
    path(_ONE + "withdraw/", request.withdraw_request, name="request_withdraw"),
    path(_ONE + "remind/", request.remind_of_request, name="request_remind"),
]
