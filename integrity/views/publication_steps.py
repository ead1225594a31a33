"""Steps of a publication 公示步骤 (domain §8, §15): review, tell the subject, publish, suspend, resume, withdraw."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrity import notices, publications
from integrity.choices import Act, WithdrawalReason
from integrity.forms.base import ActForm, ConfirmForm, ReasonForm
from integrity.forms.publications import NoticeForm, WithdrawForm
from integrity.models import Publication
from integrity.projection import shown
from integrity.views.base import ActView
from integrity.views.publications import RELATED


class PublicationStep(ActView, abstract=True):
    """One step of a publication's life 公示步骤: opened by whoever may do it, done by the act alone."""

    model = Publication
    related = RELATED
    form_class: ClassVar[type[ActForm]] = ReasonForm
    template_name = "integrity/publications/step.html"

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:publication", args=[self.row.ref])

    def cancel_url(self) -> str:
        return reverse("staff:publication", args=[self.row.ref])

    def context(self, form: ActForm) -> dict[str, Any]:
        return {"shown": [{"label": label, "value": value} for _key, label, value in shown(self.row.projection)]}


class EitherStep(PublicationStep, abstract=True):
    """A step that two roles may do: whoever of them comes, through the act it is let in by."""

    acts: tuple[Act, ...] = (Act.REVOKE, Act.PUBLISH)

    def fetch(self, **kwargs: Any) -> Any:
        for act in self.acts:
            if not self.scope(act).empty:
                return self.opened(act, self.model, self.related, ref=kwargs["ref"])
        return self.opened(self.acts[-1], self.model, self.related, ref=kwargs["ref"])


class Review(PublicationStep):
    act = Act.REVIEW_PUBLICATION
    heading = gettext_lazy("公示审查")
    lede = gettext_lazy("核对：公示依据、不含国家秘密和工作秘密、个人信息以所列事项为限（政府信息公开条例 14–17）。")
    submit = gettext_lazy("审查通过")
    done = gettext_lazy("审查通过，下一步由主管部门告知当事人。")

    def perform(self, form: ActForm) -> Publication:
        return publications.review(publication=self.row, by=self.account, reason=form.cleaned_data["reason"])


class Refuse(EitherStep):
    acts = (Act.REVIEW_PUBLICATION, Act.PUBLISH)
    heading = gettext_lazy("不予公示")
    submit = gettext_lazy("不予公示")
    danger = True

    def perform(self, form: ActForm) -> Publication:
        return publications.refuse(publication=self.row, by=self.account, reason=form.cleaned_data["reason"])


class ServeNotice(PublicationStep):
    """The notice as the system words it, and the proof that it was served 告知 (H4)."""

    act = Act.SERVE
    form_class = NoticeForm
    template_name = "integrity/publications/notice.html"
    heading = gettext_lazy("告知当事人")
    lede = gettext_lazy("告知书文字由系统生成，不能删减；没有送达证明不得公示（H4）。")
    submit = gettext_lazy("登记送达")
    done = gettext_lazy("已登记送达，等待信息发布岗发布。")

    def initial(self) -> dict[str, Any]:
        return {"served_on": timezone.localdate()}

    def perform(self, form: ActForm) -> Any:
        given = form.cleaned_data
        return notices.serve_notice(
            publication=self.row,
            by=self.account,
            served_on=given["served_on"],
            channel=given["channel"],
            proof=given["proof"],
            reason=given["reason"] or _("公示前告知"),
        )

    def context(self, form: ActForm) -> dict[str, Any]:
        return super().context(form) | {"text": notices.notice_text(self.row)}


class Publish(PublicationStep):
    act = Act.PUBLISH
    form_class = ConfirmForm
    heading = gettext_lazy("发布公示")
    lede = gettext_lazy("发布人不得是录入、审核、提出、审查该记录的人（H18）。")
    submit = gettext_lazy("发布")
    done = gettext_lazy("已发布，公众即可查阅。")

    def perform(self, form: ActForm) -> Publication:
        reason = form.cleaned_data["reason"] or _("依法公示")
        return publications.publish(publication=self.row, by=self.account, reason=reason)


class Suspend(EitherStep):
    heading = gettext_lazy("暂停公示")
    submit = gettext_lazy("暂停公示")
    done = gettext_lazy("已暂停，公众不再看到。")

    def perform(self, form: ActForm) -> Publication:
        return publications.suspend(publication=self.row, by=self.account, reason=form.cleaned_data["reason"])


class Resume(PublicationStep):
    act = Act.PUBLISH
    heading = gettext_lazy("恢复公示")
    submit = gettext_lazy("恢复公示")
    done = gettext_lazy("已恢复公示。")

    def perform(self, form: ActForm) -> Publication:
        return publications.resume(publication=self.row, by=self.account, reason=form.cleaned_data["reason"])


class Withdraw(EitherStep):
    form_class = WithdrawForm
    heading = gettext_lazy("撤下公示")
    lede = gettext_lazy("撤下后只保留不含个人信息的撤下记录；再次公示须重新提出。")
    submit = gettext_lazy("撤下")
    done = gettext_lazy("已撤下。")
    danger = True

    def perform(self, form: ActForm) -> Publication:
        given = form.cleaned_data
        cause = WithdrawalReason(given["cause"])
        return publications.withdraw(publication=self.row, by=self.account, cause=cause, reason=given["reason"])
