"""All settings, from the environment; a missing or malformed variable is refused with what to set."""

from os import environ
from pathlib import Path

import django_stubs_ext
from environs import Env, validate

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

# --- who we are ---------------------------------------------------------------------------------------------------
SECRET_KEY = env.str("NAKAZ_SECRET_KEY")
SITE_URL = env.str("NAKAZ_SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("NAKAZ_HOSTS", default=["127.0.0.1", "localhost"])
DEVELOPMENT = env.bool("NAKAZ_DEVELOPMENT", default=False)  # shows the local letter box; never on a public host
DEBUG = DEVELOPMENT and env.bool("NAKAZ_DEBUG", default=False)  # its pages show what every variable held
INBOX = env.path("NAKAZ_INBOX", default=None) if DEVELOPMENT else None
_var = env.path("NAKAZ_VAR", default=BASE_DIR / "var")
MAINTENANCE_FILE = env.path("NAKAZ_MAINTENANCE_FILE", default=_var / "maintenance")  # while it is there, we are closed

_https = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "coalition.pages.errors.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_SSL_REDIRECT = False  # the proxy's work; a redirect would break one-click unsubscribing
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("NAKAZ_BEHIND_PROXY", default=False) else None
SECURE_REFERRER_POLICY = "same-origin"  # under "no-referrer" forms come from origin "null"; readers' pages have it
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# --- the house ----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "deputies.sources",
    "deputies.journal",
    "deputies.people",
    "deputies.votes",
    "pledges.platform",
    "pledges.tracker",
    "pledges.scorecards",
    "pledges.findings",
    "coalition.accounts",
    "coalition.digests",
    "coalition.desk",
    "coalition.pages",
    "coalition.demo",
    "django.contrib.admin.apps.SimpleAdminConfig",  # the desk registers its own site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "coalition.pages.errors.maintenance",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "coalition.pages.language.LanguageFromAddress",
    "coalition.pages.errors.refusals",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "coalition.urls"
WSGI_APPLICATION = "coalition.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- services -----------------------------------------------------------------------------------------------------
DATABASES = {"default": env.dj_db_url("DATABASE_URL")}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
if env.bool("NAKAZ_POOL", default=False):  # in the web process only: celery closes a pool after every task
    DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | {
        "pool": {"min_size": 1, "max_size": 8, "timeout": 2}
    }
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # else each connection that a restart broke fails one page
REDIS_URL = env.str("REDIS_URL")
_PATIENCE = {"socket_timeout": 1, "socket_connect_timeout": 1}  # seconds; a cache that hangs may not stop a page
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": _PATIENCE,
    },
    "pages": {
        "BACKEND": "coalition.pages.kept.PageCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "pages",
        "TIMEOUT": 86_400,
        "OPTIONS": _PATIENCE | {"serializer": "coalition.pages.kept.Json"},
    },
}

_broker = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_URL = _broker.replace("?db=", "?virtual_host=") if _broker.startswith("redis+socket") else _broker
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,  # without these two a killed worker's tasks wait about 100 s
    "unacked_restore_throttle": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "freeze-expectations": {"task": "pledges.findings.tasks.freeze_expectations", "schedule": 60.0},
    "clear-editions": {"task": "deputies.journal.tasks.clear_editions", "schedule": 3600.0},
    "end-holds": {"task": "deputies.journal.tasks.end_holds", "schedule": 300.0},
    "sweep-findings": {"task": "pledges.findings.tasks.sweep", "schedule": 600.0},
    "keep-bundles": {"task": "pledges.scorecards.tasks.keep_bundles", "schedule": 60.0},
    "take-sign-ups": {"task": "coalition.digests.tasks.take_sign_ups", "schedule": 60.0},
    "plan-digests": {"task": "coalition.digests.tasks.plan_digests", "schedule": 60.0},
    "ring-again-for-letters": {"task": "coalition.digests.tasks.ring_again", "schedule": 60.0},
    "check-letters": {"task": "coalition.digests.tasks.check_letters", "schedule": 86_400.0},
    "forget-letters": {"task": "coalition.digests.tasks.forget_letters", "schedule": 86_400.0},
    "send-invitations": {"task": "coalition.digests.tasks.send_invitations", "schedule": 600.0},
    "take-bounces": {"task": "coalition.digests.tasks.take_bounces", "schedule": 60.0},
    "expire": {"task": "coalition.digests.tasks.expire", "schedule": 3600.0},
}

# --- letters ------------------------------------------------------------------------------------------------------
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.str("NAKAZ_SMTP_HOST", default="127.0.0.1")
EMAIL_PORT = env.int("NAKAZ_SMTP_PORT", default=25)
EMAIL_HOST_USER = env.str("NAKAZ_SMTP_USER", default="")
EMAIL_HOST_PASSWORD = env.str("NAKAZ_SMTP_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("NAKAZ_SMTP_STARTTLS", default=False)
EMAIL_TIMEOUT = 60  # seconds; a server that filters takes its time, and a letter given up too early is sent twice
LETTERS_A_MINUTE = env.int("NAKAZ_LETTERS_A_MINUTE", default=0)  # by all workers together; 0: as many as there are
CONTACT = env.str("NAKAZ_CONTACT", default="")  # the e-mail address for mistakes and security reports, shown to all
SOURCE_URL = env.str("NAKAZ_SOURCE_URL", default="")  # where whoever uses this site gets its source code (AGPL)
BOUNCES_COME_BACK = env.bool("NAKAZ_BOUNCES_COME_BACK", default=False)  # the sender's server takes name+TOKEN@domain
BOUNCES_MAILDIR = env.path("NAKAZ_BOUNCES_MAILDIR", default=None)  # where that server puts what comes back
DEFAULT_FROM_EMAIL = env.str("NAKAZ_FROM", default="Summary <summary@localhost>")
# Instead of SMTP of one's own, a provider as anymail calls it, such as mailgun. It then knows every address.
MAIL_PROVIDER = env.str("NAKAZ_MAIL_PROVIDER", default="")
if MAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{MAIL_PROVIDER}.EmailBackend"
    _pair = validate.Regexp(".+:.+", error="Write USER:PASSWORD.")
    _named = "NAKAZ_ANYMAIL_"  # NAKAZ_ANYMAIL_MAILGUN_API_KEY is anymail's MAILGUN_API_KEY
    _own = {name.removeprefix(_named): words for name, words in environ.items() if name.startswith(_named)}
    ANYMAIL = _own | {
        "WEBHOOK_SECRET": env.str("NAKAZ_ANYMAIL_WEBHOOK_SECRET", validate=_pair),  # asked of every webhook
        "REQUESTS_TIMEOUT": EMAIL_TIMEOUT,
        "DEBUG_API_REQUESTS": False,  # would log addresses
    }
# The web process gets the public key only: it can seal an address and never open one.
SEALING_PUBLIC_KEY_FILE = env.path("NAKAZ_SEALING_PUBLIC_KEY_FILE", default=None)
SEALING_PRIVATE_KEY_FILE = env.path("NAKAZ_SEALING_PRIVATE_KEY_FILE", default=None)
INDEX_KEY_FILE = env.path("NAKAZ_INDEX_KEY_FILE", default=None)

# --- organisers ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/admin/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "coalition.accounts.adapter.ClosedDoor"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False  # signed out when the browser is closed, and after SESSION_COOKIE_AGE at the latest
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("NAKAZ_PROXY_COUNT", default=0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Nakaz"
MFA_TOTP_TOLERANCE = 1  # a code is good for 30 s more: clocks differ, and people type
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEVELOPMENT

# --- language and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- what the browser may do --------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
}

# --- files --------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("NAKAZ_STATIC_ROOT", default=BASE_DIR / "var" / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# --- logs: what happened, never who asked ---------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "coalition.logs.Discreet",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django": {"handlers": []},  # Django's own would mail failures, with what every variable held
        "gunicorn.http.wsgi": {"level": "ERROR"},  # it warns at every HEAD that it leaves out the page
        "django.request": {"level": "ERROR"},  # an address that is not there is what a reader wrote
        "gunicorn.error": {"handlers": ["console"], "level": "ERROR", "propagate": False},  # names addresses
    },
    "root": {"handlers": ["console"], "level": env.str("NAKAZ_LOG_LEVEL", default="WARNING")},
}
