"""The domain's Django app 领域应用."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from simple_history.signals import post_create_historical_record


class IntegrityConfig(AppConfig):
    name = "integrity"
    verbose_name = _("诚信档案")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from integrity import checks  # noqa: F401  registers them
        from integrity.ledger import appending
        from integrity.models import door
        from integrity.models.append_only import install_after_migrating
        from integrity.wall import marks, policies

        post_migrate.connect(install_after_migrating, sender=self)
        post_migrate.connect(policies.install_after_migrating, sender=self)
        post_migrate.connect(appending.write_shapes, sender=self)
        post_create_historical_record.connect(appending.record_history)
        connection_created.connect(door.stand_by)
        connection_created.connect(marks.stand_by)
