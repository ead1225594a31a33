"""Acts on integrity files 档案办理: propose, establish, confirm identity, inform, move, freeze."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import access, files
from integrity.choices import Act
from integrity.exceptions import NotAdmitted
from integrity.forms.base import ConfirmForm, fresh_key
from integrity.forms.files import (
    FreezeForm,
    IdentityForm,
    InformForm,
    MovePostForm,
    NewFileForm,
)
from integrity.models import (
    IntegrityFile,
    Organisation,
)
from integrity.views.base import ActView


class FileAct(ActView, abstract=True):
    """An act on one file; leads back to its page."""

    model = IntegrityFile
    related = ("unit", "authority")

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:file", args=[self.row.ref])

    def cancel_url(self) -> str:
        return self.get_success_url(None)

    def context(self, form: Any) -> dict[str, Any]:
        file = self.row
        return {
            "crumbs": [
                {"url": reverse("staff:files"), "label": _("诚信档案")},
                {"url": self.cancel_url(), "label": file.name},
            ],
            "facts": [
                {"label": _("姓名"), "value": file.name},
                {"label": _("单位"), "value": file.unit},
                {"label": _("职务"), "value": file.post_title},
                {"label": _("档案状态"), "value": file.get_status_display()},
            ],
        }


class EstablishFile(FileAct):
    act = Act.APPROVE
    form_class = ConfirmForm
    heading, submit = gettext_lazy("建立档案"), gettext_lazy("建立档案")
    lede = gettext_lazy("由录入人以外的第二人核对后建立（四眼原则）。")
    done = gettext_lazy("档案已建立。")

    def perform(self, form: Any) -> Any:
        reason = form.cleaned_data["reason"] or _("核对无误，建立档案")
        return files.establish_file(file=self.row, by=self.account, reason=reason)


class ConfirmIdentity(FileAct):
    form_class = IdentityForm
    heading, submit = gettext_lazy("核实身份"), gettext_lazy("记录核实")
    lede = gettext_lazy("由人核对证件后确认；系统只提出、不认定同一人。")
    done = gettext_lazy("身份核实已记录。")

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return files.confirm_identity(
            file=self.row, by=self.account, on=data["on"], document=data["document"],
            reason=data["reason"] or _("核实身份"),
        )  # fmt: skip


class InformSubject(FileAct):
    form_class = InformForm
    heading, submit = gettext_lazy("告知本人"), gettext_lazy("记录告知")
    lede = gettext_lazy("告知建档事实、内容、用途和异议权利（《个人信息保护法》第十七条）。")
    done = gettext_lazy("告知已记录。")

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return files.inform_subject(file=self.row, by=self.account, on=data["on"], reason=data["reason"])


class MovePerson(FileAct):
    act = Act.APPROVE
    form_class = MovePostForm
    heading, submit = gettext_lazy("职务变动"), gettext_lazy("登记职务变动")
    lede = gettext_lazy("结束现任职务并登记新任职务；档案的查阅权限随新的管理机关移转。")
    done = gettext_lazy("职务变动已登记。")

    def build_form(self, data: Any = None, files: Any = None) -> MovePostForm:
        # Whoever hands a file over names the authority that receives it, so any of today may be chosen.
        authorities = Organisation.objects.filter(assignments__role__in=["clerk", "organisation_officer"]).distinct()
        return MovePostForm(data, initial=self.initial() | {"once": fresh_key()}, authorities=authorities)

    def initial(self) -> dict[str, Any]:
        file = self.row
        return {"unit": file.unit, "authority": file.authority_id, "leading_post": file.leading_post, "rank": file.rank}

    def perform(self, form: Any) -> Any:
        return files.move_person(file=self.row, by=self.account, post=form.facts(), reason=form.cleaned_data["reason"])

    def get_success_url(self, result: Any) -> str:
        still = access.scope_for(self.account, Act.READ).admits(result) if result is not None else True
        return reverse("staff:file", args=[self.row.ref]) if still else reverse("staff:files")


class FreezeFile(FileAct):
    act = Act.APPROVE
    form_class = FreezeForm
    heading, submit, danger = gettext_lazy("冻结档案"), gettext_lazy("冻结"), True
    lede = gettext_lazy("离开现管理机关或离职后冻结：内容保留，不再录入。")
    done = gettext_lazy("档案已冻结。")

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return files.freeze_file(
            file=self.row, by=self.account, service_status=data["service_status"], on=data["on"], reason=data["reason"]
        )


class ProposeFile(ActView):
    """A new file 新建档案: a draft until a second person establishes it."""

    model = IntegrityFile
    heading, submit = gettext_lazy("新建档案"), gettext_lazy("保存草稿")
    lede = gettext_lazy("保存后由另一人核对并建立。仅限公务员和参照公务员法管理人员。")
    done = gettext_lazy("档案草稿已保存，等待第二人建立。")

    def fetch(self, **kwargs: Any) -> Any:
        """No row yet: whoever has no authority to enter for is not admitted."""
        if not self._authorities():
            raise NotAdmitted

    def _authorities(self) -> frozenset[int]:
        clauses = self.scope(Act.ENTER).clauses
        return frozenset(pk for clause in clauses if clause.family == "file" for pk in clause.authorities)

    def build_form(self, data: Any = None, files: Any = None) -> NewFileForm:
        authorities = Organisation.objects.filter(pk__in=self._authorities())
        initial = {"once": fresh_key(), "authority": authorities.first(), "reason": _("新任职人员建档")}
        return NewFileForm(data, initial=initial, authorities=authorities)

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return files.propose_file(
            by=self.account, name=data["name"], post=form.facts(), identity_number=data["identity_number"],
            servant_kind=data["servant_kind"], reason=data["reason"],
        )  # fmt: skip

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:file", args=[result.ref])

    def cancel_url(self) -> str:
        return reverse("staff:files")

    def context(self, form: Any) -> dict[str, Any]:
        return {"crumbs": [{"url": reverse("staff:files"), "label": _("诚信档案")}]}
