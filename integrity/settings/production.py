"""Production: refuses to start half configured. Run behind a web server that ends TLS.

`SITE=public`, `SITE=service` and `SITE=staff` are processes of one code base (design §7): a URL conf each, the first
two without sessions, sign-in or any staff page to reach. The public one reads; the service one takes what the public
fills in (below /service/).
"""

from integrity.settings import env

env.load(production=True)

from .base import *  # noqa: E402, F403  the profile loads the environment first; base.py reads it
from .base import DATABASES, ENV, INSTALLED_APPS, LOGGING, MIDDLEWARE, STAFF_ONLY_MIDDLEWARE, STORAGES  # noqa: E402  used below

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.proxy_count else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_SECURE = True

MIDDLEWARE = [MIDDLEWARE[0], "whitenoise.middleware.WhiteNoiseMiddleware", *MIDDLEWARE[1:]]
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

ROOT_URLCONF = {
    "public": "integrity.urls_public",
    "staff": "integrity.urls_staff",
    "service": "integrity.urls_service",
    "both": "integrity.urls",
}[ENV.site]
if ENV.site in ("public", "service"):
    # allauth refuses to be installed without its middleware; nobody signs in here, so both go.
    MIDDLEWARE = [entry for entry in MIDDLEWARE if entry not in STAFF_ONLY_MIDDLEWARE]
    INSTALLED_APPS = [app for app in INSTALLED_APPS if not app.startswith("allauth")]
    AUTHENTICATION_BACKENDS = ["integrity.access.ScopeBackend"]

DATABASES["default"]["CONN_MAX_AGE"] = 300
LOGGING["loggers"]["integrity.unscoped"]["level"] = "INFO"
