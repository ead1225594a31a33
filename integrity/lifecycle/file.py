"""State table of a file or practitioner's record 档案状态表: leaving freezes, transfer is by receipt (domain §2)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrity.choices import FileStatus as S
from integrity.lifecycle.engine import Machine, Move
from integrity.lifecycle.needs import (
    adult,
    has_capacity,
    not_own_record,
    second_person,
    staffing_not_secret,
    stated_reason,
)

FILE = Machine(
    name="file",
    column="status",
    moves=(
        Move(
            "establish",
            (S.DRAFT,),
            S.ESTABLISHED,
            (second_person, not_own_record, adult, staffing_not_secret, has_capacity),
            _("建立档案"),
        ),
        Move("freeze", (S.ESTABLISHED,), S.FROZEN, (not_own_record, stated_reason), _("冻结")),
        Move(
            "unfreeze",
            (S.FROZEN,),
            S.ESTABLISHED,
            (second_person, not_own_record, stated_reason),
            _("恢复在管"),
        ),
        Move("transfer", (S.ESTABLISHED, S.FROZEN), S.TRANSFERRED, (not_own_record, stated_reason), _("转出")),
        Move("archive", (S.FROZEN, S.TRANSFERRED), S.ARCHIVED, (stated_reason,), _("归档")),
    ),
)
