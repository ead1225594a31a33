"""Addresses of the public process: published records, disclosures, public search. No sign-in, no admin."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from integrity.views import checkpoint, frame

Routes = list[URLPattern | URLResolver]

# Both processes have these.
frame_routes: Routes = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("health/", frame.health, name="health"),
    path(".well-known/integrity-checkpoint", checkpoint.newest, name="checkpoint"),
]
public_routes: Routes = [
    path("search/", include("search.urls_public")),
    path("register/", include("cms.urls")),
    path("", include("cms.urls_site")),
]
# Pictures, while a live page uses them; the folder itself is served by nobody.
media_routes: Routes = [path("media/", include("cms.urls_media"))]
# Last: whatever is left is a page's address.
page_routes: Routes = [path("", include("wagtail.urls"))]

urlpatterns: Routes = [
    # Wagtail's forms for private pages (password, sign-in): a public process has neither.
    re_path(r"^(?:[a-z]{2,3}(?:-[a-z]+)?/)?_util/", frame.absent),
    *frame_routes,
    path("documents/", include("wagtail.documents.urls")),
    *public_routes,
    *media_routes,
    *page_routes,
]
