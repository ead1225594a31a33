"""Address of staff search."""

from django.urls import URLPattern, URLResolver, path

from search import views

app_name = "search"
urlpatterns: list[URLPattern | URLResolver] = [path("", views.StaffSearch.as_view(), name="staff")]
