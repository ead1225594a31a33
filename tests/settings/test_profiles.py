"""The profiles as a process sees them: production starts complete or refuses."""

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

REPOSITORY = Path(__file__).resolve().parents[2]


def production() -> dict[str, str]:
    def key() -> str:
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "integrity.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": f"k1:{key()}",
        "BLIND_INDEX_KEY": key(),
        "ALLOWED_HOSTS": "archive.example",
        "CSRF_TRUSTED_ORIGINS": "https://archive.example",
        "DATABASE_URL": "postgresql://archive:none@127.0.0.1:1/archive",
    }


def python(code: str, environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", code]
    return subprocess.run(  # noqa: S603  our own interpreter and our own text
        command, cwd=REPOSITORY, env=environ, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("site", ["both", "public", "staff"])
def test_production_passes_the_deployment_check(site: str) -> None:
    code = (
        "from django.core.management import execute_from_command_line as run;"
        "run(['manage.py', 'check', '--deploy', '--fail-level', 'WARNING'])"
    )
    done = python(code, production() | {"SITE": site})
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("fault", [{"DEBUG": "1"}, {"SECRET_KEY": "short"}, {"DATABASE_URL": ""}])
def test_production_does_not_start_half_configured(fault: dict[str, str]) -> None:
    done = python("import django; django.setup()", production() | fault)
    assert done.returncode != 0
    assert f"EnvironmentProblem: {next(iter(fault))}: " in done.stderr


def test_the_base_is_no_profile() -> None:
    done = python("import integrity.settings.base", {"PATH": os.environ["PATH"]})
    assert "is no profile" in done.stderr


def test_the_public_process_has_no_session_and_no_staff_page() -> None:
    code = (
        "import django; django.setup();"
        "from django.conf import settings; from django.urls import resolve, Resolver404;\n"
        "print(*settings.MIDDLEWARE, sep='\\n')\n"
        "for path in ('/staff/', '/accounts/login/', '/cms/', '/cms/login/'):\n"
        "    print(path, resolve(path).view_name)\n"
    )
    done = python(code, production() | {"SITE": "public"})
    assert done.returncode == 0, done.stderr
    middleware, addresses = done.stdout.split("/staff/", 1)
    for word in ("sessions", "auth.middleware", "allauth", "messages"):
        assert word not in middleware
    assert addresses.count("wagtail_serve") == 4, "they are names of pages, and there are no such pages"


def test_no_call_to_outside_hosts() -> None:
    """Wagtail asks wagtail.org for its newest version and Gravatar for pictures, unless told not to (W2)."""
    from wagtail.admin.views.home import UpgradeNotificationPanel
    from wagtail.users.utils import get_gravatar_url

    assert get_gravatar_url("clerk@example.gov.cn") is None
    assert UpgradeNotificationPanel().get_upgrade_check_setting() is False
    assert settings.WAGTAIL_ENABLE_WHATS_NEW_BANNER is False
    assert settings.WAGTAILEMBEDS_FINDERS == []


def test_demo_accounts_are_shown_in_development_only() -> None:
    assert settings.DEMO_ACCOUNTS_SHOWN is False
    done = python(
        "from django.conf import settings; print(settings.DEMO_ACCOUNTS_SHOWN)",
        production(),
    )
    assert done.stdout.strip() == "False"
