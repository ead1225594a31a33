"""Other ways to sign in: a security key 安全密钥 (of software, CDP WebAuthn), a department's provider 统一身份认证;
and the relatives that somebody declares 申报亲属."""

from typing import Any

from playwright.sync_api import expect

from integrity.demo.accounts import PASSWORD
from tests.integrity import provider as providers
from tests.journeys.conftest import Arrive
from tests.journeys.scene import Site
from tests.journeys.visitor import PHONE, Visitor


def plug_in(visitor: Visitor) -> tuple[Any, str]:
    """A key in the machine, touched whenever it is asked to."""
    devtools = visitor.page.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable")
    made = devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": False,
                     "automaticPresenceSimulation": True}},
    )  # fmt: skip
    return devtools, made["authenticatorId"]


def password(visitor: Visitor, username: str) -> None:
    visitor.open("/accounts/login/")
    visitor.page.locator("#id_login").fill(username)
    visitor.page.locator("#id_password").fill(PASSWORD)
    visitor.press("登录")


def sign_out(visitor: Visitor) -> None:
    visitor.open("/accounts/logout/")
    visitor.page.locator("main form button").first.click()
    visitor.page.wait_for_url(lambda url: "logout" not in url)


def test_a_key_is_registered_asked_for_listed_and_removed(arrive: Arrive, site: Site) -> None:
    # A key belongs to a name: an address of digits has none.
    visitor = arrive(at=site.address.replace("127.0.0.1", "localhost"))
    devtools, key = plug_in(visitor)
    password(visitor, "clerk")
    visitor.open("/accounts/2fa/")
    visitor.check_accessible()
    visitor.shot("keys-none", whole=True)
    visitor.page.locator("section", has_text="安全密钥").get_by_role("link", name="登记").click()
    visitor.check_accessible()
    visitor.shot("key-add", whole=True)
    visitor.page.get_by_label("名称").fill("蓝色密钥")
    visitor.press("登记")
    visitor.page.wait_for_url("**/recovery-codes/**")
    visitor.reads("安全密钥已登记")
    visitor.open("/accounts/2fa/webauthn/")
    visitor.reads("蓝色密钥")
    visitor.check_accessible()
    visitor.shot("keys-list", whole=True)

    sign_out(visitor)
    password(visitor, "clerk")
    assert visitor.path() == "/accounts/2fa/authenticate/"
    visitor.check_accessible()
    visitor.shot("key-ask", whole=True)
    visitor.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # the two keys it wants
    visitor.check_width()
    visitor.shot("key-ask-phone", whole=True)
    visitor.open("/staff/files/")  # the password alone opens nothing
    assert visitor.path() == "/accounts/2fa/authenticate/"
    visitor.press("使用安全密钥")
    visitor.page.wait_for_url("**/staff/**")

    visitor.open("/accounts/2fa/webauthn/")
    visitor.follow("改名")
    visitor.fill({"名称": "绿色密钥"})
    visitor.press("保存")
    visitor.reads("绿色密钥")
    visitor.follow("移除")
    visitor.shot("key-remove", whole=True)
    visitor.press("移除")
    visitor.reads("没有登记安全密钥", "安全密钥已移除")
    sign_out(visitor)
    password(visitor, "clerk")
    assert visitor.path() == "/staff/"
    devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})


def test_another_key_does_not_open(arrive: Arrive, site: Site) -> None:
    place = site.address.replace("127.0.0.1", "localhost")
    owner = arrive(at=place)
    devtools, key = plug_in(owner)
    password(owner, "reviewer")
    owner.open("/accounts/2fa/webauthn/add/")
    owner.press("登记")
    owner.page.wait_for_url("**/recovery-codes/**")
    sign_out(owner)
    devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "usb", "hasResidentKey": False, "hasUserVerification": False,
                     "automaticPresenceSimulation": True}},
    )  # fmt: skip
    password(owner, "reviewer")
    owner.page.get_by_role("button", name="使用安全密钥").click()
    expect(owner.page.locator("#key-problem")).to_be_visible()
    owner.shot("key-wrong", whole=True)
    assert owner.path() == "/accounts/2fa/authenticate/"


def test_two_administrators_link_an_account_and_its_holder_signs_in_by_the_provider(arrive: Arrive, site: Site) -> None:
    """Through the browser, because the content policy has a say in where a form may lead."""
    with providers.serving() as provider:
        provider.subject = "sub-0147"
        place = site.start(
            OIDC_ISSUER=provider.issuer, OIDC_CLIENT_ID=providers.CLIENT_ID, OIDC_CLIENT_SECRET=providers.SECRET,
            OIDC_NAME="省统一身份认证",
        )  # fmt: skip
        holder = arrive(at=place)
        holder.open("/accounts/login/")
        holder.check_accessible()
        holder.shot("provider-login", whole=True)
        with holder.refusal(403):
            holder.press("以省统一身份认证登录")
        holder.reads("没有可以用此身份登录的账户")
        holder.check_accessible()
        holder.shot("provider-refused", whole=True)

        asks = arrive("security_admin", at=place)
        asks.open("/staff/accounts/?text=李春梅")
        asks.follow("李春梅")
        asks.follow("关联统一身份")
        asks.shot("provider-link", whole=True)
        asks.fill({"身份标识": "sub-0147", "事由": "启用统一身份认证"})
        asks.press("提出申请")
        confirms = arrive("security_second", at=place)
        confirms.open("/staff/changes/")
        confirms.follow("关联统一身份")
        confirms.follow("批准")
        confirms.reads("sub-0147")
        confirms.shot("provider-confirm", whole=True)
        confirms.press("批准")

        holder.open("/accounts/login/?next=/staff/my/recusals/")
        holder.press("以省统一身份认证登录")
        assert holder.path() == "/staff/my/recusals/"
        assert "李春梅" in holder.page.inner_text("header")
        provider.down = {"/.well-known/openid-configuration"}
        late = arrive(at=place)
        late.open("/accounts/login/")
        with late.refusal(503):
            late.press("以省统一身份认证登录")
        late.reads("身份认证系统没有应答")
        late.shot("provider-down", whole=True)


def test_a_relative_is_declared_and_the_file_closes(arrive: Arrive, site: Site) -> None:
    clerk = arrive("clerk")
    clerk.open("/staff/files/")
    link = clerk.page.locator("main table a[href^='/staff/files/']").first
    address = str(link.get_attribute("href"))
    name = link.inner_text().strip()
    assert clerk.status(address) == 200
    clerk.open("/staff/my/recusals/")
    clerk.follow("申报亲属")
    clerk.check_accessible()
    clerk.fill({"亲属关系": "夫妻", "亲属姓名": name})
    with clerk.refusal(422):
        clerk.press("申报")
    clerk.reads("请填写身份证号、档案编号或者工作单位")
    clerk.shot("relative-form", whole=True)
    clerk.fill({"亲属档案编号": address.rstrip("/").rpartition("/")[2]})
    clerk.press("申报")
    clerk.reads("申报已记录", name, "夫妻")
    clerk.check_accessible()
    clerk.shot("relatives", whole=True)
    assert clerk.status(address) == 404
    clerk.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # the two keys it wants
    clerk.open("/staff/my/recusals/")
    clerk.check_width()
    clerk.shot("relatives-phone", whole=True)
