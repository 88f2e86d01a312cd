"""Addresses of users."""

from __future__ import annotations

from django.urls import path

from strapontin.web.frame.addresses import CUSTOMER
from strapontin.web.users.views import new_user, user, user_list

urlpatterns = [
    path("users/", user_list.choose_customer, name="users_of_scope"),
    path(CUSTOMER + "users/", user_list.show_users, name="users"),
    path(CUSTOMER + "users/new/", new_user.add_user, name="user_new"),
    path(CUSTOMER + "users/new/decision/", new_user.show_decision, name="user_new_decision"),
    path(CUSTOMER + "users/<uuid:user_id>/", user.edit_user, name="user"),
    path(CUSTOMER + "users/<uuid:user_id>/create-there/", user.create_there, name="user_create_there"),
    path(CUSTOMER + "users/<uuid:user_id>/remove/", user.remove_user, name="user_remove"),
    path(CUSTOMER + "users/<uuid:user_id>/dismiss/", user.dismiss_refusal, name="user_dismiss"),
]
