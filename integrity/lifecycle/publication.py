"""State table of a publication 公示状态表 (domain §15). The end date is checked at each read, not by a move (H5)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from integrity.choices import PublicationState as S
from integrity.lifecycle.engine import Machine, Move
from integrity.lifecycle.needs import (
    may_publish_role,
    notice_served,
    period_from_rules,
    reviewed_by_another,
    source_in_force,
    stated_reason,
    third_person,
)

PUBLICATION = Machine(
    name="publication",
    column="state",
    moves=(
        Move("review", (S.PROPOSED,), S.REVIEWED, (reviewed_by_another, source_in_force), _("审查通过")),
        Move("refuse", (S.PROPOSED, S.REVIEWED, S.NOTICED), S.REFUSED, (stated_reason,), _("不予公示")),
        Move("notice", (S.REVIEWED,), S.NOTICED, (notice_served,), _("告知当事人")),
        Move(
            "publish",
            (S.NOTICED,),
            S.PUBLISHED,
            (may_publish_role, third_person, notice_served, source_in_force, period_from_rules),
            _("发布"),
        ),
        Move("annotate", (S.PUBLISHED,), S.ANNOTATED, (stated_reason,), _("标注")),
        Move("clear_annotation", (S.ANNOTATED,), S.PUBLISHED, (stated_reason,), _("取消标注")),
        Move("suspend", (S.PUBLISHED, S.ANNOTATED), S.SUSPENDED, (stated_reason,), _("暂停公示")),
        Move(
            "resume",
            (S.SUSPENDED,),
            S.PUBLISHED,
            (stated_reason, source_in_force, period_from_rules),
            _("恢复公示"),
        ),
        Move("withdraw", (S.PUBLISHED, S.ANNOTATED, S.SUSPENDED), S.WITHDRAWN, (stated_reason,), _("撤下")),
    ),
)
