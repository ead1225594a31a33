"""Giving an answer 答卷: a counter goes up, and nothing is left that says who, when or with which code."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from integrity.choices import SurveyMode
from integrity.exceptions import ActRefused
from integrity.models import Survey, SurveyCode, SurveyCount
from integrity.surveys.acts import digest_of


@transaction.atomic
def answer(*, survey: Survey, option: int, group: int, code: str = "") -> None:
    """Count one answer. A code that is used is deleted, in no order and with no time; it does not work twice.

    Whether the survey is open is asked of its dates here, whatever the page said when it was opened.
    """
    if not survey.open_on(timezone.localdate()):
        raise ActRefused("closed", _("调查不在开放期内"))
    if survey.mode == SurveyMode.CODE:
        used, _by_model = SurveyCode.objects.filter(survey=survey, digest=digest_of(survey, code)).delete()
        if not used:
            raise ActRefused("code", _("代码无效或者已经使用"), field="code")
    cell = SurveyCount.objects.filter(survey=survey, option_id=option, group_id=group)
    if cell.update(number=F("number") + 1) != 1:
        raise ActRefused("option", _("请选择一个选项"), field="option")
