"""All settings. What differs between schools is data; what differs between hosts is read here.

Every variable is described in docs/operations.md, and a test checks that it is.
"""

from pathlib import Path

from csp.constants import NONE, SELF

from config import readers, secretkey, sizes
from hotline.drivers.bucket import Address
from hotline.drivers.bucket import BadAddress as BadBucket
from hotline.drivers.clamd import BadAddress as BadScanner
from hotline.drivers.clamd import Clamd

ROOT = Path(__file__).resolve().parent.parent
HOME = readers.folder("HOTLINE_HOME", readers.HOME)

# --- Where and who -----------------------------------------------------------------------
DEBUG = readers.flag("HOTLINE_DEBUG", False)
SECRET_KEY = readers.secret("HOTLINE_SECRET_KEY") or secretkey.of(HOME)
DATA_KEYS, DATA_KEY_FILE = secretkey.data_keys(HOME)
HISTORY_KEY = readers.hexadecimal("HOTLINE_HISTORY_KEY", 64) or secretkey.of_history(HOME)
HOSTS = readers.names("HOTLINE_HOSTS")
ALLOWED_HOSTS = [*HOSTS, "localhost", "127.0.0.1", "[::1]"] if HOSTS else ["*"]  # probes
CSRF_TRUSTED_ORIGINS = readers.names("HOTLINE_ORIGINS")
PORT = readers.whole("PORT", 8000, least=1, most=65535)
BIND = readers.text("HOTLINE_BIND", "0.0.0.0")  # noqa: S104 - a service that people reach
WEB_WORKERS, WEB_THREADS = sizes.web_workers(), sizes.web_threads()
JOB_CONCURRENCY, DELIVERIES = sizes.jobs(), sizes.deliveries()

# --- The house ---------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "hotline.people",
    "hotline.limits",
    "hotline.catalog",
    "hotline.roster",
    "hotline.cases",
    "hotline.notices",
    "hotline.insight",
    "hotline.oversight",
    "hotline.audit",
    "hotline.surge",
    "hotline.rights",
    "hotline.doors.ui",
    "hotline.doors.portal",
    "hotline.doors.desk",
    "hotline.doors.console",
]
MIDDLEWARE = [
    "hotline.doors.ui.middleware.identified",
    "hotline.doors.ui.walls.walled",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hotline.doors.ui.middleware.counted",
    "hotline.doors.ui.middleware.no_nul",
    "hotline.doors.ui.middleware.fit_body",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "hotline.doors.ui.middleware.language",
    "hotline.doors.ui.middleware.room_on_disk",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "hotline.doors.ui.middleware.actor",
    "hotline.doors.ui.middleware.awake",
    "hotline.doors.ui.middleware.own_password",
    "hotline.doors.ui.middleware.own_second",
    "hotline.doors.ui.middleware.refusals",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "hotline.doors.ui.context.house",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "hotline.doors.ui.templatetags.ui",
            ],
        },
    }
]
FORM_RENDERER = "hotline.doors.ui.renderer.Renderer"

# --- Data --------------------------------------------------------------------------------
DATABASES = {
    "default": readers.database("DATABASE_URL")
    | {
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"TEMPLATE": "template0"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FILES = HOME / "files"  # uploads; read through one view, never by a web server
ERASURES = HOME / "erasures.jsonl"  # outside the database: a restore must not undo them unnoticed
FILES_URL = readers.checked("HOTLINE_FILES_URL", Address.of, BadBucket)  # or in a bucket
CLAMD = readers.checked("HOTLINE_CLAMD", Clamd, BadScanner)  # the virus scanner; none: not scanned
QUARANTINE_DAYS = readers.whole("HOTLINE_QUARANTINE_DAYS", 30, least=1, most=3650)
DISK_RESERVE_BYTES = (
    readers.whole("HOTLINE_DISK_RESERVE_MB", 500, least=0, most=10_000_000) * 1024**2
)
FILE_BYTES_MOST = readers.whole("HOTLINE_FILE_MB", 20, least=1, most=200) * 1024 * 1024
FILES_MOST = readers.whole("HOTLINE_FILES_PER_REQUEST", 9, least=1, most=50)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # the text of a form; files do not count
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

# --- People ------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # the account is unique by its fingerprint
AUTHENTICATION_BACKENDS = ["hotline.people.backends.AccountOrPhone"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("account", "phone", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "hotline.people.breached.NotBreached"},
]
BREACHED = readers.file("HOTLINE_BREACHED")
LOGIN_URL = "ui:sign_in"
LOGIN_REDIRECT_URL = "ui:home"
SESSION_ENGINE = "hotline.people.sessions"
SESSION_COOKIE_AGE = readers.whole("HOTLINE_SESSION_HOURS", 12, least=1, most=720) * 3600
IDLE_MINUTES = readers.whole("HOTLINE_IDLE_MINUTES", 30, least=0, most=720)  # of staff
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# --- Language and time -------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "hotline" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- Files of ours -----------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = ROOT / "static"  # built by `make install`
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Safety ------------------------------------------------------------------------------
HTTPS = readers.flag("HOTLINE_HTTPS", False)  # behind a proxy that speaks TLS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True  # our scripts read the token in the form
COOKIE_PREFIX = "__Host-" if HTTPS else ""  # no other host of the school's domain can set ours
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}django_language"
MESSAGE_STORAGE = "hotline.doors.ui.cookies.Flashes"
PROXIES = readers.whole("HOTLINE_PROXIES", int(HTTPS), least=0, most=9)  # that we trust, in front
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "hotline.doors.ui.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Messages ----------------------------------------------------------------------------
NOTICES = readers.choice("HOTLINE_NOTICES", "postbox", of=("postbox", "live"))
PUBLIC_URL = readers.text("HOTLINE_URL").rstrip("/")  # where messages send their reader

# --- Who watches over it ------------------------------------------------------------------
METRICS_TOKEN = readers.secret("HOTLINE_METRICS_TOKEN")

# --- Jobs and logs -----------------------------------------------------------------------
PROCRASTINATE_WORKER_DEFAULTS = {"delete_jobs": "successful"}
# A nightly job whose minute passed while nothing ran, or was jumped over by the clock, still runs.
PROCRASTINATE_PERIODIC_DEFAULTS = {"max_delay": 6 * 3600}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "hotline.base.logs.Line"},
        "words": {"()": "hotline.base.logs.Words"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": readers.choice("HOTLINE_LOGS", "json", of=("json", "words")),
        }
    },
    "root": {
        "handlers": ["console"],
        "level": readers.text("HOTLINE_LOG_LEVEL", "WARNING"),
    },
    # Django's own handlers would write the same again, with the address and the error's text.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "propagate": True},
    },
}
