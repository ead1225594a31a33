"""WSGI entry point: `gunicorn integrity.wsgi` with DJANGO_SETTINGS_MODULE=integrity.settings.production."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
