"""Addresses of public search."""

from django.urls import URLPattern, URLResolver, path

from search import feeds, views

app_name = "public_search"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.public_search, name="public"),
    path("feed.atom", feeds.question_feed, name="feed"),
]
