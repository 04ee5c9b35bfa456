"""The first page as a work queue: what is listed for whom, in which order, and in how many queries."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coalition.accounts.models import User
from coalition.desk.overview import SHOWN, Queue, overview_of
from coalition.desk.voices import voice_on
from coalition.digests.actions.stopping import stop_letters
from deputies.people.models import Chamber
from deputies.sources.models import cite
from deputies.votes.actions import send_back
from deputies.votes.enums import NameState, Position
from deputies.votes.models import RollCall, RollCallVersion, Sitting, WrittenName
from pledges.platform.models import Platform
from pledges.scorecards.links.actions import Voice, propose_links
from pledges.scorecards.models import Link
from tests import build
from tests.coalition.accounts import door
from tests.coalition.digests.test_planning import follower

pytestmark = pytest.mark.django_db

NOW = build.moment(100)
DRAFTS, NAMES, SITTINGS = "My drafts", "Names to decide", "Sittings without votes"
REVIEW, PUBLISH, SOURCE = "To review", "Approved, to publish", "The source changed since"
LINKS, REPORTS = "Links that wait for another organisation", "Reports of mistakes, by deadline"
STALE = "Translations to renew"


@pytest.fixture
def house() -> Chamber:
    return build.chamber(slug="town")


def entrant(name: str = "anna") -> User:
    return door.organiser(name, roles=["Entrants"])


def queues(user: User) -> dict[str, Queue]:
    return {queue.title: queue for queue in overview_of(user, NOW).queues}


def listed(user: User, title: str) -> list[str]:
    queue = queues(user).get(title)
    return [item.words for item in queue.items] if queue else []


def entered(house: Chamber, title: str, by: User | None, **more: Any) -> RollCallVersion:
    return build.draft(house, title_en=title, entered_by=by, **more)


def test_drafts_are_ones_own_or_nobodys_the_latest_first(house: Chamber) -> None:
    anna, boris = entrant(), entrant("boris")
    for title, by in (("Mine", anna), ("Theirs", boris), ("Of the agenda", None)):
        entered(house, title, by)

    assert listed(anna, DRAFTS) == ["Of the agenda", "Mine"]
    assert queues(anna)[DRAFTS].items[1].told.endswith(" · Draft")


def test_what_is_sent_back_is_a_draft_of_whoever_entered_it(house: Chamber) -> None:
    anna, boris = entrant(), entrant("boris")
    version = build.submitted(entered(house, "Roads", anna), entered_by=anna)
    assert listed(anna, DRAFTS) == []

    send_back(version=version, by=boris, reason="A name is missing.")

    assert (listed(anna, DRAFTS), listed(boris, DRAFTS)) == (["Roads"], [])
    assert queues(anna)[DRAFTS].items[0].told.endswith(" · Sent back")


def test_ones_own_entries_are_not_ones_to_review(house: Chamber) -> None:
    anna, boris = door.organiser("anna"), door.organiser("boris", roles=["Reviewers"])
    for title, by in (("Roads", anna), ("Schools", boris)):
        build.submitted(entered(house, title, by), entered_by=by)

    assert listed(anna, REVIEW) == ["Schools"]
    assert listed(boris, REVIEW) == ["Roads"]
    page = reverse("admin:votes_rollcall_review", args=[RollCall.objects.get(versions__title_en="Roads").pk])
    assert queues(boris)[REVIEW].items[0].url == page


def test_what_is_approved_waits_for_publishers_only(house: Chamber) -> None:
    anna, boris = entrant(), door.organiser("boris", roles=["Reviewers"])
    build.approved(entered(house, "Roads", anna), entered_by=anna, reviewed_by=boris)

    assert listed(door.organiser("vera", roles=["Publishers"]), PUBLISH) == ["Roads"]
    assert PUBLISH not in queues(anna) | queues(boris)


def test_names_to_decide_lead_to_where_they_are_decided(house: Chamber) -> None:
    anna, version = entrant(), entered(house, "Roads", None)
    for line, name in enumerate(("Petrova", "Chair"), 1):
        WrittenName.objects.create(version=version, line=line, name=name)
    assert listed(anna, NAMES) == ["Roads"]
    assert queues(anna)[NAMES].items[0].url == reverse("admin:votes_rollcall_names", args=[version.roll_call_id])

    version.written_names.update(state=NameState.IGNORED.value, decided_by=anna)

    assert listed(anna, NAMES) == []


def test_a_sitting_is_late_three_days_after_it_unless_a_vote_of_it_is_published(house: Chamber) -> None:
    def sat(days: int, number: str, **more: Any) -> Sitting:
        return Sitting.objects.create(chamber=house, number=number, began_at=NOW - dt.timedelta(days=days), **more)

    sat(2, "yesterday’s")
    sat(9, "a drill", is_drill=True)
    done, begun = sat(8, "done"), sat(7, "begun")
    RollCall.objects.filter(pk=build.vote(house, {}).pk).update(sitting=done)
    RollCall.objects.filter(pk=build.draft(house).roll_call_id).update(sitting=begun)
    sat(10, "nothing yet")

    assert [words.partition(", ")[2] for words in listed(entrant(), SITTINGS)] == ["nothing yet", "begun"]


def test_a_changed_source_is_listed_until_somebody_has_looked_at_it(house: Chamber) -> None:
    anna, call = entrant(), build.vote(house, {}, title_en="Roads")
    later = cite(title="The file of June")
    RollCall.objects.filter(pk=call.pk).update(source_changed_at=build.LATER, changed_source=later)
    assert listed(anna, SOURCE) == ["Roads"]
    client = door.signed_in(anna)
    page = reverse("admin:votes_rollcall_change", args=[call.pk])
    assert later.title in client.get(page).content.decode()

    answer = client.post(reverse("admin:votes_rollcall_seen_source", args=[call.pk]), follow=True)

    assert answer.redirect_chain == [(page, 302)]
    assert "Noted: looked at, and the record stays as it is." in answer.content.decode()
    assert later.title not in answer.content.decode()
    assert listed(anna, SOURCE) == []
    call.refresh_from_db()
    assert (call.source_changed_at, call.changed_source) == (None, later)  # known, so that it is not told again


def test_translations_are_stale_when_one_language_alone_was_written_or_changed(house: Chamber) -> None:
    summaries = {
        "both": [("да", "yes")],
        "neither": [("", "")],
        "one": [("да", "")],
        "one changed": [("да", "yes"), ("нет", "yes")],
        "both changed": [("да", "yes"), ("нет", "no")],
        "caught up": [("да", "yes"), ("нет", "yes"), ("нет", "no")],
        "written later": [("да", ""), ("да", "yes")],
        "changed twice": [("да", "yes"), ("нет", "no"), ("нет!", "no")],
    }
    for title, versions in summaries.items():
        call = None
        for ru, en in versions:
            version = build.draft(house, {}, roll_call=call, title_en=title, summary_ru=ru, summary_en=en)
            build.publish(version)
            call = version.roll_call

    assert listed(entrant(), STALE) == ["one", "one changed", "changed twice"]


def voice(link: Link, user: User) -> Voice:
    found = voice_on(link, user)
    assert found
    return found


def organiser_of(platform: Platform, name: str, organisation: str) -> User:
    return door.organiser(name, of=build.organisation(platform, organisation), roles=["Linkers"])


def test_a_proposed_link_waits_for_the_other_organisations_only(house: Chamber) -> None:
    platform = build.platform(house)
    anna, clara = organiser_of(platform, "anna", "Circle"), organiser_of(platform, "clara", "Square")
    of_anna = door.organiser("boris", of=anna.organisation, roles=["Linkers"])
    nobody = door.organiser("vera", roles=["Linkers"])
    link = build.link(platform.demands.get(), build.vote(house, {}), published=False)
    assert LINKS not in queues(clara)

    propose_links(links=[link], voice=voice(link, anna), at=build.AT)

    assert listed(clara, LINKS) == ["d1"]
    assert [LINKS in queues(user) for user in (anna, of_anna, nobody)] == [False, False, False]


def test_reports_stand_by_deadline_before_those_who_answer_them(house: Chamber) -> None:
    call = build.vote(house, {build.deputy(house): Position.FOR})
    for day in (3, 1, 2):
        build.dispute(call, at=build.AT + dt.timedelta(days=7 * day), should_say=f"against, {day}")

    publisher = door.organiser("vera", roles=["Publishers"])

    assert listed(publisher, REPORTS) == ["Report 2024-2", "Report 2024-3", "Report 2024-1"]
    assert queues(publisher)[REPORTS].items[0].told.startswith("answer by ")
    assert REPORTS not in queues(entrant())


def of_everything(house: Chamber, platform: Platform, by: User, of: User, count: int) -> None:
    """So many more things in every queue of an organiser with every role."""
    for _ in range(count):
        days = Sitting.objects.count() + 10
        draft = entered(house, "Draft", by)
        WrittenName.objects.create(version=draft, line=1, name="Petrova")
        build.submitted(entered(house, "Waits", of), entered_by=of)
        build.approved(entered(house, "Approved", of), entered_by=of, reviewed_by=by)
        Sitting.objects.create(chamber=house, began_at=NOW - dt.timedelta(days=days))
        call = build.vote(house, {}, summary_ru="да")
        RollCall.objects.filter(pk=call.pk).update(source_changed_at=build.AT)
        link = build.link(platform.demands.get(), call, published=False)
        propose_links(links=[link], voice=voice(link, of), at=build.AT)
        build.dispute(call)
        demand = platform.demands.get()
        build.pledge(build.deputy(house), demand, published=False, author=of)
        promise = build.pledge(build.deputy(house), demand, due_on=build.moment(50).date())
        build.status(promise, author=of, published=False)


def test_the_queries_do_not_grow_with_what_waits(house: Chamber) -> None:
    platform = build.platform(house)
    everybodys = ["Entrants", "Reviewers", "Linkers", "Publishers"]
    anna = door.organiser("anna", of=build.organisation(platform, "Circle"), roles=everybodys)
    clara = organiser_of(platform, "clara", "Square")
    asked = {}

    for count, more in ((1, 1), (3, 2), (30, 27)):
        of_everything(house, platform, anna, clara, more)
        with CaptureQueriesContext(connection) as queries:
            found = overview_of(User.objects.get(pk=anna.pk), NOW).queues
        asked[count] = len(queries)
        assert len(found) == 12
        assert [len(queue.items) + queue.more for queue in found] == [count] * 12
        assert all(len(queue.items) <= SHOWN for queue in found)

    assert asked[3] == asked[1] <= 29
    assert asked[30] <= asked[1] + 12  # each longer one is counted


def test_auditors_and_mail_operators_see_what_is_theirs(house: Chamber) -> None:
    call = build.vote(house, {}, summary_ru="да", title_en="Roads")
    RollCall.objects.filter(pk=call.pk).update(source_changed_at=build.AT)
    build.dispute(call)
    entered(house, "Draft", None)

    assert list(queues(door.organiser("audit", roles=["Auditors"]))) == [STALE]
    assert overview_of(door.organiser("mail", roles=["Mail operators"]), NOW).queues == []
    assert overview_of(door.organiser("nobody", roles=[]), NOW).queues == []


def test_the_page_says_how_many_more_wait(house: Chamber) -> None:
    anna = entrant()
    for number in range(SHOWN + 3):
        entered(house, f"Question {number}", anna)

    page = door.signed_in(anna).get(reverse("admin:index")).content.decode()

    assert page.index("My drafts") < page.index(f"Question {SHOWN + 2}")
    assert "Question 2<" not in page
    assert "3 more" in page


def test_what_keeps_letters_from_readers_is_told_to_everybody(house: Chamber) -> None:
    build.platform(house)
    follower(house, next_digest_at=NOW - dt.timedelta(hours=26))
    stop_letters(reason="the key was stolen", at=NOW)

    letters = overview_of(AnonymousUser(), NOW).letters

    assert letters.stopped
    assert letters.stopped.reason == "the key was stolen"
    assert letters.unheard == ["Readers whose digest has been due for more than 26 hours: fewer than 20."]
