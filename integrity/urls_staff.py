"""Addresses of the staff process: sign-in, records, staff search, the editors' admin.

cms and search are named by strings: integrity knows neither of them (design §1). The frame alone, which
Django puts together at start, brings the three packages under one roof; the import contracts do not see
strings, and need not.
"""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from integrity.sign_in.identity_provider import PROVIDER_ID
from integrity.sign_in.passwords import SetPassword
from integrity.urls_public import Routes, frame_routes, media_routes
from integrity.views import frame, provider
from integrity.views.account import RemoveKey, SignIn

# Wagtail brings password forms of its own, and each of them signs in without the second factor (tried:
# its login did so even with WAGTAILADMIN_LOGIN_URL set). These routes stand BEFORE the includes, so that
# the forms cannot be reached; tests/architecture asks for every one of them.
closed_forms: Routes = [
    re_path(r"^cms/login/?$", frame.to_sign_in),
    re_path(r"^cms/password_reset(?:/.*)?$", frame.to_sign_in),
    re_path(r"^(?:[a-z]{2,3}(?:-[a-z]+)?/)?_util/login/?$", frame.to_sign_in),
    re_path(r"^accounts/(?:signup|inactive)(?:/.*)?$", frame.to_sign_in),
    # Accounts are kept by the security administrator: no reset by mail, no address to confirm, no sign-in by code.
    re_path(r"^accounts/(?:email|confirm-email|password/(?:re)?set|login/code)(?:/.*)?$", frame.absent),
    # Nobody opens an account or connects one by a third party (allauth would do both).
    re_path(r"^accounts/(?:3rdparty|social)(?:/.*)?$", frame.absent),
    path("accounts/", RedirectView.as_view(url=settings.LOGIN_REDIRECT_URL)),
]
closed_forms += [
    # Every page is public or not there: no passwords, groups or sign-ins before a page or a folder.
    re_path(r"^cms/pages/\d+/privacy/", frame.absent),
    re_path(r"^cms/collections/\d+/privacy/", frame.absent),
]
staff_routes: Routes = [
    # allauth's own sign-in view with the demo accounts beside it; same address, so the name stays allauth's.
    path("accounts/login/", SignIn.as_view()),
    path(f"accounts/oidc/{PROVIDER_ID}/login/", provider.GoToProvider.as_view(), name="provider_login"),
    path(f"accounts/oidc/{PROVIDER_ID}/login/callback/", provider.ComeBack.as_view(), name="provider_callback"),
    re_path(r"^accounts/oidc(?:/.*)?$", frame.absent),  # allauth's own: these know no nonce and verify no signature
    path("accounts/2fa/webauthn/keys/<int:pk>/remove/", RemoveKey.as_view()),
    path("accounts/set-password/<uidb64>/<token>/", SetPassword.as_view(), name="set_password"),
    path("accounts/", include("allauth.urls")),
    path("cms/", include("wagtail.admin.urls")),
    path("documents/", include("wagtail.documents.urls")),
    path("staff/search/", include("search.urls")),
    path("staff/", include("integrity.views.urls")),
]

urlpatterns: Routes = [
    *closed_forms,
    *frame_routes,
    *staff_routes,
    *media_routes,
    path("", RedirectView.as_view(url=settings.LOGIN_REDIRECT_URL)),
]
