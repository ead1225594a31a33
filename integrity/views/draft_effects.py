"""The approver's table of a draft 审核对照, for each page where a second person decides; its reading is on record."""

from __future__ import annotations

from typing import Any

from integrity import access
from integrity.choices import Act, RecordState
from integrity.drafts import effect_of
from integrity.timeline import describe
from integrity.views.base import StaffView


def effect_shown(view: StaffView, row: Any) -> dict[str, Any]:
    """What the page shows of it; nothing where the row does not wait for an approval that this person may give."""
    if row.state != RecordState.SUBMITTED or not view.may(Act.APPROVE, row):
        return {}
    reading = view.scope(Act.READ)
    effect = effect_of(row, reading)
    if effect.read:
        access.log_read(reading, door=view.door, model=type(row), rows=effect.read, request=view.request)
    return {"effect": effect, "effect_standing": [(one, describe(one)) for one in effect.standing]}
