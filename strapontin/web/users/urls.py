"""Addresses of users."""

from __future__ import annotations

from django.urls import path

from strapontin.web.frame.addresses import CUSTOMER, files
from strapontin.web.users.views import bulk, new_user, user, user_list

urlpatterns = [
    path("users/", user_list.show_users_of_scope, name="users_of_scope"),
    *files("users", user_list.export_users_of_scope, name="users_of_scope"),
    path("users/change/", bulk.change_selected_users, name="users_bulk"),
    path(CUSTOMER + "users/", user_list.show_users, name="users"),
    *files(CUSTOMER + "users", user_list.export_users, name="users"),
    path(CUSTOMER + "users/new/", new_user.add_user, name="user_new"),
    path(CUSTOMER + "users/new/decision/", new_user.show_decision, name="user_new_decision"),
    path(CUSTOMER + "users/<uuid:user_id>/", user.edit_user, name="user"),
    path(CUSTOMER + "users/<uuid:user_id>/create-there/", user.create_there, name="user_create_there"),
    path(CUSTOMER + "users/<uuid:user_id>/remove/", user.remove_user, name="user_remove"),
    path(CUSTOMER + "users/<uuid:user_id>/dismiss/", user.dismiss_refusal, name="user_dismiss"),
]
