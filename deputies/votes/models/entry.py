"""What stands around a draft while it is entered: names nobody fits, warnings seen, the blind second entry."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.people.models import Person
from deputies.votes.enums import NameState
from deputies.votes.models.rollcalls import POSITION_CHOICES, RollCallVersion

NAME_STATE_CHOICES = {
    NameState.UNMATCHED.value: _("Nobody fits"),
    NameState.MATCHED.value: _("Picked"),
    NameState.SOURCE_ERROR.value: _("Mistake of the source"),
    NameState.IGNORED.value: _("Not a name"),
}


class WrittenName(models.Model):
    """A name that was pasted or uploaded into a draft and that nobody's spelling fits, until a person has decided."""

    version = models.ForeignKey(RollCallVersion, models.CASCADE, related_name="written_names")
    line = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    position = models.CharField(max_length=20, choices=POSITION_CHOICES, blank=True)
    why = models.TextField(help_text=_("Why nobody was taken, in a sentence."))
    suggested = models.JSONField(default=list, help_text=_("Ids of those who may be meant, the likeliest first."))
    state = models.CharField(max_length=15, choices=NAME_STATE_CHOICES, default=NameState.UNMATCHED.value)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "line", "name"], name="votes_writtenname_once"),
            models.CheckConstraint(
                name="votes_writtenname_matched_is_somebody",
                condition=models.Q(state=NameState.MATCHED.value, person__isnull=False)
                | (~models.Q(state=NameState.MATCHED.value) & models.Q(person=None)),
            ),
            models.CheckConstraint(
                name="votes_writtenname_decided_by_somebody",
                condition=models.Q(state=NameState.UNMATCHED.value) | models.Q(decided_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}, line {self.line}: {self.name}"


class Acknowledgement(models.Model):
    """That a person saw one warning about a draft; `key` names the warning with its facts, so it lapses with them."""

    version = models.ForeignKey(RollCallVersion, models.CASCADE, related_name="acknowledgements")
    key = models.CharField(max_length=64)
    words = models.TextField(help_text=_("The warning as it was shown."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="votes_acknowledgement_once")]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.key[:8]}"


class Keying(models.Model):
    """The blind second entry of a key vote: positions by id of the person."""

    version = models.OneToOneField(RollCallVersion, models.CASCADE, related_name="keying")
    positions = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"second entry of {self.version_id}"
