"""Report 导入报告: refused rows as a workbook, each with place, rule and remedy; and the template to fill in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from integrity.importing.export import harmless, masked, workbook_of
from integrity.importing.template import make_template
from integrity.models import ImportBatch, Rejection

__all__ = ["harmless", "make_template", "masked", "rejected_workbook", "workbook_of"]


def rejected_workbook(batch: ImportBatch) -> bytes:
    """The refused rows of a batch: sheet, row, column, value, rule, remedy."""
    header = [_("工作表"), _("行号"), _("列"), _("值"), _("规则"), _("如何改正")]
    rejections = Rejection.objects.filter(batch=batch).order_by("sheet", "number", "id").iterator(chunk_size=2000)
    rows = (
        (item.sheet, item.number, masked(item.column), masked(item.value), item.rule, item.remedy)
        for item in rejections
    )
    return workbook_of(_("拒收清单"), header, rows)
