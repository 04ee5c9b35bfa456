"""A council of 45 with names in both alphabets, and a browser that is already signed in at the desk."""

import itertools
from typing import Any

from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from coalition.accounts.models import User
from deputies.people.enums import Threshold
from deputies.people.models import Chamber, Mandate, Person
from deputies.votes.models import VoteWord
from tests import build
from tests.coalition.accounts import door

FACTIONS = {"City": 19, "Labour": 14, "Orchard": 8, "Shore": 4}
SURNAMES = [
    "Абрикосов", "Баклажанов", "Вишневецких", "Гвоздичный", "Дубравин", "Ежевикин", "Жимолостев", "Зверобоев",
    "Ивняков", "Калинник", "Лабазников", "Малинкин", "Настурциев", "Облепихин", "Пастернаков", "Ромашкин",
    "Сосновец", "Тополин", "Укропов", "Фиалкин", "Хмелев", "Цикориев", "Черёмухин", "Шафранов", "Щавелев",
    "Эстрагонов", "Юккин", "Ясенев", "Анисов", "Бузинин", "Васильков", "Георгинов", "Душицын", "Ельников",
    "Жасминов", "Земляникин", "Имбирёв", "Клеверов", "Лопухов", "Можжевелов", "Незабудкин", "Осокин", "Полынин",
    "Рябинкин", "Сиреневич",
]  # fmt: skip
LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
SOUNDS = "a,b,v,g,d,e,yo,zh,z,i,y,k,l,m,n,o,p,r,s,t,u,f,kh,ts,ch,sh,shch,,y,,e,yu,ya"
LATIN = dict(zip(LETTERS, SOUNDS.split(","), strict=True))


def in_latin(name: str) -> str:
    return "".join(LATIN.get(letter.lower(), letter) for letter in name).title()


def council() -> Chamber:
    """45 deputies of four factions; the whole council votes by a majority of its seats."""
    words = {"за": "for", "против": "against", "воздержались": "abstain", "не голосовали": "present-not-voting"}
    for word, position in (words | {"отсутствовали": "absent"}).items():  # gone, as a test with real commits ran
        VoteWord.objects.get_or_create(word=word, defaults={"position": position})
    house = build.chamber(seats=45, threshold=Threshold.MEMBERS, timezone="Europe/Moscow")
    names = iter(SURNAMES)
    for group, seats in FACTIONS.items():
        for surname in itertools.islice(names, seats):
            person = build.deputy(house, f"Alex {in_latin(surname)}", group=group)
            Person.objects.filter(pk=person.pk).update(name_ru=f"Алекс {surname}")
    return house


def people_of(house: Chamber) -> dict[str, list[Person]]:
    """The deputies of each faction, by surname as the grid lists them."""
    rows: dict[str, list[Person]] = {group: [] for group in FACTIONS}
    for mandate in Mandate.objects.filter(chamber=house).select_related("person"):
        rows[mandate.faction_memberships.get().faction.name_en].append(mandate.person)
    return {group: sorted(people, key=lambda one: one.name_en.split()[-1]) for group, people in rows.items()}


def desk_of(browser: Browser, live_server: LiveServer, user: User, **more: Any) -> Page:
    """A page in a context of its own, in which `user` has shown the second factor."""
    context = browser.new_context(locale="en-GB", **more)
    session = door.signed_in(user).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(60_000)  # a whole sitting is checked in one request, on a machine that may be busy
    return page
