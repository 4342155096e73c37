"""Django's settings. What a ministry may change comes from the environment: see ``environment.py``."""

from __future__ import annotations

import os
import secrets
from typing import Any
from urllib.parse import unquote, urlsplit

from doorstep.config import anchors, environment, evidence
from doorstep.config.postgres import embedded_address
from doorstep.kit.errors import DoorstepError, Problems
from doorstep.kit.files import read_yaml
from doorstep.kit.languages import direction, is_known, own_name

BASE = environment.BASE
VAR = environment.folder("DOORSTEP_VAR")
COUNTRY = environment.folder("DOORSTEP_COUNTRY")
DEBUG = environment.flag("DOORSTEP_DEBUG")


def _database(url: str) -> dict[str, Any]:
    shared = {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    if not url:
        return {**shared, **embedded_address(VAR)}
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise DoorstepError(
            "DATABASE_URL does not name a PostgreSQL database.",
            mend="Write postgresql://user:password@host:5432/name.",
        )
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        **shared,
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or 5432),
        "OPTIONS": {name: unquote(value) for name, value in options.items()},
    }


def _secret(setting: str, file_name: str) -> str:
    """A secret: given, or made once and kept for its owner's eyes alone."""
    if given := environment.text(setting):
        return given
    file = VAR / file_name
    try:
        VAR.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(descriptor, "w") as out:
        key = secrets.token_urlsafe(50)
        out.write(key)
    return key


def _languages() -> list[str]:
    """The country's languages, the default one first. A broken file is reported by ``doorstep check``, not here."""
    try:
        node = read_yaml((COUNTRY / "country.yaml").read_text(), file="country.yaml")
        codes = [str(item.value) for item in node.value["languages"].value]
    except (OSError, KeyError, TypeError, AttributeError, Problems):
        codes = []
    return [code for code in codes if is_known(code)] or ["en"]


PUBLIC_URL = urlsplit(environment.text("DOORSTEP_URL"))
IS_HTTPS = PUBLIC_URL.scheme == "https"

EVIDENCE = evidence.watched()
ANCHOR_EXPLORER = anchors.explorer()
SECRET_KEY = _secret("DOORSTEP_SECRET_KEY", "secret_key")
VOUCHER_KEY = _secret("DOORSTEP_VOUCHER_KEY", "voucher_key")
DATA_KEY = _secret("DOORSTEP_DATA_KEY", "data_key")
CARD_KEYS = str(VAR / "card_keys")
OLD_DATA_KEYS = environment.text("DOORSTEP_OLD_DATA_KEYS").split()
ALLOWED_HOSTS = [PUBLIC_URL.hostname] if PUBLIC_URL.hostname else ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"{PUBLIC_URL.scheme}://{PUBLIC_URL.netloc}"] if PUBLIC_URL.hostname else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    *(
        f"doorstep.{name}"
        for name in (
            "engines.evidence",
            "engines.ledger",
            "engines.looks",
            "engines.outbox",
            "engines.pins",
            "domains.country",
            "domains.people",
            "domains.wallets",
            "domains.vouchers",
            "domains.payments",
            "domains.benefits",
            "channels.web",
            "channels.desk",
            "channels.api",
        )
        if (BASE / "doorstep" / name.replace(".", "/") / "__init__.py").exists()
    ),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "doorstep.config.callers.Callers",
    "doorstep.config.headers.SafeHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "doorstep.channels.web.middleware.VisitMiddleware",
]
CSRF_FAILURE_VIEW = "doorstep.channels.web.pages.errors.csrf_failed"
ROOT_URLCONF = "doorstep.config.urls"
WSGI_APPLICATION = "doorstep.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
            ]
        },
    }
]
DATABASES = {"default": _database(environment.text("DATABASE_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGES = [(code, own_name(code)) for code in _languages()]
LANGUAGE_CODE = LANGUAGES[0][0]
LANGUAGES_BIDI = [code for code, _ in LANGUAGES if direction(code) == "rtl"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
# Files are served from where they lie, so that nothing has to be collected before the first run.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

MOBILE_MONEY = {
    "provider": environment.text("DOORSTEP_MOBILE_MONEY"),
    "url": environment.text("DOORSTEP_MOBILE_MONEY_URL"),
    "key": environment.text("DOORSTEP_MOBILE_MONEY_KEY"),
    "secrets": environment.text("DOORSTEP_MOBILE_MONEY_SECRET"),
    "callback_url": f"{PUBLIC_URL.geturl().rstrip('/')}/api/callbacks/mobile-money" if PUBLIC_URL.hostname else "",
}

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "doorstep_session"
# Only officers have a session: it ends with the working day, or when the browser is closed.
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = IS_HTTPS
LANGUAGE_COOKIE_NAME = "doorstep_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = IS_HTTPS

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if environment.flag("DOORSTEP_BEHIND_PROXY") else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000

# Nothing personal reaches the log: no bodies, no query strings, no addresses of visitors.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"screen": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["screen"], "level": environment.text("DOORSTEP_LOG_LEVEL")},
    "loggers": {
        "django": {"handlers": ["screen"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["screen"], "level": "ERROR", "propagate": False},
        "django.security.DisallowedHost": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
