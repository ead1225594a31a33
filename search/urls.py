"""Staff search, mounted at /staff/search/ (the public one is urls_public)."""

from django.urls import URLPattern, URLResolver

app_name = "search"
urlpatterns: list[URLPattern | URLResolver] = []
