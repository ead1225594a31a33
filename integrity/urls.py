"""Both worlds on one port, for development and the demo. Production runs them apart (`SITE`, design §7)."""

from integrity.urls_public import Routes, frame_routes, media_routes, page_routes, public_routes
from integrity.urls_staff import closed_forms, staff_routes

urlpatterns: Routes = [
    *closed_forms,
    *frame_routes,
    *staff_routes,
    *public_routes,
    *media_routes,
    *page_routes,
]
