"""Public search, mounted at /search/ (the staff one is urls)."""

from django.urls import URLPattern, URLResolver

app_name = "public_search"
urlpatterns: list[URLPattern | URLResolver] = []
