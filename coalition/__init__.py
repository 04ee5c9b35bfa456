"""The site. Celery's app is imported here so that shared tasks find their broker."""

from coalition.celery import app as celery_app

__all__ = ["celery_app"]
