"""Celery is the bell; PostgreSQL is the memory. Losing the broker costs minutes, never a letter."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coalition.settings")

app = Celery("nakaz")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
