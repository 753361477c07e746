"""One settings file, moved by the environment only. Each variable stands in docs/operations.md.

What is unsafe is refused at start-up by `core.checks`, with the mend in the message.
"""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE = Path(__file__).resolve().parent
ROOT = BASE.parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(f"TONGXIN_{name}", default)


def flag(name: str) -> bool:
    return env(name).lower() in {"1", "yes", "true", "on"}


# --- where things lie -----------------------------------------------------------------------------------------
DATA = Path(env("DATA", str(ROOT / "data")))  # database, photos, keys: what a backup must hold
MEDIA_ROOT = DATA / "media"
MATRIX = BASE / "matrix.toml"  # who may open which door; read by core.matrix
SPOOL_ROOT = DATA / "spool"  # uploads as they came, until the photo pipeline has redrawn them; never served

BACKUPS = Path(env("BACKUP", str(DATA / "backups")))  # sealed archives
BACKUPS_COPY = env("BACKUP_COPY")  # a second folder for them, off this machine: a mounted disk, another house
BACKUP_KEYS = Path(env("BACKUP_KEYS", str(DATA / "backup.keys")))  # public keys, a line each: town, supervisor

DISK_FLOOR = int(env("DISK_FLOOR_MB", "32")) * 1024 * 1024  # below it the pages are read-only (R56)
OPERATOR_PHONE = env("OPERATOR_PHONE")  # gets a short message when something is wrong with the site
CERTIFICATE = env("CERTIFICATE")  # the proxy's certificate, a PEM file; `doctor` counts its days

# --- safety ---------------------------------------------------------------------------------------------------
DEBUG = flag("DEBUG")
DEMO = flag("DEMO")  # marks every page as synthetic and shows the demonstration's log-ins
SECRET_FILE = Path(env("SECRET_FILE", str(DATA / "secret.key")))  # made by the set-up, mode 0600
GM = flag("GM")  # new keys for SM4-GCM and HMAC-SM3 instead of AES-256-GCM and HMAC-SHA-256 (ADR 0023)
SECRET_KEY = env("SECRET_KEY") or (SECRET_FILE.read_text().strip() if SECRET_FILE.exists() else "")
ALLOWED_HOSTS = [h for h in env("HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h]
HTTPS = flag("HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True  # each form carries its token; no script of ours reads the cookie
# `__Host-`: a browser takes it over HTTPS only, for the whole of this host and for no other
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (
    ("__Host-sessionid", "__Host-csrftoken") if HTTPS else ("sessionid", "csrftoken")
)
SESSION_ENGINE = "tongxin.core.sessions"  # rows that can be listed and ended (R46)
STAFF_IDLE = timedelta(minutes=int(env("IDLE_MINUTES", "30")))  # logged out after so long without a click
STAFF_LONGEST = timedelta(hours=12)  # and after this in any case
SESSION_COOKIE_AGE = int(STAFF_LONGEST.total_seconds())
EXPORT_HOURS = int(env("EXPORT_HOURS", "24"))  # so long a list that two bodies agreed to may be taken (R20)
FACTOR_GRACE = timedelta(days=int(env("FACTOR_GRACE_DAYS", "7")))  # from the first log-in; then no way without one
# The demonstration's log-ins (`demo-…`) open by one printed password and without a second factor, for whoever wants to
# look. Refused at start-up outside a demonstration (accounts.checks); other log-ins are never exempt.
ONE_PASSWORD = flag("ONE_PASSWORD") or DEMO
PROXY_DEPTH = int(env("PROXY_DEPTH", "0"))  # proxies of ours in front; 0: X-Forwarded-For counts for nothing
SECURE_SSL_REDIRECT = False  # the proxy's work; see docs/operations.md
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # subdomains are a county's other houses; whether they have TLS is not ours to promise
    "security.W008",  # the proxy leads from http to https
    "security.W021",  # the preload list is for ever, and for the owner of the domain to decide
]
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "report-uri": ["/policy-report"],  # one line in the log for each, and few of them (core.views.policy_report)
    }
}
PERMISSIONS_POLICY = (  # a memo is spoken into the page; nothing of ours asks where somebody is or pays
    "microphone=(self), camera=(), geolocation=(), payment=(), usb=(), serial=(), midi=(), "
    "display-capture=(), browsing-topics=()"
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # words and fields; files are counted by the photo pipeline
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400  # a household of thirty is registered on one sheet; a sitting ticks its acts
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
SHEET_ROWS, SHEET_COLUMNS = 20_000, 60  # of a table that is read in; more is refused with a sentence
CSRF_FAILURE_VIEW = "tongxin.core.views.csrf_failure"

# --- the house ------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # its widget templates, for FORM_RENDERER
    "csp",
    "tongxin.core",
    "tongxin.audit",
    "tongxin.accounts",
    "tongxin.casework",
    "tongxin.territory",
    "tongxin.people",
    "tongxin.bodies",
    "tongxin.exports",
    "tongxin.ledger",
    "tongxin.issues",
    "tongxin.reports",
    "tongxin.demo",
]
MIDDLEWARE = [
    "tongxin.core.middleware.GuardMiddleware",  # headers only, on whatever answers
    "tongxin.core.quiet.QuietChannel",  # what is said without a name meets none of the others
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # above whatever answers by itself: a file is guarded like a page
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pages; with random padding, and Django's form tokens change every time
    "tongxin.core.middleware.RequestIdMiddleware",
    "tongxin.territory.middleware.VillageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tongxin.core.middleware.DisplayMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "tongxin.core.middleware.RoomMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tongxin.bodies.middleware.HeldRolesMiddleware",
    "tongxin.bodies.middleware.GateMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
QUIET_PREFIX = "n"  # `/n/…`: the quiet channel (core.quiet); the proxy's log leaves it out (docs/operations.md)
QUIET_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "tongxin.territory.middleware.VillageMiddleware",
    "tongxin.core.middleware.DisplayMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
]
ROOT_URLCONF = "tongxin.urls"
WSGI_APPLICATION = "tongxin.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tongxin.core.context.page",
                "tongxin.bodies.context.menu",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "tongxin.core.templatetags.look"],
        },
    }
]
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "issues:start"  # looks where one holds a post; accounts stands below and cannot know
PASSWORD_HASHERS = ["tongxin.accounts.hashers.Argon2Small", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "tongxin.accounts.validators.ContextValidator"},
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"  # Django's own tables only; ours are UUIDv7 by `core.models.Row`
MESSAGE_STORAGE = "tongxin.core.middleware.Words"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


# --- database -------------------------------------------------------------------------------------------------
def database(url: str) -> dict[str, object]:
    """`sqlite:///PATH` or `postgresql://user:pass@host:port/name?host=/socket` as Django wants it.

    SQLite: rollback journal, EXTRA, IMMEDIATE (`docs/adr/0003…`, `0012…`); anything less is refused by a check.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "tongxin.core.db.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA; PRAGMA foreign_keys=ON; "
                    "PRAGMA recursive_triggers=ON; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;"
                ),
            },
        }
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


DATABASES = {"default": database(os.environ.get("DATABASE_URL") or f"sqlite:///{DATA / 'tongxin.sqlite3'}")}
APP_ROLE = env("APP_ROLE", "tongxin_app")  # on PostgreSQL the role that serves; `migrate` gives it its rights

# --- words and time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "django_language"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("zh-hant", _("Traditional Chinese")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # what is shown; the database holds UTC. A village may have its own (`Village.zone`)

# --- files ----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [BASE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG

# --- the audit chain: GM/T has SM3 instead of SHA-256; a chain may change in the middle, each row names its own ------
AUDIT_HASH = env("AUDIT_HASH", "sha256")
ANCHOR_FOLDER = env("ANCHOR_FOLDER")  # the heads of the chains are put here every day, for somebody outside

# --- what goes out: nothing, unless the operator names a folder that the county's SMS gateway empties -----------
SMS_FOLDER = env("SMS_FOLDER")
SMS_A_DAY = int(env("SMS_A_DAY", "500"))  # the budget of the whole site; its end is one alarm

# --- logs: to standard error, no bodies, no personal numbers (core.logs) ---------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"quiet": {"()": "tongxin.core.logs.Quiet"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["quiet"]}},
    "root": {"handlers": ["stderr"], "level": env("LOG", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},  # Django's own would mail errors to the administrators
        "django.server": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "fido2": {"level": "WARNING"},  # below it, keys of persons are named
    },
}
DEFAULT_EXCEPTION_REPORTER = "tongxin.core.logs.Reporter"
DEFAULT_EXCEPTION_REPORTER_FILTER = "tongxin.core.logs.NothingShown"
