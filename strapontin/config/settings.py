"""The one settings module. Everything that differs between installations comes from the environment.

``DATABASE_URL`` alone has no default. ``strapontin.cli.environment`` sets it before Django is set up: to the embedded
server if the environment does not name another one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from strapontin.config.database import database_settings, role_names
from strapontin.config.logs import without_trace
from strapontin.config.openid import openid_provider
from strapontin.kit.zones import use_packaged_zones
from strapontin.web.frame.strict import RAISE

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = os.environ.get("STRAPONTIN_DEBUG") == "1"
TESTING = os.environ.get("STRAPONTIN_TESTING") == "1"
SANDBOX = os.environ.get("SANDBOX") == "1"
DEMO = os.environ.get("STRAPONTIN_DEMO_SIGN_INS") == "1"
SECRET_KEY = os.environ.get("STRAPONTIN_SECRET_KEY", "")
# Earlier keys: what they signed or sealed still counts, nothing new is done with them.
_FALLBACKS = os.environ.get("STRAPONTIN_SECRET_KEY_FALLBACKS", "").split(",")
SECRET_KEY_FALLBACKS = [key.strip() for key in _FALLBACKS if key.strip()]
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("TRUSTED_ORIGINS", "").split(",") if origin]
# Links in e-mails begin with it, whatever host a request names.
_ADDRESSES = [os.environ.get("PORTAL_ADDRESS", ""), *CSRF_TRUSTED_ORIGINS]
_ADDRESSES += [f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"]
PORTAL_ADDRESS = next(address for address in _ADDRESSES if address).rstrip("/")

# How many proxies stand in front: each adds the address that called it to X-Forwarded-For.
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES") or 0)
# Calls of one API key to one process of the web server; 0: without limit.
API_CALLS_PER_MINUTE = int(os.environ.get("API_CALLS_PER_MINUTE") or 6000)

DATABASE_URL = os.environ.get("DATABASE_URL", "")
# Migrations alone sign in as the owner; the web server does not know it.
DATABASES: dict[str, Any] = database_settings(DATABASE_URL, os.environ.get("DATABASE_OWNER_URL") or DATABASE_URL)
DATABASE_ROLES = role_names(DATABASE_URL)
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "strapontin.organisation",
    "strapontin.access",
    "strapontin.catalogue",
    "strapontin.cycles",
    "strapontin.allocations",
    "strapontin.stacks",
    "strapontin.seats",
    "strapontin.billing",
    "strapontin.requests",
    "strapontin.outlook",
    "strapontin.imports",
    "strapontin.journal",
    "strapontin.doors",
    "strapontin.api",
    "strapontin.web",
    "strapontin.jobs",
]

MIDDLEWARE = [
    # The headers of these three go to every answer.
    "strapontin.doors.policy.Policy",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "strapontin.api.door.ApiDoor",
    "strapontin.web.frame.cookies.CookieLimit",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "strapontin.web.frame.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "strapontin.web.frame.door.WebDoor",
]

ROOT_URLCONF = "strapontin.config.urls"
WSGI_APPLICATION = "strapontin.config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "strapontin.web.frame.context.frame",
            ],
            "builtins": [
                "strapontin.web.templatetags.strapontin",
                "strapontin.web.templatetags.strapontin_drawings",
                "django.templatetags.i18n",
            ],
            "string_if_invalid": RAISE if TESTING or DEBUG else "",
        },
    }
]

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "strapontin.access.passwords.PasswordRules"}]
# allauth would count, too.
ACCOUNT_PASSWORD_MIN_LENGTH = 0
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "strapontin.web.account.adapter.Adapter"
ACCOUNT_FORMS = {
    "change_password": "strapontin.web.account.forms.ChangePassword",
    "reset_password": "strapontin.web.account.forms.AskForLink",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "strapontin.access.links.LinkTokens"  # noqa: S105  the name of a class
# Of an invitation, in seconds. To choose another password there is one hour.
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
# doors/limits.py counts passwords and codes: allauth would count in each process for itself.
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
# From those who manage administrators a second factor is "asked" for or "required"; "off": from nobody. The demo's
# passwords are known anyway.
SECOND_FACTOR = os.environ.get("SECOND_FACTOR") or ("off" if DEMO else "asked")
if SECOND_FACTOR not in ("off", "asked", "required"):
    raise ImproperlyConfigured("SECOND_FACTOR is off, asked or required")
MFA_ADAPTER = "strapontin.web.account.second_factor.Adapter"
MFA_FORMS = {
    "authenticate": "strapontin.web.account.second_factor.SignInCode",
    "reauthenticate": "strapontin.web.account.second_factor.RepeatedCode",
    "authenticate_webauthn": "strapontin.web.account.second_factor.SecondPasskey",
    "login_webauthn": "strapontin.web.account.second_factor.OnlyPasskey",
    "reauthenticate_webauthn": "strapontin.web.account.second_factor.RepeatedPasskey",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# A passkey that asks for a finger, a face or a PIN signs in by itself.
MFA_PASSKEY_LOGIN_ENABLED = True
# The clock of a telephone may be 30 seconds slow or fast.
MFA_TOTP_TOLERANCE = 1

# Who signs people in instead of a password, by OpenID Connect; without an issuer nobody does.
OPENID_ISSUER = os.environ.get("OPENID_ISSUER", "").rstrip("/")
if OPENID_ISSUER and not OPENID_ISSUER.startswith(("https://", "http://127.0.0.1", "http://localhost")):
    raise ImproperlyConfigured("OPENID_ISSUER begins with https://")
OPENID_LABEL = os.environ.get("OPENID_LABEL") or "OpenID Connect"
SOCIALACCOUNT_ADAPTER = "strapontin.web.account.openid.Adapter"
SOCIALACCOUNT_PROVIDERS = openid_provider(
    issuer=OPENID_ISSUER,
    client_id=os.environ.get("OPENID_CLIENT_ID", ""),
    secret=os.environ.get("OPENID_CLIENT_SECRET", ""),
    label=OPENID_LABEL,
)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"

# Without a mail server nothing is sent. Nothing is logged instead: a link in a message may sign its reader in.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT") or 25)
EMAIL_HOST_USER = os.environ.get("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_TLS") == "starttls"
EMAIL_USE_SSL = os.environ.get("EMAIL_TLS") == "tls"
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "strapontin@localhost")

# How long an answer waits for what a stack says of a user; 0: not at all.
STACK_WAIT_SECONDS = float(os.environ.get("STACK_WAIT") or 2.5)

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "web" / "locale"]
USE_I18N = True
USE_TZ = True
use_packaged_zones()
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "web" / "static"]
# Files are served from their packages. They are never collected, so there is no STATIC_ROOT.
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "strapontin.web.frame.refused.csrf_failure"
SESSION_ENGINE = "strapontin.access.sessions"
# A session ends when it was not used for so long, and in any case so long after the sign-in.
SESSION_COOKIE_AGE = int(os.environ.get("SESSION_IDLE_HOURS") or 12) * 3600
SESSION_DAYS = int(os.environ.get("SESSION_DAYS") or 14)
SESSION_COOKIE_HTTPONLY = True
# Notes for the next page may name people: they stay on the server.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_SAMESITE = "Lax"
# An origin with https means a proxy with TLS in front. Cookies are then sent over TLS only.
BEHIND_TLS = any(origin.startswith("https://") for origin in CSRF_TRUSTED_ORIGINS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
# Browsers take a cookie of such a name from this host alone, and over TLS alone (RFC 6265bis, section 4.1.3.2).
_HOST = "__Host-" if BEHIND_TLS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_HOST}sessionid", f"{_HOST}csrftoken"
LANGUAGE_COOKIE_NAME, THEME_COOKIE_NAME, DEVICE_COOKIE_NAME = (
    f"{_HOST}django_language",
    f"{_HOST}theme",
    f"{_HOST}device",
)
# Browsers then refuse to come without TLS, for a year.
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if BEHIND_TLS and os.environ.get("HSTS") != "0" else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
# The largest body of a request, and of one with a list (strapontin.doors.bodies).
LARGEST_BODY, LARGEST_LIST = 12 * 1024 * 1024, 40 * 1024 * 1024
# A file that is sent stays in memory: on a disk it would have to be guarded.
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = LARGEST_LIST

SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"without_trace": {"()": "django.utils.log.CallbackFilter", "callback": without_trace}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
        # Whatever LOG_LEVEL says: who came in is no detail.
        "strapontin.security": {"level": "INFO"},
        "django.security.DisallowedHost": {"filters": ["without_trace"]},
    },
}
