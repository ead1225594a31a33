"""Settings shared by all profiles. Values from outside come through env.py and nowhere else."""

from typing import Any

from csp.constants import NONCE, NONE, SELF, UNSAFE_INLINE

from integrity.settings import env

ENV = env.current()
BASE_DIR = env.REPOSITORY

SECRET_KEY = ENV.secret_key
DEBUG = ENV.debug
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENV.csrf_trusted_origins
FIELD_KEYS = ENV.field_keys
BLIND_INDEX_KEY = ENV.blind_index_key
ELASTICSEARCH_URL = ENV.elasticsearch_url
ELASTICSEARCH_PREFIX = "integrity"
ELASTICSEARCH_REPLICAS = 1
# The database's own index follows each commit at once; a cluster is written by the worker: no page waits for it.
SEARCH_INLINE = not ELASTICSEARCH_URL
INTEGRITY_DATA = ENV.integrity_data
# The ledger: who signs checkpoints, who trusts them, who gets them (docs/ledger.md).
LEDGER_ORIGIN = ENV.ledger_origin
LEDGER_KEY = ENV.ledger_key
LEDGER_PUBLIC_KEYS = ENV.ledger_public_keys
LEDGER_ANCHOR_FOLDER = ENV.ledger_anchor_folder
LEDGER_ANCHOR_MAIL = ENV.ledger_anchor_mail
LEDGER_TSA_URL = ENV.ledger_tsa_url
LEDGER_TSA_ROOTS = ENV.ledger_tsa_roots
LEDGER_TSA_MINUTES = ENV.ledger_tsa_minutes
LEDGER_ALARM_MINUTES = ENV.ledger_alarm_minutes
LEDGER_STOP_AFTER_HOURS = ENV.ledger_stop_after_hours
BACKUP_KEY = ENV.backup_key  # docs/backup.md
ACTOR_PSEUDONYM_YEARS = ENV.actor_pseudonym_years
DEMO_ACCOUNTS_SHOWN = False

# --- what runs ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "search.apps.SearchConfig",
    "cms.apps.CmsConfig",
    "integrity.apps.IntegrityConfig",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "guardian",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",  # its OpenID Connect client alone; its pages and its linking are closed
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # its Chinese: Wagtail writes "4 minutes ago" with it
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "integrity.views.frame.ClientAddressMiddleware",
    "cms.page_cache.PageCacheMiddleware",
    "integrity.views.frame.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "integrity.views.frame.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "integrity.sign_in.sessions.SessionMiddleware",
    "cms.editors.EditorsTodayMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "integrity.views.frame.ReadLogMiddleware",
]
# The public process has nobody to sign in, hence no cookie that a shared cache could mix up (design §7).
STAFF_ONLY_MIDDLEWARE = frozenset(
    {
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "allauth.account.middleware.AccountMiddleware",
        "integrity.sign_in.sessions.SessionMiddleware",
        "cms.editors.EditorsTodayMiddleware",
        "allauth.usersessions.middleware.UserSessionsMiddleware",
        "simple_history.middleware.HistoryRequestMiddleware",
    }
)

ROOT_URLCONF = "integrity.urls"
WSGI_APPLICATION = "integrity.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "integrity.views.navigation.frame",
                "search.desk.news.frame",
            ],
        },
    },
]

# --- data --------------------------------------------------------------------------------------

DATABASES = {"default": ENV.database}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # FULL: a decision that was confirmed on the screen survives a power cut. IMMEDIATE: a writer waits at
    # the start of its transaction, where waiting is harmless, and never fails half way (C6 in the goals).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000; PRAGMA foreign_keys=ON;"
        ),
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "application_name": "integrity-archive",
    } | ENV.database["OPTIONS"]

# The database refuses, or is not asked, what the application forgot to refuse (docs/second-wall.md).
SECOND_WALL = True

CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # Whole public pages, by generation and day (cms.page_cache): each process its own, never wrong, sometimes empty.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = ENV.static_root
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = ENV.media_root
CLOSED_ROOT = ENV.closed_root  # closed documents: never below MEDIA_ROOT, served by one view only
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # Wagtail's page editor sends many

# --- language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- who you are -------------------------------------------------------------------------------

AUTH_USER_MODEL = "integrity.Account"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    # not guardian's own: it would still say yes after a grant's end date
    "integrity.access.ScopeBackend",
]
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # its backend is replaced on purpose, see above
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
] + [{"NAME": "integrity.sign_in.passwords.NotUsedLately", "OPTIONS": {"count": 5}}]
PASSWORD_RESET_TIMEOUT = 24 * 3600  # the link by which somebody sets the own password
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/staff/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "integrity.views.sign_in.AccountAdapter"
MFA_ADAPTER = "integrity.views.sign_in.SecondFactorAdapter"
SOCIALACCOUNT_ADAPTER = "integrity.views.sign_in.NoThirdPartyAccounts"
# A department's identity provider, or None: then no address of it answers and no button is shown.
IDENTITY_PROVIDER = ENV.identity_provider
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False  # a key is the second factor, never the only one
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_FORMS = {
    "authenticate": "integrity.sign_in.codes.CodeForm",
    "reauthenticate": "integrity.sign_in.codes.CodeAgainForm",
    "add_webauthn": "integrity.forms.security_keys.AddKeyForm",
    "edit_webauthn": "integrity.forms.security_keys.EditKeyForm",
}
MFA_TOTP_ISSUER = "诚信档案"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# Failed sign-ins are counted in the database (integrity.sign_in.attempts): a cache of one process forgets what the
# others saw, and a limit on the name alone would let any stranger lock its owner out.
ACCOUNT_RATE_LIMITS: dict[str, str] | bool = {"login_failed": False}  # type: ignore[dict-item]  # allauth's own way
SIGN_IN_LIMITS = {
    "window_minutes": 15,
    "failures_a_browser": 5,  # of one name in a browser in which it has signed in before; nothing else counts there
    "failures_here": 5,  # of one name from one address
    "failures_elsewhere": 20,  # of one name from addresses it has not signed in from lately
    "failures_an_address": 50,  # of all names from one address: an office may share one
    "known_days": 30,
    "known_browser_days": 180,
}
# Whoever may read S3 and above, and each administrator, signs in with a second factor.
SECOND_FACTOR_REQUIRED = True
USERSESSIONS_TRACK_ACTIVITY = False  # a write for each page looked at; begin and address are shown
ALLAUTH_TRUSTED_PROXY_COUNT = ENV.proxy_count

# guardian creates no active account of its own (its default is a real user "AnonymousUser"); the price is
# that get_objects_for_user raises for visitors, so integrity.access asks it for signed-in people only.
ANONYMOUS_USER_NAME = None
# Permissions are given and asked through integrity.access, not through methods on the account.
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False

SIMPLE_HISTORY_ENABLED = True
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_REVERT_DISABLED = True

SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS = 8 * 3600  # one working day; no page merely looked at makes it longer
SESSION_IDLE_SECONDS = 30 * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True

# --- what a browser may do ---------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Wagtail's editor has inline scripts and styles without a nonce (and shows page previews in a frame):
# the relaxed policy holds below /cms/ only, see integrity.views.frame.
EDITOR_CONTENT_SECURITY_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF, "data:"],
    "connect-src": [SELF],
    "frame-src": [SELF],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [SELF],
}

# --- Wagtail -----------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "诚信档案"
WAGTAILADMIN_BASE_URL = ENV.csrf_trusted_origins[0] if ENV.csrf_trusted_origins else f"http://localhost:{ENV.port}"
WAGTAIL_I18N_ENABLED = False
WAGTAILADMIN_PERMITTED_LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
# No call to an outside host, and no hash of an officer's address to a picture service.
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
# One sign-in for all: Wagtail neither asks for passwords nor changes them.
WAGTAILADMIN_LOGIN_URL = "/accounts/login/"
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/login/"
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "csv", "ofd", "txt"]
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
# By substring: the stock search takes a run of Chinese characters for one word and finds no part of a title.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database.fallback"}}

# --- log ---------------------------------------------------------------------------------------

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # One line a page and task of the editors' side, one a request to the cluster, one an internal read: production
    # writes down the last of these.
    "loggers": {
        name: {"level": "WARNING"} for name in ("django_tasks", "wagtail", "integrity.unscoped", "elastic_transport")
    },
}
