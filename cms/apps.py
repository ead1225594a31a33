"""The public site's Django app 公开网站应用."""

from __future__ import annotations

from django.apps import AppConfig
from django.db import connections
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = _("公开网站")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms import checks, generation, receivers  # noqa: F401  registers them; models are loaded only now

        connection_created.connect(generation.stand_by, dispatch_uid="cms.generation")
        for opened in connections.all(initialized_only=True):
            generation.stand_by(sender=None, connection=opened)
