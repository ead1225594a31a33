"""Addresses of the register of published records 执业信用公示."""

from django.urls import URLPattern, URLResolver, path

from cms import views

app_name = "register"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.register, name="index"),
    path("p/<uuid:ref>/", views.publication, name="publication"),
]
