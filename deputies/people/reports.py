"""What a reader's words may mean: a district, a street or an area in some, or a deputy."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models.functions import Greatest

from deputies.people.keys import district_number, in_russian_keys, place_key
from deputies.people.models import Chamber, District, Mandate, Person, Place
from deputies.people.models.places import PlaceQuerySet
from deputies.people.names import sound
from deputies.sources.language import Words

LONGEST = 100  # characters of a reader's words that are looked at
MOST = 50
NEAR = 6


@dataclass(frozen=True, slots=True)
class Answer:
    """A deputy, a district, or a place: all streets or areas of one name, by district."""

    person: Person | None = None
    district: District | None = None
    places: tuple[Place, ...] = ()

    @property
    def is_split(self) -> bool:
        """Whether one place lies in several districts."""
        return len(self.places) > 1 and any(place.is_part for place in self.places)

    @property
    def is_known_in_part(self) -> bool:
        """Whether no source says in which district the rest of the place is."""
        return len(self.places) == 1 and self.places[0].is_part

    @property
    def name(self) -> Words:
        return self.places[0].name

    @property
    def districts(self) -> set[District]:
        """The districts that it is or lies in."""
        return {self.district} if self.district else {place.district for place in self.places}


@dataclass(frozen=True, slots=True)
class Found:
    """Answers to a reader's words; where nothing has that name, what is spelled much like it."""

    answers: list[Answer]
    is_near: bool = False

    @property
    def only_person(self) -> Person | None:
        return self.answers[0].person if len(self.answers) == 1 and not self.is_near else None

    @property
    def only_district(self) -> District | None:
        """The district to which all that was found leads, and leads whole."""
        if self.is_near or any(answer.person or answer.is_known_in_part for answer in self.answers):
            return None
        found = set[District]().union(*(answer.districts for answer in self.answers))
        return found.pop() if len(found) == 1 else None


def place_kinds(chamber: Chamber) -> set[str]:
    """Which kinds of places can be looked for; one query."""
    return set(Place.objects.in_chamber(chamber).values_list("kind", flat=True).distinct())


def find(written: str, chamber: Chamber, people: Iterable[Person]) -> Found:
    """What `written` names in a chamber; two to five queries.

    It may be in either alphabet, carry a house number, or be typed with the keyboard in the wrong language.
    """
    text = " ".join(written.replace("\0", " ").split())[:LONGEST]
    districts = chamber.districts.order_by("number")
    if (number := district_number(text)) is not None:
        return Found([Answer(district=each) for each in districts.filter(number=number)])
    known = [(Answer(person=each), _heard(each.name_ru, each.name_en)) for each in people]
    known += [
        (Answer(district=each), _heard(each.name_ru, each.name_en, each.areas_ru, each.areas_en)) for each in districts
    ]
    for spelled in dict.fromkeys([text, in_russian_keys(text)]):
        if answers := _named(spelled, chamber, known):
            return Found(answers)
    return Found(_near(text, chamber, known), is_near=True)


Known = list[tuple[Answer, set[str]]]  # with the words of its names, by their sound


def deputies_named(written: str, mandates: Iterable[Mandate]) -> list[Mandate]:
    """The mandates of those whose names have words that begin with each word of `written`, each person once."""
    key, found = sound(written[:LONGEST]).split(), dict[int, Mandate]()
    for mandate in mandates:
        if _begin(key, _heard(mandate.person.name_ru, mandate.person.name_en)):
            found.setdefault(mandate.person_id, mandate)
    return list(found.values())


def respelled(words: Iterable[str], known: Iterable[str]) -> list[str]:
    """Each word as it is spelled among `known`, in either alphabet; as it is where nothing there is like it."""
    heard = {sound(word): word for text in known for word in re.findall(r"\w{3,}", text.casefold())}
    return [
        next((heard[near] for near in get_close_matches(sound(word), heard, n=1, cutoff=0.7)), word) for word in words
    ]


def _heard(*names: str) -> set[str]:
    return {heard for name in names for word in name.split() for heard in sound(word).split()}


def _named(text: str, chamber: Chamber, known: Known) -> list[Answer]:
    """What has exactly that name, or else has words that begin with each word of the text."""
    key = place_key(text).split()
    places = list(_in_order(Place.objects.in_chamber(chamber).named(key))[:MOST])
    exact = [each for each in places if sorted(key) in (sorted(each.key_ru.split()), sorted(each.key_en.split()))]
    spoken = sound(text).split()  # a name has neither a kind nor a house number
    others = [each for each, words in known if _begin(spoken if each.person else key, words)]
    return _without_repeats(_by_name(exact or places), others)


def _without_repeats(places: list[Answer], others: list[Answer]) -> list[Answer]:
    """Deputies, places, and those districts that no place among them lies in."""
    told = set[District]().union(*(place.districts for place in places))
    persons = [each for each in others if each.person]
    return persons[:MOST] + places + [each for each in others if each.district and each.district not in told]


def _begin(key: list[str], words: set[str]) -> bool:
    return bool(key) and all(any(word.startswith(part) for word in words) for part in key)


def _near(text: str, chamber: Chamber, known: Known) -> list[Answer]:
    """What is spelled much like the text, places by their likeness."""
    key = place_key(text)
    vocabulary = {word for _, words in known for word in words}
    close = {word for part in key.split() if len(part) > 2 for word in get_close_matches(part, vocabulary, cutoff=0.7)}
    likeness = Greatest(TrigramSimilarity("key_ru", key), TrigramSimilarity("key_en", key))
    likest = Place.objects.in_chamber(chamber).like(key).annotate(likeness=likeness).order_by("-likeness", "pk")
    places = _by_name(likest.select_related("district")[:MOST])[:NEAR]
    return _without_repeats(places, [each for each, words in known if close & words][:NEAR])


def _in_order(places: PlaceQuerySet) -> PlaceQuerySet:
    return places.select_related("district").order_by("name_ru", "name_en", "district__number")


def _by_name(places: Iterable[Place]) -> list[Answer]:
    names: dict[tuple[str, str, str], list[Place]] = {}
    for place in places:
        names.setdefault((place.kind, place.name_ru, place.name_en), []).append(place)
    return [Answer(places=tuple(sorted(same, key=lambda place: place.district.number))) for same in names.values()]
