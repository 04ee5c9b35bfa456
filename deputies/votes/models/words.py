"""The words that sources write for votes, and what each means."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from deputies.votes.enums import Position
from deputies.votes.imports.named import normal
from deputies.votes.models.rollcalls import POSITION_CHOICES


class VoteWordQuerySet(models.QuerySet["VoteWord"]):
    def vote_words(self) -> dict[str, Position]:
        """What each word means, by its normal form."""
        return {word: Position(position) for word, position in self.values_list("word", "position")}


class VoteWord(models.Model):
    """One word, in the form in which words are compared; a word that is not here stops whoever pastes it."""

    word = models.CharField(_("word"), max_length=100, unique=True)
    position = models.CharField(_("what it means"), max_length=20, choices=POSITION_CHOICES)

    objects = VoteWordQuerySet.as_manager()

    class Meta:
        verbose_name = _("vote word")
        verbose_name_plural = _("vote words")
        constraints = [
            models.CheckConstraint(name="votes_voteword_has_word", condition=~models.Q(word="")),
            models.CheckConstraint(
                name="votes_voteword_known_position", condition=models.Q(position__in=[p.value for p in Position])
            ),
        ]

    def __str__(self) -> str:
        return self.word

    def clean(self) -> None:
        self.word = normal(self.word)
        if not self.word:
            raise ValidationError({"word": _("Write at least one letter or sign.")})
