"""Addresses of the services that the public fills in 公众服务."""

from django.urls import URLPattern, URLResolver, path

from cms.service import requests, surveys

app_name = "service"
urlpatterns: list[URLPattern | URLResolver] = [
    path("requests/", requests.start, name="requests"),
    path("requests/apply/", requests.apply, name="apply"),
    path("requests/status/", requests.status, name="status"),
    path("requests/supplement/", requests.supplement, name="supplement"),
    path("requests/withdraw/", requests.withdraw, name="withdraw"),
    path("requests/released/", requests.released, name="released"),
    path("surveys/", surveys.surveys, name="surveys"),
    path("surveys/<uuid:ref>/", surveys.survey, name="survey"),
]
