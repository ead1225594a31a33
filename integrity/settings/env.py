"""The environment, typed: the only module that reads os.environ.

Every message names the variable and the remedy, because the person who reads it is installing the
system and has no traceback to go by. A secret may come from a file instead (`SECRET_KEY_FILE` for
`SECRET_KEY`): then it is in no process list and in no shell history.
"""

import base64
import binascii
import fcntl
import json
import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

REPOSITORY = Path(__file__).resolve().parents[2]
KEY_BYTES = 32
SHORTEST_SECRET = 50
EXAMPLE_SECRETS = ("django-insecure", "change", "example", "secret", "test", "dev-", "password", "xxxx")
MAKE_KEY = "Make one: python3 -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())'"
KEY_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,15}")


class EnvironmentProblem(ImproperlyConfigured):
    """A variable is missing or wrong: says which one, and what to do."""

    def __init__(self, name: str, problem: str, remedy: str) -> None:
        super().__init__(f"{name}: {problem}. {remedy}")
        self.name = name


@dataclass(frozen=True, kw_only=True)
class Environment:
    """What the system was told at start. `production` makes every default that is only handy an error."""

    production: bool
    debug: bool
    secret_key: str = field(repr=False)
    field_keys: dict[str, bytes] = field(repr=False)
    blind_index_key: bytes = field(repr=False)
    database: dict[str, Any] = field(repr=False)
    elasticsearch_url: str
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    port: int
    media_root: Path
    closed_root: Path
    static_root: Path
    test_database: Path
    site: str
    proxy_count: int
    person_searches_ten_minutes: int
    person_searches_day: int
    integrity_data: Path
    ledger_origin: str
    ledger_key: bytes = field(repr=False)
    ledger_public_keys: list[str]
    ledger_anchor_folder: str
    ledger_anchor_mail: list[str]
    ledger_tsa_url: str
    ledger_tsa_roots: str
    ledger_tsa_minutes: int
    ledger_alarm_minutes: int
    ledger_stop_after_hours: int
    actor_pseudonym_years: int
    backup_key: bytes = field(repr=False)
    identity_provider: "IdentityProvider | None"


@dataclass(frozen=True, kw_only=True)
class IdentityProvider:
    """A department's identity provider 统一身份认证 (OpenID Connect), by which accounts may sign in."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    #: Origin of the page the browser is sent to, where it is not the issuer's.
    origin: str
    #: Values of `amr` or `acr` that count as two factors; none unless said.
    two_factors: frozenset[str]


def read(*, production: bool, environ: Mapping[str, str] | None = None) -> Environment:
    """Read and check everything at once, so that a wrong value stops the start and not a request."""
    source = os.environ if environ is None else environ
    debug = _flag(source, "DEBUG", default=not production)
    if production and debug:
        raise EnvironmentProblem("DEBUG", "production does not run with DEBUG on", "Unset it or set DEBUG=0.")
    secret_key, field_keys, blind_index_key = _keys(source, production=production)
    database = _database(source, production=production)
    hosts = _hosts(source, production=production)
    return Environment(
        production=production,
        debug=debug,
        secret_key=secret_key,
        field_keys=field_keys,
        blind_index_key=blind_index_key,
        database=database,
        elasticsearch_url=_elasticsearch(source),
        allowed_hosts=hosts,
        csrf_trusted_origins=_origins(source),
        port=_number(source, "PORT", default=8000, lowest=1, highest=65535),
        media_root=_path(source, "MEDIA_ROOT", default="var/media"),
        closed_root=_path(source, "CLOSED_ROOT", default="var/closed"),
        static_root=_path(source, "STATIC_ROOT", default="var/static"),
        test_database=_path(source, "TEST_DATABASE", default="var/test.sqlite3"),
        site=_choice(source, "SITE", default="both", allowed=("both", "public", "staff", "service")),
        proxy_count=_number(source, "PROXY_COUNT", default=0, lowest=0, highest=9),
        # questions for persons from one network address on the public site; 0: no limit
        person_searches_ten_minutes=_number(
            source, "PERSON_SEARCHES_TEN_MINUTES", default=60, lowest=0, highest=100_000
        ),
        person_searches_day=_number(source, "PERSON_SEARCHES_DAY", default=600, lowest=0, highest=1_000_000),
        integrity_data=_path(source, "INTEGRITY_DATA", default="../shared/data"),
        identity_provider=_identity_provider(source, production=production),
        ledger_origin=_origin_of_ledger(source, hosts),
        ledger_key=_optional_key(source, "LEDGER_KEY", production=production),
        ledger_public_keys=_list(source, "LEDGER_PUBLIC_KEYS"),
        ledger_anchor_folder=_text(source, "LEDGER_ANCHOR_FOLDER"),
        ledger_anchor_mail=_list(source, "LEDGER_ANCHOR_MAIL"),
        ledger_tsa_url=_time_stamp_authority(source),
        ledger_tsa_roots=_text(source, "LEDGER_TSA_ROOTS"),
        ledger_tsa_minutes=_number(source, "LEDGER_TSA_MINUTES", default=60, lowest=1, highest=1440),
        ledger_alarm_minutes=_number(source, "LEDGER_ALARM_MINUTES", default=5, lowest=1, highest=1440),
        ledger_stop_after_hours=_number(
            source, "LEDGER_STOP_AFTER_HOURS", default=4 if production else 0, lowest=0, highest=720
        ),
        actor_pseudonym_years=_number(source, "ACTOR_PSEUDONYM_YEARS", default=10, lowest=5, highest=100),
        backup_key=_optional_key(source, "BACKUP_KEY", production=production),
    )


_loaded: Environment | None = None


def load(*, production: bool, environ: Mapping[str, str] | None = None) -> Environment:
    """Called by the settings profile before it takes over base.py: the profile decides how strict to be."""
    global _loaded
    _loaded = read(production=production, environ=environ)
    return _loaded


def without_secrets() -> dict[str, str]:
    """The process environment without any key: tests must never touch a key that protects something."""
    names = ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY", "LEDGER_KEY", "BACKUP_KEY", "OIDC_")
    return {name: value for name, value in os.environ.items() if not name.startswith(names)}


def current() -> Environment:
    """What the profile loaded; base.py asks here and thereby works under every profile."""
    if _loaded is None:
        raise ImproperlyConfigured(
            "DJANGO_SETTINGS_MODULE: integrity.settings.base is no profile. "
            "Use integrity.settings.dev, integrity.settings.test or integrity.settings.production."
        )
    return _loaded


# --- single values -----------------------------------------------------------------------------


def _text(source: Mapping[str, str], name: str) -> str:
    return source.get(name, "").strip()


def _flag(source: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = _text(source, name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise EnvironmentProblem(name, f"{value!r} is neither yes nor no", "Write 1 or 0.")


def _number(source: Mapping[str, str], name: str, *, default: int, lowest: int, highest: int) -> int:
    value = _text(source, name)
    if not value:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", value) or not lowest <= int(value) <= highest:
        raise EnvironmentProblem(
            name, f"{value!r} is no number between {lowest} and {highest}", f"For example {name}={default}."
        )
    return int(value)


def _choice(source: Mapping[str, str], name: str, *, default: str, allowed: tuple[str, ...]) -> str:
    value = _text(source, name) or default
    if value not in allowed:
        raise EnvironmentProblem(name, f"{value!r} is unknown", f"Write one of: {', '.join(allowed)}.")
    return value


def _path(source: Mapping[str, str], name: str, *, default: str) -> Path:
    """A relative path counts from the repository, not from where the command happened to be typed."""
    return (REPOSITORY / (_text(source, name) or default)).resolve()


def _list(source: Mapping[str, str], name: str) -> list[str]:
    return [part.strip() for part in _text(source, name).split(",") if part.strip()]


def _hosts(source: Mapping[str, str], *, production: bool) -> list[str]:
    hosts = _list(source, "ALLOWED_HOSTS")
    if not production:
        return hosts or ["localhost", "127.0.0.1", "[::1]"]
    if not hosts or "*" in hosts:
        raise EnvironmentProblem(
            "ALLOWED_HOSTS",
            "production needs the names it answers to, and * is none",
            "For example ALLOWED_HOSTS=archive.example.gov.cn",
        )
    return hosts


def _origins(source: Mapping[str, str]) -> list[str]:
    origins = _list(source, "CSRF_TRUSTED_ORIGINS")
    for origin in origins:
        if urlsplit(origin).scheme not in {"http", "https"} or not urlsplit(origin).netloc:
            raise EnvironmentProblem(
                "CSRF_TRUSTED_ORIGINS",
                f"{origin!r} has no scheme",
                "Write it as https://archive.example.gov.cn",
            )
    return origins


def _elasticsearch(source: Mapping[str, str]) -> str:
    """Addresses of the nodes, with commas between; a node that is away is passed over."""
    urls = [url.strip() for url in _text(source, "ELASTICSEARCH_URL").split(",") if url.strip()]
    for url in urls:
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise EnvironmentProblem(
                "ELASTICSEARCH_URL",
                "this is no http or https address",
                "For example https://search.example:9200, several with commas between; empty: search in the database.",
            )
    return ",".join(urls)


def _identity_provider(source: Mapping[str, str], *, production: bool) -> IdentityProvider | None:
    """Off unless OIDC_ISSUER is set; then all of it must be there."""
    issuer = _text(source, "OIDC_ISSUER")  # letter for letter: some end in a slash
    if not issuer:
        return None
    origin = _text(source, "OIDC_ORIGIN").rstrip("/") or _origin_of(issuer)
    for name, address in (("OIDC_ISSUER", issuer), ("OIDC_ORIGIN", origin)):
        if not _safe_address(address, production=production):
            raise EnvironmentProblem(
                name, f"{address!r} is no https address", "For example https://id.example.gov.cn/realms/staff"
            )
    if origin != _origin_of(origin):
        raise EnvironmentProblem("OIDC_ORIGIN", "an origin has no path", f"Write {_origin_of(origin)}")
    client_id, secret = _text(source, "OIDC_CLIENT_ID"), _secret(source, "OIDC_CLIENT_SECRET", production=production)
    for name, value in (("OIDC_CLIENT_ID", client_id), ("OIDC_CLIENT_SECRET", secret)):
        if not value:
            raise EnvironmentProblem(name, "OIDC_ISSUER is set, this is not", "The provider's operator gives it out.")
    return IdentityProvider(
        issuer=issuer,
        client_id=client_id,
        client_secret=secret,
        name=_text(source, "OIDC_NAME") or "统一身份认证",
        origin=origin,
        two_factors=frozenset(_list(source, "OIDC_TWO_FACTORS")),
    )


def _origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _safe_address(address: str, *, production: bool) -> bool:
    parts = urlsplit(address)
    if not parts.hostname or parts.username or parts.query or parts.fragment or re.search(r"[\s;,']", address):
        return False
    loopback = not production and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    return parts.scheme == "https" or (parts.scheme == "http" and loopback)


# --- the database ------------------------------------------------------------------------------


def _database(source: Mapping[str, str], *, production: bool) -> dict[str, Any]:
    url = _text(source, "DATABASE_URL") or "sqlite:///var/integrity.sqlite3"
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        if production:
            raise EnvironmentProblem(
                "DATABASE_URL",
                "production does not run on SQLite",
                "Write postgresql://user:password@host:5432/name",
            )
        return _sqlite(parts.path)
    if parts.scheme in {"postgresql", "postgres"}:
        return _postgresql(url)
    raise EnvironmentProblem(
        "DATABASE_URL",
        f"{parts.scheme or url!r} is no database we know",
        "Write sqlite:///var/integrity.sqlite3 or postgresql://user:password@host:5432/name",
    )


def _sqlite(path: str) -> dict[str, Any]:
    name = path.removeprefix("/")
    if not name:
        raise EnvironmentProblem("DATABASE_URL", "the file is missing", "Write sqlite:///var/integrity.sqlite3")
    file = REPOSITORY / name
    file.parent.mkdir(parents=True, exist_ok=True)
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file)}


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    name = unquote(parts.path.removeprefix("/"))
    options = dict(parse_qsl(parts.query))
    host = unquote(parts.hostname or "") or options.pop("host", "")
    try:
        port = parts.port
    except ValueError:
        port = -1
    if not name or not host or port == -1:
        raise EnvironmentProblem(
            "DATABASE_URL",
            "host, port or database name is missing or wrong",
            "Write postgresql://user:password@host:5432/name",
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or 5432),
        "OPTIONS": options,
    }


# --- keys --------------------------------------------------------------------------------------


def _keys(source: Mapping[str, str], *, production: bool) -> tuple[str, dict[str, bytes], bytes]:
    """Django's signing key, the field keys (first is current) and the key of the blind index.

    Three keys, because they live differently: the signing key is changed at will, an old field key
    must stay readable, and the blind index can only change together with every row.
    """
    made = {} if production else _development_keys(source)
    secret_key = _secret(source, "SECRET_KEY", production=production) or made.get("SECRET_KEY", "")
    field_keys = _secret(source, "FIELD_KEYS", production=production) or made.get("FIELD_KEYS", "")
    blind_index = _secret(source, "BLIND_INDEX_KEY", production=production) or made.get("BLIND_INDEX_KEY", "")
    if production:
        _refuse_weak(secret_key)
    return secret_key, _field_keys(field_keys), _key("BLIND_INDEX_KEY", blind_index)


def _secret(source: Mapping[str, str], name: str, *, production: bool) -> str:
    named = _text(source, f"{name}_FILE")
    if not named:
        return _text(source, name)
    if _text(source, name):
        raise EnvironmentProblem(f"{name}_FILE", f"{name} is set too", "Keep one of the two.")
    file = REPOSITORY / named
    try:
        mode = file.stat().st_mode
        value = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise EnvironmentProblem(
            f"{name}_FILE", f"{file} cannot be read ({problem})", "Name a text file of the service's user."
        ) from problem
    if production and mode & (stat.S_IRWXG & ~stat.S_IRGRP | stat.S_IRWXO):
        raise EnvironmentProblem(f"{name}_FILE", f"{file} can be read or changed by others", f"Run: chmod 600 {file}")
    return value


def _refuse_weak(secret_key: str) -> None:
    remedy = (
        "Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(64))' "
        "and keep it in a file named by SECRET_KEY_FILE."
    )
    if not secret_key:
        raise EnvironmentProblem("SECRET_KEY", "production needs one", remedy)
    if len(secret_key) < SHORTEST_SECRET or len(set(secret_key)) < 10:
        raise EnvironmentProblem("SECRET_KEY", f"shorter than {SHORTEST_SECRET} characters, or too plain", remedy)
    if secret_key.lower().startswith(EXAMPLE_SECRETS):
        raise EnvironmentProblem("SECRET_KEY", "this is an example, not a key", remedy)


def _field_keys(text: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key_id, colon, encoded = part.partition(":")
        if not colon or not KEY_ID.fullmatch(key_id) or key_id in keys:
            raise EnvironmentProblem(
                "FIELD_KEYS",
                "each entry is a short, unique key id, a colon and the key",
                "Write id:base64,id2:base64 with the current key first.",
            )
        keys[key_id] = _key("FIELD_KEYS", encoded)
    if not keys:
        raise EnvironmentProblem(
            "FIELD_KEYS",
            "identity numbers cannot be encrypted without a key",
            f"Write k1: and a key. {MAKE_KEY}",
        )
    return keys


def _key(name: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES or len(set(key)) < 8:
        raise EnvironmentProblem(
            name,
            f"each key is {KEY_BYTES} random bytes in base64",
            MAKE_KEY,
        )
    return key


def _development_keys(source: Mapping[str, str]) -> dict[str, str]:
    """Keys for a developer's machine: made once, kept outside the tree, readable by their owner only."""
    wanted = ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY", "LEDGER_KEY", "BACKUP_KEY")
    if all(_text(source, name) or _text(source, f"{name}_FILE") for name in wanted):
        return {}
    home = _text(source, "XDG_STATE_HOME") or str(Path(_text(source, "HOME") or Path.home()) / ".local/state")
    folder = Path(home) / "integrity-archive"
    file = folder / "dev-keys.json"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Locked: two commands started together on a fresh machine must end up with the same keys.
        with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            written = handle.read()
            if written:
                kept = {name: str(value) for name, value in json.loads(written).items()}
                if kept.keys() >= set(wanted):
                    return kept
            else:
                kept = {}
            fresh = {
                "SECRET_KEY": secrets.token_urlsafe(64),
                "FIELD_KEYS": f"dev1:{_random_key()}",
                "BLIND_INDEX_KEY": _random_key(),
                "LEDGER_KEY": _random_key(),
                "BACKUP_KEY": _random_key(),
            }
            made = fresh | kept  # an older file lacks the newer keys and keeps its own
            handle.seek(0)
            handle.truncate()
            json.dump(made, handle, indent=1)
            return made
    except (OSError, ValueError, AttributeError) as problem:
        raise EnvironmentProblem(
            "XDG_STATE_HOME",
            f"the development keys in {file} cannot be kept ({problem})",
            f"Name a folder you can write to, or set {', '.join(wanted)}. "
            "A database encrypted with lost keys cannot be read again: delete var/ and load the demo anew.",
        ) from problem


def _optional_key(source: Mapping[str, str], name: str, *, production: bool) -> bytes:
    """A key that in production one process alone is given: the signer its seed, whoever makes backups theirs."""
    made = {} if production else _development_keys(source)
    text = _secret(source, name, production=production) or made.get(name, "")
    return _key(name, text) if text else b""


def _origin_of_ledger(source: Mapping[str, str], hosts: list[str]) -> str:
    """Whose ledger it is: the first line of every checkpoint, and the name of its key."""
    origin = _text(source, "LEDGER_ORIGIN") or f"{hosts[0].lstrip('.')}/ledger"
    if re.search(r"[\s+]", origin):
        raise EnvironmentProblem(
            "LEDGER_ORIGIN", f"{origin!r} holds a space or a plus", "For example archive.example.gov.cn/ledger"
        )
    return origin


def _time_stamp_authority(source: Mapping[str, str]) -> str:
    """Address of an RFC 3161 authority 时间戳服务; believed by the certificates in LEDGER_TSA_ROOTS alone."""
    address = _text(source, "LEDGER_TSA_URL")
    if address and not re.fullmatch(r"https?://\S+", address):
        raise EnvironmentProblem("LEDGER_TSA_URL", f"{address!r} is no address", "For example https://tsa.example/tsr")
    if address and not _text(source, "LEDGER_TSA_ROOTS"):
        raise EnvironmentProblem(
            "LEDGER_TSA_ROOTS",
            "a time stamp is worth what its roots are",
            "Name the PEM file of the authority's roots.",
        )
    return address


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
