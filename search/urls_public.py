"""Address of public search."""

from django.urls import URLPattern, URLResolver, path

from search import views

app_name = "public_search"
urlpatterns: list[URLPattern | URLResolver] = [path("", views.public_search, name="public")]
