"""Addresses of the staff site; each chapter lists its own."""

from django.urls import URLPattern, URLResolver, path

from integrity.views import worklist

app_name = "staff"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", worklist.WorklistView.as_view(), name="worklist"),
    path("purpose/", worklist.StatePurposeView.as_view(), name="purpose"),
]
