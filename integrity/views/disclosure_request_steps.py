"""Steps of a request for information 依申请公开办理: one form, one act."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import access
from integrity.asking import handling, replying
from integrity.choices import Act
from integrity.exceptions import NotAdmitted
from integrity.forms.base import ActForm, ConfirmForm
from integrity.forms.disclosure_requests import (
    AskExtensionForm,
    ConsultForm,
    DecideExtensionForm,
    OfferForm,
    OpinionForm,
    ReleaseForm,
    ReplyForm,
    SupplementForm,
    WordsForm,
)
from integrity.models import InformationRequest
from integrity.views.base import ActView
from integrity.views.disclosure_requests import RELATED


class RequestStep(ActView, abstract=True):
    """A step of one request: opened under the act it needs, logged, done by the act alone."""

    model = InformationRequest
    act = Act.HANDLE
    form_class: ClassVar[type[ActForm]] = WordsForm
    row: InformationRequest

    def fetch(self, **kwargs: Any) -> Any:
        rows = InformationRequest.objects.select_related(*RELATED)
        return access.open_one(self.account, self.act, rows, door=self.door, request=self.request, ref=kwargs["ref"])

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:information_request", args=[self.row.ref])

    def cancel_url(self) -> str:
        return reverse("staff:information_request", args=[self.row.ref])

    def about(self) -> str:
        return self.row.code

    def context(self, form: ActForm) -> dict[str, Any]:
        return {
            "crumbs": [
                {"url": reverse("staff:information_requests"), "label": _("依申请公开")},
                {"url": reverse("staff:information_request", args=[self.row.ref]), "label": self.row.code},
            ]
        }


class Accept(RequestStep):
    form_class = ConfirmForm
    heading = submit = gettext_lazy("受理")
    done = gettext_lazy("已受理。")

    def perform(self, form: ActForm) -> Any:
        return handling.accept(request=self.row, by=self.account, reason=form.cleaned_data["reason"])


class AskSupplement(RequestStep):
    form_class = SupplementForm
    heading = submit = gettext_lazy("告知补正")
    lede = gettext_lazy("只能一次性告知。答复期限自收到补正之日起重新计算；逾期不补正的，不再处理（第三十条）。")
    done = gettext_lazy("已告知补正。")

    def perform(self, form: ActForm) -> Any:
        return handling.ask_supplement(request=self.row, by=self.account, text=form.cleaned_data["text"])


class Consult(RequestStep):
    form_class = ConsultForm
    heading = submit = gettext_lazy("征求第三方意见")
    lede = gettext_lazy("第三方应当在十五个工作日内提出意见，所需时间不计入答复期限（第三十二条、第三十三条）。")
    done = gettext_lazy("已登记，答复期限暂停计算。")

    def perform(self, form: ActForm) -> Any:
        return handling.consult(request=self.row, by=self.account, text=form.cleaned_data["text"])


class Hear(RequestStep):
    form_class = OpinionForm
    heading = submit = gettext_lazy("登记第三方意见")
    done = gettext_lazy("已登记，答复期限恢复计算。")

    def perform(self, form: ActForm) -> Any:
        given = form.cleaned_data
        return handling.hear(request=self.row, by=self.account, text=given["text"], received_on=given["received_on"])


class AskExtension(RequestStep):
    form_class = AskExtensionForm
    heading = submit = gettext_lazy("提请延期")
    lede = gettext_lazy("由政府信息公开工作机构负责人决定，最长二十个工作日（第三十三条）。")
    done = gettext_lazy("已提请负责人决定。")

    def perform(self, form: ActForm) -> Any:
        return handling.ask_extension(request=self.row, by=self.account, text=form.cleaned_data["text"])


class DecideExtension(RequestStep):
    act = Act.SIGN
    form_class = DecideExtensionForm
    heading = submit = gettext_lazy("审批延期")
    done = gettext_lazy("已登记决定。")

    def perform(self, form: ActForm) -> Any:
        given = form.cleaned_data
        return handling.decide_extension(
            request=self.row, by=self.account, approved=given["approved"], workdays=given["workdays"] or 0,
            text=given["text"],
        )  # fmt: skip


class Release(RequestStep):
    form_class = ReleaseForm
    heading = gettext_lazy("添加提供的信息")
    lede = gettext_lazy("保存的是区分处理后重新生成的文字。原文、原文件名和不予公开的内容都不保存（第三十七条）。")
    submit = gettext_lazy("生成并保存")
    done = gettext_lazy("已生成。请核对生成的文字，再拟答复。")

    def perform(self, form: ActForm) -> Any:
        assert isinstance(form, ReleaseForm)  # noqa: S101  the class above
        given = form.cleaned_data
        return replying.release(
            request=self.row, by=self.account, title=given["title"], original=given["original_text"],
            withheld=form.words(),
        )  # fmt: skip


class DropReleased(RequestStep):
    form_class = ConfirmForm
    heading = submit = gettext_lazy("删去所附信息")
    done = gettext_lazy("已删去。")
    danger = True

    def perform(self, form: ActForm) -> Any:
        return replying.drop_released(request=self.row, by=self.account, ref=self.kwargs["file"])


class Draft(RequestStep):
    form_class = ReplyForm
    heading = gettext_lazy("拟答复")
    submit = gettext_lazy("提交签发")
    done = gettext_lazy("答复稿已提交，由另一人签发。")

    def perform(self, form: ActForm) -> Any:
        given = form.cleaned_data
        return replying.draft(
            request=self.row, by=self.account, kind=given["kind"], number=given["number"], text=given["text"]
        )


class ReturnDraft(RequestStep):
    act = Act.SIGN
    heading = submit = gettext_lazy("退回答复稿")
    done = gettext_lazy("已退回承办人。")

    def perform(self, form: ActForm) -> Any:
        return replying.return_draft(request=self.row, by=self.account, text=form.cleaned_data["text"])


class Sign(RequestStep):
    act = Act.SIGN
    form_class = ConfirmForm
    heading = submit = gettext_lazy("签发答复")
    lede = gettext_lazy("签发后申请人即可看到答复和所附信息。请先核对答复书和所附文字。")
    done = gettext_lazy("答复已签发。")

    def perform(self, form: ActForm) -> Any:
        return replying.sign(request=self.row, by=self.account, reason=form.cleaned_data["reason"])


class Close(RequestStep):
    form_class = ConfirmForm
    heading = submit = gettext_lazy("办结归档")
    done = gettext_lazy("已归档。")

    def perform(self, form: ActForm) -> Any:
        return replying.close(request=self.row, by=self.account, reason=form.cleaned_data["reason"])


class Offer(RequestStep):
    form_class = OfferForm
    heading = submit = gettext_lazy("转为主动公开")
    lede = gettext_lazy("把已提供的信息交采编公开；不带申请人的任何信息，也不与本申请关联（第四十四条）。")
    done = gettext_lazy("已交采编。")

    def perform(self, form: ActForm) -> Any:
        return replying.offer(
            request=self.row, by=self.account, ref=self.kwargs["file"], title=form.cleaned_data["title"]
        )


class ReleasedText(RequestStep):
    """The released file as the applicant gets it 所附信息下载: for the two who answer for it."""

    act = Act.READ

    def get(self, request: Any, **kwargs: Any) -> HttpResponse:
        file = next((one for one in replying.released_of(self.row) if one["ref"] == kwargs["file"]), None)
        if file is None:
            raise NotAdmitted
        return text_answer(file)

    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        raise NotAdmitted


def text_answer(file: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(replying.file_bytes(file), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file["file_name"]}"'
    response["Cache-Control"] = "private, no-store"
    return response
