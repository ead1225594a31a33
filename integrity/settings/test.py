"""Tests: keys that are no secret, a fast hasher, files that are thrown away; the rest as in development."""

import getpass
import tempfile
from pathlib import Path

from integrity.settings import env

_KEYS = {
    "SECRET_KEY": "tests-only-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    # Two of them: what the older one wrote stays readable.
    "FIELD_KEYS": "t2:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,t1:Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=",
    "LEDGER_KEY": "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=",
    "BACKUP_KEY": "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=",
    "BLIND_INDEX_KEY": "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=",
}
env.load(production=False, environ=env.without_secrets() | _KEYS | {"DEBUG": "0"})

from .base import *  # noqa: E402, F403  the profile loads the environment first; base.py reads it
from .base import DATABASES, ENV  # noqa: E402  named, because they are used below

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ACCOUNT_RATE_LIMITS = False
PERSON_SEARCH_LIMITS = ((600, 0), (24 * 3600, 0))  # its own tests switch it on: all come from one address
SECOND_FACTOR_REQUIRED = False  # its own tests switch it on
SESSION_IDLE_SECONDS = SESSION_ABSOLUTE_SECONDS = 10 * 366 * 24 * 3600  # tests move the clock by years

_FILES = Path(tempfile.gettempdir()) / f"integrity-archive-tests-{getpass.getuser()}"
MEDIA_ROOT = _FILES / "media"
CLOSED_ROOT = _FILES / "closed"

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: `--reuse-db` then keeps the migrated database (16 s to 1.5 s), and the live
    # server of the browser journeys shares it between threads.
    ENV.test_database.parent.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["TEST"] = {"NAME": str(ENV.test_database)}
    # Nobody misses a test database after a power cut.
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA busy_timeout=20000;"
    )
