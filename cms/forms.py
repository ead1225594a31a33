"""The form of a page 页面表单: what nobody may publish is refused where it is submitted, with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

SUBMITTING = ("action-submit", "action-restart-workflow", "action-publish")


class CheckedPageForm(WagtailAdminPageForm):
    """Saving a draft asks nothing; submitting asks for numbers of persons in every text, table and file."""

    def is_valid(self) -> bool:
        valid: bool = super().is_valid()
        if not valid or not any(self.data.get(name) for name in SUBMITTING):
            return valid
        from cms.personal_data.checking import findings_of, told  # it reads pages, whose form this is

        if not self.instance.path and self.parent_page is not None:
            self.instance.checked_below = self.parent_page.path
        hard = [finding for finding in findings_of(self.instance, list(self._rows())) if finding.hard]
        if hard:
            words = _("本页含有不得公开的个人信息，未提交。请删除或遮盖后再提交（改动尚未保存）。")
            self.add_error(None, ValidationError([words, *told(hard)]))
        return not hard

    def _rows(self) -> Iterator[Model]:
        """Child rows as they were typed; nothing is saved yet."""
        for name, formset in self.formsets.items():
            if name != "comments":
                yield from (form.instance for form in formset.forms if form not in formset.deleted_forms)
