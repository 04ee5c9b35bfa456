"""Who is editing what at the desk."""

from django.conf import settings
from django.db import models

from deputies.votes.models import RollCallVersion


class Claim(models.Model):
    """That somebody is editing a draft, so that a second one does not begin; it lapses when they are not seen."""

    version = models.OneToOneField(RollCallVersion, models.CASCADE, related_name="claim")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.version_id} by {self.by_id}"
