"""Addresses of the public interface for machines."""

from django.urls import URLPattern, path, re_path

from cms import api as register
from search import api_public

app_name = "public_api"
urlpatterns: list[URLPattern] = [
    path("openapi.json", api_public.PublicDescription.as_view(), name="description"),
    path("search/", api_public.PublicSearchAnswer.as_view(), name="search"),
    path("register/", register.Register.as_view(), name="register"),
    path("register/<uuid:ref>/", register.OnePublished.as_view(), name="publication"),
    path("disclosures/", register.Disclosures.as_view(), name="disclosures"),
    path("disclosures/<uuid:ref>/", register.OneDisclosure.as_view(), name="disclosure"),
    re_path(r"^(?P<rest>.*)$", register.Nothing.as_view(), name="nothing"),
]
