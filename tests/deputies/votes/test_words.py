"""The table of vote words."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from deputies.votes.enums import Position
from deputies.votes.imports.named import normal
from deputies.votes.models import VoteWord
from tests.coalition.accounts import door
from tests.deputies.votes.test_pasted import WORDS
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db


def test_the_words_that_are_there_from_the_start() -> None:
    words = VoteWord.objects.vote_words()

    assert words == WORDS
    assert all(word == normal(word) for word in words)
    assert [words[normal(word)] for word in ("За", "возд.", "НЕ ГОЛ.", "отс.", "−", "+", "Воздержался.", "уваж.")] == [
        Position.FOR,
        Position.ABSTAIN,
        Position.PRESENT_NOT_VOTING,
        Position.ABSENT,
        Position.AGAINST,
        Position.FOR,
        Position.ABSTAIN,
        Position.EXCUSED,
    ]


def test_a_word_is_kept_in_its_normal_form_and_once() -> None:
    word = VoteWord(word=" Поддержано: ", position=Position.FOR.value)
    word.full_clean()
    word.save()

    assert VoteWord.objects.vote_words()["поддержано"] is Position.FOR
    with pytest.raises(ValidationError, match="already exists"):
        VoteWord(word="ПОДДЕРЖАНО", position=Position.AGAINST.value).full_clean()
    with pytest.raises(ValidationError, match="Write at least one letter or sign"):
        VoteWord(word=" .: ", position=Position.FOR.value).full_clean()


def test_words_that_cannot_be() -> None:
    with refused_by("votes_voteword_has_word"):
        VoteWord.objects.create(word="", position="for")
    with refused_by("votes_voteword_known_position"):
        VoteWord.objects.create(word="ура", position="hooray")


def test_the_page_of_words_adds_one() -> None:
    client = door.signed_in(door.organiser(superuser=True))

    answer = client.post(reverse("admin:votes_voteword_add"), {"word": "Одобрено.", "position": "for"})

    assert answer.status_code == 302
    assert VoteWord.objects.vote_words()["одобрено"] is Position.FOR
    assert client.get(reverse("admin:votes_voteword_changelist"), {"q": "одобрено"}).status_code == 200
