"""Three invented chambers at the edges of what pages must bear, for `python -m tests.screenshots --extremes`.

One has 100 deputies and everything too long or written from right to left, one has a single vote, one has nothing.
They are put into the database of a running site (NAKAZ_VAR or DATABASE_URL) and are never part of the demonstration.
"""

import os

import django

CROWD, SINGLE, EMPTY = "crowd", "single", "nothing"
PAGES = {
    "x-chambers": "",
    "x-home": "crowd/",
    "x-deputies": "crowd/deputies/",
    "x-deputy-rtl": "crowd/deputies/rtl/",
    "x-deputy-long": "crowd/deputies/long/",
    "x-deputy-short": "crowd/deputies/short/",
    "x-deputy-demand": "crowd/deputies/long/d1/",
    "x-platform": "crowd/platform/",
    "x-demand": "crowd/demands/d1/",
    "x-coalition": "crowd/coalition/",
    "x-votes": "crowd/votes/",
    "x-vote": "crowd/votes/long/",
    "x-vote-withdrawn": "crowd/votes/withdrawn/",
    "x-missing-near": "crowd/deputies/lon/",
    "x-corrections": "corrections/",
    "x-single-home": "single/",
    "x-single-deputies": "single/deputies/",
    "x-single-deputy": "single/deputies/only/",
    "x-single-demand": "single/demands/d1/",
    "x-single-votes": "single/votes/",
    "x-single-vote": "single/votes/only/",
    "x-single-platform": "single/platform/",
    "x-empty-home": "nothing/",
    "x-empty-deputies": "nothing/deputies/",
    "x-empty-votes": "nothing/votes/",
    "x-empty-platform": "nothing/platform/",
    "x-empty-coalition": "nothing/coalition/",
}
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren Featherstonehaugh-Cholmondeley-Marjoribanks"
LONG_RUSSIAN = "Константинопольский-Переяславль-Залесский Христорождественский Вячеславович-Пантелеймонович"
NAMES = {
    "long": (LONG_NAME, LONG_RUSSIAN),
    "rtl": ("עבדאללה בן־יהודה הלוי־אבולעפיה", "عبد الرحمن بن خالد الأندلسي"),
    "short": ("O Y", "О Ё"),
}
PARTIES = (
    "The Extraordinarily Long-Named Association of Independent Self-Nominated Citizens of All Districts",
    "Гражданская партия",
    "مجلس",
    "X",
)
DEMAND = (
    "That the city publish, within five working days and in a form that machines can read, every contract, every "
    "amendment and each payment above ten thousand, with names, dates, reasons and who had signed"
)
TITLE = (
    "On the introduction of amendments to the annex to the decree on the approval of the procedure for the provision "
    "of subsidies from the budget for the reimbursement of a part of the costs of legal persons and entrepreneurs "
    "that carry out the overhaul of common property, in the third and final reading, with the table of corrections"
)


def load() -> bool:
    """Add the three chambers unless they are there; whether anything was added. Django is set up."""
    from django.db import transaction  # Django is not set up when this file is imported

    from deputies.people.models import Chamber

    if Chamber.objects.filter(slug=CROWD).exists():
        return False
    with transaction.atomic():
        _crowd()
        _single()
        _empty()
    return True


def _crowd() -> None:
    from deputies.people.models import Chamber, Faction, Person
    from deputies.sources.models import cite
    from deputies.votes.actions import open_correction
    from deputies.votes.enums import Position, Result
    from deputies.votes.models import RollCall
    from pledges.platform.enums import Chapter
    from pledges.platform.models import DemandText, PlatformVersion
    from pledges.scorecards.actions import publish_platform
    from pledges.scorecards.enums import Wants
    from tests import build

    house = build.chamber(seats=100, slug=CROWD, is_invented=True)
    Chamber.objects.filter(pk=house.pk).update(
        name_en="The Most Honourable Assembly of the United Townships on Both Banks of the River",
        name_ru="Достопочтенное собрание объединённых посёлков обоих берегов реки",
    )
    people = [build.deputy(house, f"Ada Example {n}", group=f"g{n % 4}") for n in range(100)]
    for (slug, (english, russian)), person in zip(NAMES.items(), people, strict=False):
        Person.objects.filter(pk=person.pk).update(slug=slug, name_en=english, name_ru=russian)
    for n, name in enumerate(PARTIES):
        Faction.objects.filter(chamber=house, slug=f"g{n}").update(name_en=name, name_ru=name)
    platform = build.platform(house, demands=tuple(Chapter))
    version = PlatformVersion.objects.create(platform=platform, number=2, title_en="The platform")
    for demand in platform.demands.order_by("pk"):
        words = {"title_en": DEMAND, "title_ru": f"Требование: {DEMAND}"[:300], "text_en": f"{DEMAND}. " * 5}
        DemandText.objects.create(version=version, demand=demand, order=demand.pk, **words)
    publish_platform(platform=platform, version=version, links=[], vouched=True, at=build.AT)
    every = list(Position)
    for n in range(9):
        positions = {person: every[(n + place) % 7] for place, person in enumerate(people)}
        more = {"title_en": TITLE, "title_ru": TITLE, "summary_en": TITLE, "result": Result.REJECTED.value}
        held = build.vote(house, positions, held_at=build.moment(10 + n), **more)
        for demand in platform.demands.order_by("pk")[: 2 if n else 3]:
            build.link(demand, held, wants=Wants.FAIL if n % 2 else Wants.PASS)
    last = RollCall.objects.filter(chamber=house).order_by("-pk")
    RollCall.objects.filter(pk=last[0].pk).update(slug="long")
    RollCall.objects.filter(pk=last[1].pk).update(slug="withdrawn")
    reason = "Дважды в протоколе под разными номерами / Twice in the minutes, under two numbers"
    gone = open_correction(
        roll_call=last[1], by=None, reason=reason, evidence=cite(title="The minutes " * 12), withdraw=True
    )
    build.publish(gone, at=build.LATER)


def _single() -> None:
    from deputies.people.models import Person
    from deputies.votes.enums import Position
    from deputies.votes.models import RollCall
    from tests import build

    house = build.chamber(seats=1, slug=SINGLE, is_invented=True)
    person = build.deputy(house, "Ada Example")
    Person.objects.filter(pk=person.pk).update(slug="only")
    platform = build.platform(house)
    held = build.vote(house, {person: Position.FOR})
    build.link(platform.demands.get(), held)
    RollCall.objects.filter(pk=held.pk).update(slug="only")


def _empty() -> None:
    from tests import build

    build.chamber(seats=5, slug=EMPTY, is_invented=True)


def main() -> None:
    """Attach to the services of a running site as manage.py does, and load."""
    from coalition.local import data_folder, local_environment, services_of

    services = services_of(data_folder(), os.environ)
    os.environ.update(local_environment(services, os.environ))
    services.attach()
    try:
        django.setup()
        print("The extreme chambers are loaded." if load() else "The extreme chambers are there.")
    finally:
        services.detach()


if __name__ == "__main__":
    main()
