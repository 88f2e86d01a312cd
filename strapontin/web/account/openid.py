"""Signing in by OpenID Connect (Core 1.0, authorization code flow) instead of a password.

An issuer signs in who has an account here with the e-mail address that the issuer has verified. It makes no account,
and nothing of it is stored. A second factor that was set up here is asked for all the same.
"""

from __future__ import annotations

import secrets
from typing import Any, NoReturn

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from requests import RequestException

from strapontin.access.models import Account
from strapontin.config.openid import PROVIDER
from strapontin.doors.events import note

_NONCE = "openid_nonce"


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """allauth's adapter: whom an issuer may sign in, and what is said if it did not."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Finds the account by the verified address; leads back to the sign-in page if there is none."""
        claims = sociallogin.account.extra_data["userinfo"]
        email = claims.get("email") if claims.get("email_verified") in (True, "true") else None
        account = Account.objects.filter(email=str(email).lower()).first() if email else None
        if account is None:
            _refuse(
                request, _("No account here has the e-mail address that was verified there. Ask for an invitation.")
            )
        sociallogin.user = account

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: accounts come from an invitation."""
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **_more: Any) -> None:
        """Leads back to the sign-in page."""
        _refuse(request, _("The sign-in there was not completed. Try again."))


class Issuer(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The issuer. Beyond what allauth checks (state, PKCE), the nonce and the signature of the ID token count."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the issuer publishes. Raises ``OAuth2Error`` if it calls itself by another name (Discovery 1.0, 4.3)."""
        published: dict[str, Any] = super().openid_config
        if str(published.get("issuer", "")).rstrip("/") != self.get_provider().app.settings["server_url"]:
            raise OAuth2Error("the issuer has another name")
        return published

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> SocialLogin:
        """Who signed in there. Raises ``OAuth2Error`` if the answer was not meant for this browser."""
        # allauth leaves the signature out of a token that it fetched itself.
        self.did_fetch_access_token = False
        nonce = request.session.pop(_NONCE, "")
        try:
            claims = self._decode_id_token(app, kwargs["response"]["id_token"])
            person = self._fetch_user_info(token.token)
            if not nonce or not constant_time_compare(str(claims["nonce"]), nonce) or person["sub"] != claims["sub"]:
                raise OAuth2Error("another sign-in")
            return self.get_provider().sociallogin_from_response(
                request, {"id_token": claims, "userinfo": claims | person}
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise OAuth2Error("no answer of an issuer") from error


@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Leads to the issuer."""
    if not settings.OPENID_ISSUER:
        raise Http404
    provider = get_adapter().get_provider(request, PROVIDER)
    nonce = request.session.setdefault(_NONCE, secrets.token_urlsafe(24))
    try:
        answer: HttpResponse = provider.redirect(
            request, AuthProcess.LOGIN, next_url=get_next_redirect_url(request), auth_params={"nonce": nonce}
        )
    except ImmediateHttpResponse as refusal:
        return _answer_of(refusal)
    except (RequestException, OAuth2Error, KeyError, ValueError):
        return _lead_back(request, _("{label} does not answer. Try again later.").format(label=settings.OPENID_LABEL))
    return answer


@require_safe
def finish(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The issuer leads back here."""
    if not settings.OPENID_ISSUER:
        raise Http404
    answer: HttpResponse = OAuth2CallbackView.adapter_view(Issuer(request, provider_id))(request)
    return answer


def _lead_back(request: HttpRequest, sentence: str) -> HttpResponse:
    note("sign_in.wrong", request, door="screen", kind="openid")
    messages.error(request, sentence)
    return redirect("account_login")


def _refuse(request: HttpRequest, sentence: str) -> NoReturn:
    raise ImmediateHttpResponse(_lead_back(request, sentence))


def _answer_of(refusal: ImmediateHttpResponse) -> HttpResponse:
    answer: HttpResponse = refusal.response
    return answer
