"""Both worlds on one port, for development and the demo. Production runs them apart (`SITE`, design §7)."""

from django.conf import settings
from django.urls import re_path
from django.views.static import serve

from integrity.urls_public import Routes, frame_routes, page_routes, public_routes
from integrity.urls_service import service_routes
from integrity.urls_staff import closed_forms, staff_routes

# Pictures of public pages, in development and the demo; production's web server serves them. Closed documents do
# not live there.
_SERVED = settings.DEBUG or settings.DEMO_ACCOUNTS_SHOWN
_MEDIA = settings.MEDIA_URL.lstrip("/")
pictures: Routes = (
    [re_path(rf"^{_MEDIA}(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT})] if _SERVED and _MEDIA else []
)

urlpatterns: Routes = [
    *closed_forms,
    *frame_routes,
    *staff_routes,
    *service_routes,
    *public_routes,
    *pictures,
    *page_routes,
]
