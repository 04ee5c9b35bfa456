"""Organisers: who may edit."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """An organiser. The display name is a pseudonym: what the record shows of a person is their role."""

    display_name = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return self.display_name or self.username
