"""A chamber, its people and its platform, set up in the browser from nothing; and what is refused on the way."""

import datetime as dt
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import BaseForm, modelform_factory
from django.test import Client
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from coalition.accounts import second_factor
from coalition.accounts.models import User
from coalition.desk.documents import DocumentForm
from coalition.desk.header import SourceFields
from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.people.models import Chamber, District, FactionMembership, Mandate, Person, Term
from deputies.sources.models import Document
from deputies.votes.enums import Position
from pledges.platform.enums import PlatformState
from pledges.platform.models import Coalition, Demand, DemandText, Platform, PlatformVersion
from pledges.scorecards.actions import differences
from pledges.scorecards.models import Score
from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db

DOCUMENT_FORM = modelform_factory(Document, DocumentForm, fields=["title"])


@pytest.fixture
def anna() -> Client:
    return door.signed_in(door.organiser("anna"))


class Fields(HTMLParser):
    """The fields of the largest form of a page, as a browser would send them back."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.select = self.textarea = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        is_sent = given.get("type") not in ("checkbox", "radio", "submit", "file") or "checked" in given
        if tag == "input" and name and is_sent:
            self.sent[name] = given.get("value") or ("on" if "checked" in given else "")
        elif tag == "select":
            self.select = name
            self.sent[name] = ""
        elif tag == "option" and "selected" in given:
            self.sent[self.select] = given.get("value") or ""
        elif tag == "textarea":
            self.textarea = name
            self.sent[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.sent[self.textarea] += data


def filled(client: Client, url: str, **changes: Any) -> dict[str, Any]:
    """What a browser would send back of the form at `url`, with `changes`."""
    return Fields(client.get(url).content.decode()).sent | changes


def errors_of(answer: Any) -> str:
    html = answer.content.decode()
    return " ".join(re.findall(r'<ul class="errorlist[^"]*"[^>]*>(.*?)</ul>', html, re.DOTALL))


def test_a_chamber_in_one_form_with_its_local_time(anna: Client) -> None:
    url = reverse("admin:people_chamber_add")

    answer = anna.post(
        url,
        filled(
            anna,
            url,
            slug="tver",
            name_en="Tver Council",
            seats=3,
            timezone="Europe/Moscow",
            **{
                "terms-0-number": 1,
                "terms-0-held_0": "2024-01-10T00:00",
                "terms-0-began_precision": "day",
                "voting_rules-0-in_force_0": "2020-01-01T00:00",
                "voting_rules-0-threshold": "members",
                "districts-0-number": 1,
                "districts-1-number": 2,
            },
        ),
    )

    assert answer.status_code == 302, errors_of(answer)
    chamber = Chamber.objects.get(slug="tver")
    assert chamber.terms.get().held.lower == dt.datetime(2024, 1, 9, 21, tzinfo=dt.UTC)
    steps = anna.get(reverse("admin:people_chamber_change", args=[chamber.pk])).context["steps"]
    assert [step.is_done for step in steps] == [True, True, True, False, False, False, False, False, False]


def test_times_are_read_and_written_in_the_chambers_time(anna: Client) -> None:
    house = build.chamber(timezone="Asia/Vladivostok")
    url = reverse("admin:people_chamber_change", args=[house.pk])
    sent = filled(anna, url)
    assert sent["terms-0-held_0"] == "2024-01-01T10:00:00"

    anna.post(url, sent | {"terms-0-held_1": "2024-12-31T00:00:00"})

    assert house.terms.get().held.upper == dt.datetime(2024, 12, 30, 14, tzinfo=dt.UTC)
    assert "Asia/Vladivostok time" in anna.get(url).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"terms-1-number": 2, "terms-1-held_0": "2024-05-01T00:00"}, "Terms: two terms overlap."),
        ({"terms-1-number": 1, "terms-1-held_0": "2023-01-01T00:00", "terms-1-held_1": "2024-01-01T00:00"}, "number"),
        ({"terms-0-held_1": "2023-01-01T00:00"}, "must not exceed"),
        ({"terms-0-held_1": "2024-01-01T00:00:00"}, "It ends at the moment it begins."),
        ({"slug": "admin"}, "is the address of another page"),
        ({"seats": 0}, "a chamber has at least one"),
        ({"name_en": "", "name_ru": ""}, "Name the chamber in Russian or in English."),
        ({"timezone": "Mars/Olympus"}, "is not a time zone"),
        ({"voting_rules-0-threshold": "fixed"}, "Voting rules: write the number of votes"),
    ],
)
def test_what_a_chamber_is_refused_for(anna: Client, changes: dict[str, Any], words: str) -> None:
    house = build.chamber()
    url = reverse("admin:people_chamber_change", args=[house.pk])

    answer = anna.post(url, filled(anna, url, **changes))

    assert answer.status_code == 200
    assert words in errors_of(answer)
    assert house.terms.get().held.upper is None


def test_a_mandate_needs_its_beginning(anna: Client) -> None:
    house = build.chamber()
    person = Person.objects.create(slug="vera", name_en="Vera")
    url = reverse("admin:people_mandate_add")
    given = {"person": person.pk, "chamber": house.pk, "term": house.terms.get().pk}

    refused = anna.post(url, filled(anna, url, **given))
    anna.post(url, filled(anna, url, **given, began_precision="unknown"))

    assert "Give the first moment" in errors_of(refused)
    assert Mandate.objects.get().held.lower is None


LINES = "1; Иванова Анна; Anna Ivanova; labour\n\n2; ; Boris Petrov;\n; Ким Вера; Vera Kim; ЛЕЙБОРИСТЫ"


def test_deputies_are_added_after_a_preview(anna: Client) -> None:
    house = build.chamber()
    for number in (1, 2):
        District.objects.create(chamber=house, number=number)
    faction = build.faction(house, "Labour")
    faction.name_ru = "Лейбористы"
    faction.save()
    url = reverse("admin:people_mandate_newcomers", args=[house.pk])
    given = {"term": house.terms.get().pk, "lines": LINES, "source_url": "example.org/list"}

    preview = anna.post(url, given | {"preview": ""})
    assert [one.name_en for one in preview.context["newcomers"]] == ["Anna Ivanova", "Boris Petrov", "Vera Kim"]
    assert not Person.objects.exists()
    answer = anna.post(url, given | {"add": ""})

    assert answer.status_code == 302
    assert list(Mandate.objects.order_by("pk").values_list("person__slug", "district__number", "held")) == [
        ("anna-ivanova", 1, house.terms.get().held),
        ("boris-petrov", 2, house.terms.get().held),
        ("vera-kim", None, house.terms.get().held),
    ]
    assert FactionMembership.objects.filter(faction=faction).count() == 2
    assert Mandate.objects.filter(source__url="https://example.org/list").count() == 3
    event = Event.objects.get(kind=EventKind.MANDATE_CHANGED)
    assert len(event.facts["mandates"]) == 3


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("7; Ким Вера; Vera Kim;", "Line 1: no district “7” in this chamber."),
        ("1; Ким Вера; Vera Kim; greens", "Line 1: no faction “greens” in this chamber (labour)."),
        ("1; ; ; labour", "Line 1: no name."),
        ("1; А; A;\n1; Б; B;", "Line 2: district 1 twice."),
        ("; Ким Вера; ;\n; ким вера; ;", "Line 2: ким вера is in this term already."),
        ("; Sitting Already; ;", "Line 1: Sitting Already is in this term already."),
        ("Ким Вера", "Line 1: two to four parts are needed, not 1:"),
        ("1; a; b; c; d", "Line 1: two to four parts are needed, not 5:"),
        ("2; Ким Вера; Vera Kim;", "somebody else holds this seat at that time"),
    ],
)
def test_bad_lines_are_named_and_nobody_is_added(anna: Client, lines: str, words: str) -> None:
    house = build.chamber()
    District.objects.create(chamber=house, number=1)
    build.faction(house, "Labour")
    build.deputy(house, "Sitting Already")
    url = reverse("admin:people_mandate_newcomers", args=[house.pk])

    answer = anna.post(url, {"term": house.terms.get().pk, "lines": lines, "add": ""})

    assert words in errors_of(answer)
    assert Person.objects.count() == 1


def test_a_source_too_long_to_be_kept_is_refused(anna: Client) -> None:
    house = build.chamber()
    url = reverse("admin:people_mandate_newcomers", args=[house.pk])
    given = {"term": house.terms.get().pk, "lines": "; A B; ;", "source_url": f"https://example.org/{'a' * 1000}"}

    assert "at most 1000" in errors_of(anna.post(url, given | {"add": ""}))


def test_ending_a_mandate_tells_the_journal(anna: Client) -> None:
    house = build.chamber()
    mandate = build.deputy(house, "Anna").mandates.get()
    url = reverse("admin:people_mandate_change", args=[mandate.pk])

    anna.post(url, filled(anna, url))
    assert not Event.objects.exists()
    answer = anna.post(url, filled(anna, url, held_1="2024-09-01T00:00", left="resigned"))

    assert answer.status_code == 302, errors_of(answer)
    event = Event.objects.get()
    assert (event.kind, event.subject) == (EventKind.MANDATE_CHANGED, f"mandate:{mandate.pk}")
    assert event.facts == {"mandates": [mandate.pk], "people": [mandate.person_id]}


def test_renaming_a_deputy_tells_the_journal(anna: Client) -> None:
    person = build.deputy(build.chamber(), "Anna")
    url = reverse("admin:people_person_change", args=[person.pk])

    answer = anna.post(url, filled(anna, url, name_en="Hanna"))

    assert answer.status_code == 302, errors_of(answer)
    assert Event.objects.get().subject == f"person:{person.pk}"


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_year_that_no_page_can_show_is_refused(anna: Client, year: str) -> None:
    mandate = build.deputy(build.chamber()).mandates.get()
    url = reverse("admin:people_mandate_change", args=[mandate.pk])

    answer = anna.post(url, filled(anna, url, held_0=f"{year}-01-01T00:00:00", held_1=f"{year}-12-31T23:59:00"))

    assert "Write the year in full" in errors_of(answer)
    assert anna.get(reverse("admin:people_mandate_changelist")).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["people/chamber/²/change/", "votes/rollcall/²/change/", "votes/rollcall/?versions__state__exact=%00",
     "autocomplete/?app_label=people&model_name=mandate&field_name=person&term=%00"],
)  # fmt: skip
def test_an_address_that_names_nothing_is_no_failure_of_ours(anna: Client, address: str) -> None:
    assert anna.get(f"/admin/{address}").status_code in (302, 400, 404)


def test_a_second_mandate_at_the_same_time_is_refused_in_words(anna: Client) -> None:
    house = build.chamber()
    person = build.deputy(house, "Anna")
    url = reverse("admin:people_mandate_add")
    given = {
        "person": person.pk,
        "chamber": house.pk,
        "term": house.terms.get().pk,
        "held_0": "2024-02-01T00:00",
    }

    answer = anna.post(url, filled(anna, url, **given))

    assert "this person already has a mandate in this chamber at that time" in errors_of(answer)
    assert Mandate.objects.count() == 1


def test_a_seat_cannot_be_held_twice(anna: Client) -> None:
    house = build.chamber()
    taken = build.deputy(house, "Anna").mandates.get()
    other = Person.objects.create(slug="vera", name_en="Vera")
    url = reverse("admin:people_mandate_add")
    given = {"person": other.pk, "chamber": house.pk, "term": taken.term_id, "district": taken.district_id}

    answer = anna.post(url, filled(anna, url, **given, held_0="2024-02-01T00:00"))

    assert "somebody else holds this seat at that time" in errors_of(answer)


def test_a_mandate_with_published_ballots_keeps_its_person(anna: Client) -> None:
    house = build.chamber()
    person = build.deputy(house, "Anna")
    build.vote(house, {person: Position.FOR})
    other = Person.objects.create(slug="vera", name_en="Vera")
    url = reverse("admin:people_mandate_change", args=[person.mandates.get().pk])

    answer = anna.post(url, filled(anna, url, person=other.pk))

    assert answer.status_code == 200
    assert "This mandate has published ballots" in errors_of(answer)
    assert person.mandates.count() == 1


def test_a_copy_of_a_document_is_kept_once_with_its_hash(anna: Client) -> None:
    url = reverse("admin:sources_document_add")

    for _ in range(2):
        copy = SimpleUploadedFile("protocol.pdf", b"%PDF-1", content_type="application/pdf")
        answer = anna.post(
            url, {"url": "https://example.org/p", "title": "Protocol", "copy": copy, "read_at_0": "", "read_at_1": ""}
        )
        assert answer.status_code == 302, errors_of(answer)

    document = Document.objects.get()
    assert bytes(document.content or b"") == b"%PDF-1"
    assert document.media_type == "application/pdf"
    assert anna.post(reverse("admin:sources_document_change", args=[document.pk]), {"title": "x"}).status_code == 403


def test_a_document_needs_an_address_or_a_title(anna: Client) -> None:
    answer = anna.post(reverse("admin:sources_document_add"), {"url": "", "title": ""})

    assert "Give the address or the title of the document." in errors_of(answer)


def test_a_platform_from_nothing_to_published(anna: Client) -> None:
    house = build.chamber()
    person = build.deputy(house, "Anna")
    url = reverse("admin:platform_coalition_add")
    member = {"memberships-0-person": person.pk, "memberships-0-held_0": "2024-01-01T00:00"}
    anna.post(url, filled(anna, url, chamber=house.pk, slug="together", name_en="Together", **member))
    coalition = Coalition.objects.get()
    assert coalition.memberships.get().person == person

    url = reverse("admin:platform_platform_add")
    demand = {
        "demands-0-slug": "trees",
        "demands-0-demand_id": "trees",
        "demands-0-chapter": "social",
        "demands-0-in_force_from": "2024-01-01",
    }
    answer = anna.post(url, filled(anna, url, coalition=coalition.pk, slug="nakaz-2024", **demand))
    assert answer.status_code == 302, errors_of(answer)
    platform = Platform.objects.get()

    url = reverse("admin:platform_platformversion_add")
    answer = anna.post(url, filled(anna, url, platform=platform.pk, title_en="Mandate of 2024"))
    version = PlatformVersion.objects.get()
    change = reverse("admin:platform_platformversion_change", args=[version.pk])
    assert answer["Location"] == change
    text = {"texts-0-demand": Demand.objects.get().pk, "texts-0-title_en": "Keep the trees", "texts-0-order": 1}
    answer = anna.post(change, filled(anna, change, **text))
    assert answer.status_code == 302, errors_of(answer)

    publish = reverse("admin:platform_platformversion_publish", args=[version.pk])
    assert "Keep the trees" in anna.get(publish).content.decode()
    assert "Tick this" in anna.post(publish).content.decode()
    answer = anna.post(publish, filled(anna, publish, vouched="1"), follow=True)
    assert "is published. Scores that moved: 0." in answer.content.decode()
    platform.refresh_from_db()
    assert platform.published == version

    assert anna.post(change, filled(anna, url)).status_code == 403
    assert (
        anna.post(reverse("admin:platform_platformversion_delete", args=[version.pk]), {"post": "yes"}).status_code
        == 403
    )
    anna.post(url, filled(anna, url, platform=platform.pk, number=2))
    assert DemandText.objects.filter(version__number=2).get().title_en == "Keep the trees"


def test_an_empty_version_is_not_published(anna: Client) -> None:
    platform = build.platform(build.chamber())
    version = PlatformVersion.objects.create(platform=platform, number=2)

    answer = anna.post(reverse("admin:platform_platformversion_publish", args=[version.pk]), {"vouched": "1"})

    assert "No demand has words in this version." in answer.content.decode()
    version.refresh_from_db()
    assert version.state == PlatformState.DRAFT


def test_a_version_without_words_for_a_linked_demand_is_not_published(anna: Client) -> None:
    house = build.chamber()
    platform = build.platform(house)
    build.link(platform.demands.get(), build.vote(house, {build.deputy(house): Position.FOR}))
    other = Demand.objects.create(
        platform=platform, slug="x", demand_id="x", chapter="social", in_force_from="2024-01-01"
    )
    version = PlatformVersion.objects.create(platform=platform, number=2)
    DemandText.objects.create(version=version, demand=other, title_en="X")

    answer = anna.post(reverse("admin:platform_platformversion_publish", args=[version.pk]), {"vouched": "1"})

    assert "no words for them: d1." in answer.content.decode()
    version.refresh_from_db()
    assert version.state == PlatformState.DRAFT


def link_form(demand: Demand, roll_call: Any, **more: Any) -> dict[str, Any]:
    return {
        "demand": demand.pk, "roll_call": roll_call.pk, "wants": "pass", "votes": "1.5", "role": "scoring",
        "scope": "whole", "reasoning_en": "It is the demand itself.",
    } | more  # fmt: skip


@pytest.mark.parametrize(
    ("votes", "words"), [("0", "greater than or equal to 0.001"), ("-1", "greater"), ("x", "number")]
)
def test_a_weight_is_a_positive_number(anna: Client, votes: str, words: str) -> None:
    house = build.chamber()
    demand = build.platform(house).demands.get()

    answer = anna.post(
        reverse("admin:scorecards_link_add"), link_form(demand, build.draft(house).roll_call, votes=votes)
    )

    assert words in errors_of(answer)


def test_a_vote_of_another_chamber_cannot_be_linked(anna: Client) -> None:
    demand = build.platform(build.chamber()).demands.get()
    elsewhere = build.draft(build.chamber()).roll_call

    answer = anna.post(reverse("admin:scorecards_link_add"), link_form(demand, elsewhere))

    assert "This vote was held in another chamber" in errors_of(answer)


def test_a_signature_is_of_one_thing(anna: Client) -> None:
    house = build.chamber()
    platform, person = build.platform(house), build.deputy(house)
    source = Document.objects.create(title="List")
    given = {
        "person": person.pk, "platform_version": platform.published_id, "demand": platform.demands.get().pk,
        "signed_on": "2024-01-05", "signed_precision": "day", "basis": "official", "source": source.pk,
    }  # fmt: skip

    both = anna.post(reverse("admin:tracker_signature_add"), given)
    one = anna.post(reverse("admin:tracker_signature_add"), given | {"demand": ""})
    again = anna.post(reverse("admin:tracker_signature_add"), given | {"demand": ""})

    assert "not both" in errors_of(both)
    assert one.status_code == 302
    assert "already recorded" in errors_of(again)


def test_the_front_page_leads_on(anna: Client) -> None:
    house = build.chamber()
    draft = build.draft(house)

    html = anna.get("/admin/").content.decode()

    assert f"{house.name_en}: next steps" in html
    assert draft.title_en in html
    assert Term.objects.count() == 1


def test_choosing_a_roll_call_shows_its_title(anna: Client) -> None:
    house = build.chamber()
    roll_call = build.vote(house, {build.deputy(house): Position.FOR})
    url = reverse("admin:autocomplete")
    given = {"app_label": "scorecards", "model_name": "link", "field_name": "roll_call", "term": roll_call.vote_id}

    roll_call.refresh_from_db()

    found = anna.get(url, given).json()["results"]

    assert [row["text"] for row in found] == [f"2024-01-11 {roll_call.published.title_en} ({roll_call.vote_id})"]  # type: ignore[union-attr]


def test_moving_the_period_of_a_demand_recounts_its_scores(anna: Client) -> None:
    house = build.chamber()
    platform = build.platform(house)
    demand = platform.demands.get()
    build.link(demand, build.vote(house, {build.deputy(house): Position.FOR}))
    url = reverse("admin:platform_platform_change", args=[platform.pk])
    assert Score.objects.filter(demand=demand).count() == 1

    answer = anna.post(url, filled(anna, url, **{"demands-0-in_force_from": "2024-05-01"}))

    assert answer.status_code == 302, errors_of(answer)
    assert not Score.objects.exists()
    assert all(differences(platform) == [] for platform in Platform.objects.all())


def test_moving_the_time_zone_recounts_what_lies_at_the_edge_of_a_day(anna: Client) -> None:
    house = build.chamber()
    platform = build.platform(house)
    at_midnight = build.START
    build.link(platform.demands.get(), build.vote(house, {build.deputy(house): Position.FOR}, held_at=at_midnight))
    url = reverse("admin:people_chamber_change", args=[house.pk])
    assert Score.objects.exists()

    anna.post(url, filled(anna, url, timezone="America/New_York"))

    assert not Score.objects.exists()
    assert differences(platform) == []


def test_an_organiser_is_made_without_an_address_and_gets_a_new_second_factor() -> None:
    root = door.signed_in(door.organiser("root", superuser=True))
    url = reverse("admin:accounts_user_add")
    given = {"username": "vera", "password1": door.PASSWORD, "password2": door.PASSWORD, "is_staff": "on"}

    answer = root.post(url, given)
    assert answer.status_code == 302, errors_of(answer)
    vera = User.objects.get(username="vera")
    door.app_for(vera)
    root.post(
        reverse("admin:accounts_user_changelist"), {"action": "forget_second_factor", "_selected_action": [vera.pk]}
    )

    assert (vera.email, vera.is_staff, second_factor.is_set_up(vera)) == ("", True, False)
    assert b"email" not in root.get(reverse("admin:accounts_user_change", args=[vera.pk])).content


@pytest.mark.parametrize(("form", "field"), [(DOCUMENT_FORM, "copy"), (SourceFields, "source_file")])
def test_a_copy_may_have_20_megabytes_and_not_one_byte_more(form: type[BaseForm], field: str) -> None:
    for extra, refusals in [
        (0, []),
        (1, ["The file is larger than 20 MB. Keep only the pages that are cited."]),
    ]:
        copy = SimpleUploadedFile("protocol.pdf", b"a" * (20 * 1024 * 1024 + extra), content_type="application/pdf")
        assert form({}, MultiValueDict({field: [copy]})).errors.get(field, []) == refusals
