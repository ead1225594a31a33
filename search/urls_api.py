"""Addresses of staff search for machines; the lists and records beside them are `integrity.api`'s."""

from django.urls import URLPattern, path

from search import api_staff

app_name = "search_api"
urlpatterns: list[URLPattern] = [
    path("search/", api_staff.StaffSearchAnswer.as_view(), name="search"),
    path("openapi.json", api_staff.StaffDescription.as_view(), name="description"),
]
