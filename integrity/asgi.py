"""ASGI entry point, for servers that speak it. DJANGO_SETTINGS_MODULE must name the settings."""

from django.core.asgi import get_asgi_application

application = get_asgi_application()
