"""The one settings module. Everything that differs between installations comes from the environment.

``DATABASE_URL`` alone has no default. ``strapontin.cli.environment`` sets it before Django is set up: to the embedded
server if the environment does not name another one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from strapontin.config.database import database_settings, role_names
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
# Links in e-mails begin with it.
PORTAL_ADDRESS = (CSRF_TRUSTED_ORIGINS or [f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"])[0].rstrip("/")

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
    "procrastinate.contrib.django",
    "strapontin.organisation",
    "strapontin.access",
    "strapontin.catalogue",
    "strapontin.cycles",
    "strapontin.allocations",
    "strapontin.stacks",
    "strapontin.seats",
    "strapontin.billing",
    "strapontin.journal",
    "strapontin.doors",
    "strapontin.api",
    "strapontin.web",
    "strapontin.jobs",
]

MIDDLEWARE = [
    "strapontin.api.door.ApiDoor",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "strapontin.web.frame.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "strapontin.access.adapter.ClosedDoor"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
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

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "web" / "locale"]
USE_I18N = True
USE_TZ = True
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
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# An origin with https means a proxy with TLS in front. Cookies are then sent over TLS only.
BEHIND_TLS = any(origin.startswith("https://") for origin in CSRF_TRUSTED_ORIGINS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {"procrastinate": {"level": "WARNING"}, "urllib3": {"level": "WARNING"}},
}
