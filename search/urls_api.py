"""Addresses of staff search for machines; the lists and records beside them are `integrity.api`'s."""

from django.urls import URLPattern, path

from search import api, described

app_name = "search_api"
urlpatterns: list[URLPattern] = [
    path("search/", api.StaffSearchAnswer.as_view(), name="search"),
    path("openapi.json", described.StaffDescription.as_view(), name="description"),
]
