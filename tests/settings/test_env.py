"""The environment: every refusal names the variable and the remedy; development needs nothing set."""

import base64
import json
import stat
from pathlib import Path

import pytest

from integrity.settings import env

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(100, 132))).decode()
SECRET = "Zk4-vQ9mX2_pL7tRb" * 4
GOOD = {
    "SECRET_KEY": SECRET,
    "FIELD_KEYS": f"k2:{KEY},k1:{OTHER_KEY}",
    "BLIND_INDEX_KEY": OTHER_KEY,
    "ALLOWED_HOSTS": "archive.example",
    "DATABASE_URL": "postgresql://archive:p%40ss@db.example:5433/archive?sslmode=require",
}


def test_a_complete_production_environment_starts() -> None:
    found = env.read(production=True, environ=GOOD)
    assert not found.debug
    assert list(found.field_keys) == ["k2", "k1"], "the first key is the current one"
    assert found.field_keys["k2"] == bytes(range(32))
    assert found.database["PASSWORD"] == "p@ss"
    assert (found.database["HOST"], found.database["PORT"]) == ("db.example", "5433")
    assert found.database["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DEBUG", "1"),
        ("DEBUG", "perhaps"),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 80),
        ("SECRET_KEY", "django-insecure-" + SECRET),
        ("SECRET_KEY", "change-me-" + SECRET),
        ("FIELD_KEYS", ""),
        ("FIELD_KEYS", KEY),
        ("FIELD_KEYS", f"k1:{KEY},k1:{OTHER_KEY}"),
        ("FIELD_KEYS", "k1:" + base64.b64encode(b"sixteen bytes!!!").decode()),
        ("FIELD_KEYS", "k1:" + base64.b64encode(bytes(32)).decode()),
        ("BLIND_INDEX_KEY", ""),
        ("BLIND_INDEX_KEY", "not base64"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "sqlite:///var/integrity.sqlite3"),
        ("DATABASE_URL", "mysql://u:p@host/name"),
        ("DATABASE_URL", "postgresql://u:p@host:port/name"),
        ("DATABASE_URL", "postgresql://u:p@host:5432/"),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "*"),
        ("CSRF_TRUSTED_ORIGINS", "archive.example"),
        ("ELASTICSEARCH_URL", "search.example:9200"),
        ("ELASTICSEARCH_URL", "https://user:word@search.example:9200"),
        ("ELASTICSEARCH_PASSWORD", "without a user"),
        ("ELASTICSEARCH_CA", "/no/such/authority.pem"),
        ("PORT", "0"),
        ("PORT", "eighty"),
        ("SITE", "both-of-them"),
        ("SECRET_KEY_FILE", "/somewhere/else"),
    ],
)
def test_production_refuses(variable: str, value: str) -> None:
    with pytest.raises(env.EnvironmentProblem) as refusal:
        env.read(production=True, environ=GOOD | {variable: value})
    assert refusal.value.name == variable
    message = str(refusal.value)
    assert message.startswith(f"{variable}: ")
    assert message.count(".") >= 1
    assert len(message) > len(variable) + 30, "says what to do"


def test_a_refusal_does_not_print_a_key() -> None:
    broken = base64.b64encode(b"half a key").decode()
    with pytest.raises(env.EnvironmentProblem) as refusal:
        env.read(production=True, environ=GOOD | {"FIELD_KEYS": f"k1:{broken}"})
    assert broken not in str(refusal.value)
    assert SECRET not in repr(env.read(production=True, environ=GOOD))


def test_a_key_may_come_from_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n", encoding="utf-8")
    environ = {name: value for name, value in GOOD.items() if name != "SECRET_KEY"}
    environ["SECRET_KEY_FILE"] = str(file)
    file.chmod(0o600)
    assert env.read(production=True, environ=environ).secret_key == SECRET
    for mode in (0o604, 0o644, 0o620, 0o602):
        file.chmod(mode)
        with pytest.raises(env.EnvironmentProblem, match="chmod 600"):
            env.read(production=True, environ=environ)
    file.unlink()
    with pytest.raises(env.EnvironmentProblem, match="SECRET_KEY_FILE"):
        env.read(production=True, environ=environ)


def test_development_makes_its_keys_once_outside_the_tree(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    first = env.read(production=False, environ=environ)
    again = env.read(production=False, environ=environ)
    file = tmp_path / "integrity-archive" / "dev-keys.json"
    assert first == again
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert not file.is_relative_to(env.REPOSITORY)
    assert set(json.loads(file.read_text(encoding="utf-8"))) == {
        "SECRET_KEY",
        "FIELD_KEYS",
        "BLIND_INDEX_KEY",
        "LEDGER_KEY",
        "BACKUP_KEY",
    }
    assert first.debug
    assert first.port == 8000
    assert first.database["NAME"] == str(env.REPOSITORY / "var/integrity.sqlite3")


def test_an_older_file_of_development_keys_keeps_its_own_and_gets_the_new(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    first = env.read(production=False, environ=environ)
    file = tmp_path / "integrity-archive" / "dev-keys.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    del kept["LEDGER_KEY"]
    file.write_text(json.dumps(kept), encoding="utf-8")
    again = env.read(production=False, environ=environ)
    assert (again.secret_key, again.blind_index_key) == (first.secret_key, first.blind_index_key)
    assert len(again.ledger_key) == 32
    assert env.read(production=False, environ=environ) == again


def test_development_keys_that_cannot_be_kept_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "integrity-archive").mkdir()
    (tmp_path / "integrity-archive" / "dev-keys.json").write_text("{half", encoding="utf-8")
    with pytest.raises(env.EnvironmentProblem, match="XDG_STATE_HOME"):
        env.read(production=False, environ={"XDG_STATE_HOME": str(tmp_path)})


def test_production_never_makes_keys(tmp_path: Path) -> None:
    environ = {name: value for name, value in GOOD.items() if name != "FIELD_KEYS"}
    with pytest.raises(env.EnvironmentProblem, match="FIELD_KEYS"):
        env.read(production=True, environ=environ | {"XDG_STATE_HOME": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []


def test_relative_paths_count_from_the_repository() -> None:
    found = env.read(production=True, environ=GOOD | {"MEDIA_ROOT": "var/m", "CLOSED_ROOT": "/srv/closed"})
    assert found.media_root == env.REPOSITORY / "var/m"
    assert found.closed_root == Path("/srv/closed")


# --- the identity provider --------------------------------------------------------------------------------------

OIDC = {
    "OIDC_ISSUER": "https://id.example/realms/staff/",
    "OIDC_CLIENT_ID": "archive",
    "OIDC_CLIENT_SECRET": "s3cret-of-the-client",
}


def test_no_identity_provider_unless_one_is_named() -> None:
    assert env.read(production=True, environ=GOOD).identity_provider is None
    assert env.read(production=True, environ=GOOD | {"OIDC_CLIENT_ID": "archive"}).identity_provider is None


def test_an_identity_provider_is_read_whole(tmp_path: Path) -> None:
    found = env.read(production=True, environ=GOOD | OIDC | {"OIDC_TWO_FACTORS": "mfa, urn:two"}).identity_provider
    assert found is not None
    assert (found.issuer, found.origin) == ("https://id.example/realms/staff/", "https://id.example")
    assert (found.name, set(found.two_factors)) == ("统一身份认证", {"mfa", "urn:two"})
    assert "s3cret" not in repr(found)
    file = tmp_path / "secret"
    file.write_text("from-a-file\n", encoding="utf-8")
    file.chmod(0o600)
    by_file = GOOD | OIDC | {"OIDC_CLIENT_SECRET": "", "OIDC_CLIENT_SECRET_FILE": str(file)}
    found = env.read(production=True, environ=by_file).identity_provider
    assert found is not None
    assert (found.client_secret, found.two_factors) == ("from-a-file", frozenset())


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OIDC_ISSUER", "http://id.example"),
        ("OIDC_ISSUER", "http://localhost:8080"),
        ("OIDC_ISSUER", "id.example"),
        ("OIDC_ISSUER", "https://id.example/?x=1"),
        ("OIDC_ORIGIN", "https://id.example; script-src *"),
        ("OIDC_ORIGIN", "https://id.example/path"),
        ("OIDC_CLIENT_ID", ""),
        ("OIDC_CLIENT_SECRET", ""),
    ],
)
def test_half_an_identity_provider_stops_the_start(variable: str, value: str) -> None:
    with pytest.raises(env.EnvironmentProblem) as problem:
        env.read(production=True, environ=GOOD | OIDC | {variable: value})
    assert problem.value.name == variable


CREDENTIALS = {"ELASTICSEARCH_USER": "archive-public", "ELASTICSEARCH_PASSWORD": "word"}


def test_credentials_of_the_cluster_do_not_leave_the_machine_in_the_clear() -> None:
    with pytest.raises(env.EnvironmentProblem) as refusal:
        env.read(production=True, environ=GOOD | CREDENTIALS | {"ELASTICSEARCH_URL": "http://search.example:9200"})
    assert refusal.value.name == "ELASTICSEARCH_URL"
    for url in ("https://search.example:9200", "http://127.0.0.1:9200"):
        found = env.read(production=True, environ=GOOD | CREDENTIALS | {"ELASTICSEARCH_URL": url})
        assert (found.elasticsearch_user, found.elasticsearch_password) == ("archive-public", "word")
        assert "word" not in repr(found)


def test_an_api_key_or_a_user_not_both() -> None:
    with pytest.raises(env.EnvironmentProblem) as refusal:
        env.read(production=True, environ=GOOD | CREDENTIALS | {"ELASTICSEARCH_API_KEY": "k"})
    assert refusal.value.name == "ELASTICSEARCH_API_KEY"
