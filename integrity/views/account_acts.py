"""Acts on an account 账户办理: what widens is asked for, what narrows is done at once (H18)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy

from integrity import accounts
from integrity.choices import ChangeKind
from integrity.forms.accounts import (
    LinkForm,
    OpenAccountForm,
    PlaceForm,
    ProviderForm,
    RenameForm,
    RequestForm,
)
from integrity.forms.base import ActForm
from integrity.models import AccessChange, Account
from integrity.views.accounts import one_account
from integrity.views.administration import AdministrationAct


class AccountAct(AdministrationAct, abstract=True):
    """An act or a request about one account of the own area."""

    row: Account
    form_class: ClassVar[type[ActForm]] = RequestForm
    kind: ClassVar[ChangeKind | None] = None
    submit = gettext_lazy("提出申请")
    done = gettext_lazy("申请已提出，等待另一名安全管理员批准。")

    def row_of(self, **kwargs: Any) -> Account:
        return one_account(self.account, kwargs["pk"])

    def columns(self, given: dict[str, Any]) -> dict[str, Any]:
        """The columns of the request, out of the form's declared fields alone."""
        return {}

    def perform(self, form: ActForm) -> Any:
        given = form.cleaned_data
        if self.kind is None:
            raise NotImplementedError
        return accounts.propose(
            kind=self.kind, by=self.account, account=self.row, reason=given["reason"], document=given["document"],
            **self.columns(given),
        )  # fmt: skip

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:account", args=[self.row.pk])

    def cancel_url(self) -> str:
        return reverse("staff:account", args=[self.row.pk])


class PlaceAccount(AccountAct):
    operation = "accounts.place"
    kind = ChangeKind.PLACE
    form_class = PlaceForm
    heading = gettext_lazy("变更账户所在单位")

    def columns(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"organisation": given["organisation"]}


class LinkAccount(AccountAct):
    operation = "accounts.link"
    kind = ChangeKind.LINK
    form_class = LinkForm
    heading = gettext_lazy("关联本人档案")
    lede = gettext_lazy("关联后该账户可查阅本人的全部记录。请核对本人身份。")

    def columns(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"subject": accounts.person_of(given["ref"])}


class LinkProvider(AccountAct):
    """Ask that an account signs in by the department's provider 关联统一身份: by its identifier there."""

    operation = "accounts.provider"
    kind = ChangeKind.LINK_PROVIDER
    form_class = ProviderForm
    heading = gettext_lazy("关联统一身份")
    lede = gettext_lazy("关联后，身份提供方以该标识认证的人可登录此账户。请核对本人身份和标识。")

    def columns(self, given: dict[str, Any]) -> dict[str, Any]:
        provider = settings.IDENTITY_PROVIDER
        return {
            "provider_issuer": provider.issuer if provider is not None else "",
            "provider_subject": given["identifier"],
        }


class ReactivateAccount(AccountAct):
    operation = "accounts.reactivate"
    kind = ChangeKind.REACTIVATE
    heading = gettext_lazy("恢复账户")


class ResetFactor(AccountAct):
    operation = "accounts.factor"
    kind = ChangeKind.RESET_FACTOR
    heading = gettext_lazy("重置第二因子")
    lede = gettext_lazy("批准后该账户须重新登记第二因子。请先核对本人身份。")


class OpenAccount(AdministrationAct):
    """Ask for a new account 开设账户."""

    operation = "accounts.open"
    form_class = OpenAccountForm
    heading = gettext_lazy("开设账户")
    lede = gettext_lazy("由另一名安全管理员批准后开设；不为他人设置口令，另行签发设置口令的链接。")
    submit = gettext_lazy("提出申请")
    done = gettext_lazy("申请已提出，等待另一名安全管理员批准。")

    def perform(self, form: ActForm) -> AccessChange:
        given = form.cleaned_data
        return accounts.propose(
            kind=ChangeKind.OPEN, by=self.account, reason=given["reason"], document=given["document"],
            username=given["username"], display_name=given["display_name"], organisation=given["organisation"],
        )  # fmt: skip

    def get_success_url(self, result: Any) -> str:
        return reverse("staff:changes")

    def cancel_url(self) -> str:
        return reverse("staff:accounts")


# --- one person's acts: narrowing -------------------------------------------------------------------------------------


class RenameAccount(AccountAct):
    operation = "accounts.rename"
    form_class = RenameForm
    heading = gettext_lazy("更正账户姓名")
    submit = gettext_lazy("更正")
    done = gettext_lazy("姓名已更正。")

    def initial(self) -> dict[str, Any]:
        return {"display_name": self.row.display_name}

    def perform(self, form: ActForm) -> Account:
        given = form.cleaned_data
        return accounts.rename(
            account=self.row, by=self.account, display_name=given["display_name"], reason=given["reason"]
        )


class UnlinkProvider(AccountAct):
    operation = "accounts.unlink"
    heading = gettext_lazy("解除统一身份")
    lede = gettext_lazy("立即生效：已有登录终止，此后不能以统一身份登录。")
    submit = gettext_lazy("解除")
    done = gettext_lazy("已解除。")
    danger = True

    def perform(self, form: ActForm) -> Account:
        given = form.cleaned_data
        return accounts.unlink_provider(
            account=self.row, by=self.account, reason=given["reason"], document=given["document"]
        )


class SuspendAccount(AccountAct):
    operation = "accounts.suspend"
    heading = gettext_lazy("停用账户")
    lede = gettext_lazy("立即生效：已有登录在下一次请求时终止。恢复须由两名安全管理员办理。")
    submit = gettext_lazy("停用")
    done = gettext_lazy("账户已停用。")
    danger = True

    def perform(self, form: ActForm) -> Account:
        given = form.cleaned_data
        return accounts.suspend(account=self.row, by=self.account, reason=given["reason"], document=given["document"])


class EndSessions(AccountAct):
    operation = "accounts.sessions"
    heading = gettext_lazy("终止全部登录")
    lede = gettext_lazy("该账户的所有登录在下一次请求时终止。")
    submit = gettext_lazy("终止")
    done = gettext_lazy("全部登录已终止。")
    danger = True

    def perform(self, form: ActForm) -> Account:
        return accounts.end_sessions(account=self.row, by=self.account, reason=form.cleaned_data["reason"])


class PasswordLink(AccountAct):
    """Ask for a link by which the holder sets the own password 签发口令链接: whoever has it could be the holder."""

    operation = "accounts.password"
    kind = ChangeKind.RESET_PASSWORD
    heading = gettext_lazy("签发设置口令的链接")
    lede = gettext_lazy("由另一名安全管理员批准；链接在批准后显示一次，请当面或者通过可靠渠道交给本人。")
