"""Addresses of the service process: what the public fills in. Nobody signs in here, and nothing closed is read."""

from django.urls import include, path

from integrity.urls_public import Routes, frame_routes, page_routes, public_routes

service_routes: Routes = [path("service/", include("cms.urls_service"))]
#: The other addresses are the public process's; here they only give the pages' links their places.
urlpatterns: Routes = [*frame_routes, *service_routes, *public_routes, *page_routes]
