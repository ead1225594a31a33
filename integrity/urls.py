"""Both worlds on one port, for development and the demo. Production runs them apart (`SITE`, design §7)."""

from django.conf import settings
from django.conf.urls.static import static

from integrity.urls_public import Routes, frame_routes, page_routes, public_routes
from integrity.urls_staff import closed_forms, staff_routes

urlpatterns: Routes = [
    *closed_forms,
    *frame_routes,
    *staff_routes,
    *public_routes,
    # Pictures of public pages; returns nothing unless DEBUG. Closed documents do not live there.
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    *page_routes,
]
