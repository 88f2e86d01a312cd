"""Addresses of one's own account, and the pages of allauth that have a use here."""

from __future__ import annotations

from allauth.account.urls import urlpatterns as of_allauth
from django.urls import include, path
from django.views.generic import RedirectView

from strapontin.config.openid import PROVIDER
from strapontin.web.account import automatic, open_sessions, openid, views

# Nobody signs up or manages several addresses. All of these have our templates.
_SIGN_IN = frozenset(
    (
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    )
)
# As the pages of allauth, those about sessions run as the door: no scope reads them.
sign_in = [
    *(pattern for pattern in of_allauth if pattern.name in _SIGN_IN),
    path("sessions/", open_sessions.show_sessions, name="account_sessions"),
    path("sessions/end/", open_sessions.end_sessions, name="account_sessions_end"),
    path("openid/", openid.begin, name="openid_begin"),
    path("openid/callback/", openid.finish, {"provider_id": PROVIDER}, name="openid_connect_callback"),
    # The page of the second factor lists them.
    path("second-factor/webauthn/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("second-factor/", include("allauth.mfa.urls")),
]

urlpatterns = [
    path("", views.open_first_page, name="home"),
    path("language/", views.set_language, name="set_language"),
    path("account/email/", views.show_or_hide_email, name="account_email"),
    path("account/", views.show_account, name="account"),
    path("account/automatic/<uuid:customer_id>/", automatic.change_automatic, name="automatic_change"),
    path("account/letter/", views.set_letter, name="set_letter"),
]
