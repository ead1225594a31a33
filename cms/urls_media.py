"""Addresses of pictures: below MEDIA_URL, asked of the rows each time."""

from django.urls import URLPattern, URLResolver, path

from cms import media

urlpatterns: list[URLPattern | URLResolver] = [path("<path:path>", media.picture, name="picture")]
