"""Just enough Django to show the templates with sample values: no database is asked."""

from typing import Any

from strapontin.config.settings import (
    AUTH_USER_MODEL,
    BASE_DIR,
    INSTALLED_APPS,
    MFA_PASSKEY_LOGIN_ENABLED,
    MFA_SUPPORTED_TYPES,
)
from strapontin.web.frame.strict import RAISE

__all__ = ["AUTH_USER_MODEL", "INSTALLED_APPS", "MFA_PASSKEY_LOGIN_ENABLED", "MFA_SUPPORTED_TYPES"]

DEBUG = True
SECRET_KEY = "only-for-the-gallery"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "tests.pages.gallery.urls"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tests.pages.gallery.urls.strict_policy",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [
            BASE_DIR.parent / "tests" / "pages" / "gallery" / "templates",
            BASE_DIR / "web" / "templates",
        ],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "tests.pages.gallery.urls.frame",
            ],
            "builtins": [
                "strapontin.web.templatetags.strapontin",
                "strapontin.web.templatetags.strapontin_drawings",
                "django.templatetags.i18n",
            ],
            "string_if_invalid": RAISE,
        },
    }
]
DATABASES: dict[str, Any] = {}
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "web" / "locale"]
USE_TZ = True
TIME_ZONE = "Europe/Paris"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "web" / "static"]
