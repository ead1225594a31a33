"""Start-up check 启动检查: no page type may point at records of persons (H12, design §2)."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from integrity.models import Account


@register()
def pages_hold_no_records(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every relation of a cms model that ends in integrity is an error; the account of an author is Wagtail's own."""
    found: list[CheckMessage] = []
    for model in apps.get_app_config("cms").get_models():
        for field in model._meta.get_fields():
            target = field.related_model
            if not isinstance(target, type) or target is Account:
                continue
            if target._meta.app_label == "integrity":
                found.append(
                    Error(
                        f"{model.__name__}.{field.name} points at {target.__name__}",
                        hint="Cite a publication by its reference (cms.blocks.PublicationBlock).",
                        id="cms.E001",
                        obj=model,
                    )
                )
    return found
