"""A vote that a correction takes out of the record: nothing of it is counted, and its page says why."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.test import Client

from coalition.digests.enums import What
from deputies.journal.models import Event
from deputies.sources.models import cite
from deputies.votes.actions import NotPublishable, content_hashes, open_correction
from deputies.votes.enums import Position, State
from deputies.votes.models import RollCall, RollCallVersion
from deputies.votes.reports.findings import context_of
from pledges.platform.models import DemandText, PlatformVersion
from pledges.scorecards.actions import differences, publish_platform
from pledges.scorecards.bundles import verify
from pledges.scorecards.bundles.actions import build_bundle
from pledges.scorecards.models import Score
from tests import build
from tests.coalition.digests.build import key, text_for
from tests.coalition.pages.build import Town, town
from tests.deputies.votes.desk import Desk, faults, fresh
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db
WHY = "Дважды в протоколе / Twice in the minutes"


def correct(roll_call: RollCall, *, withdraw: bool = True, at: dt.datetime = build.LATER) -> RollCallVersion:
    evidence = cite(title="The minutes")
    draft = open_correction(roll_call=roll_call, by=None, reason=WHY, evidence=evidence, withdraw=withdraw)
    build.publish(draft, at=at)
    return draft


def counts(built: Town) -> dict[tuple[int, str], tuple[int, int]]:
    scores = Score.objects.filter(platform=built.platform, demand=None).exclude(chapter="")
    return {(score.person_id, score.chapter): (score.with_votes, score.against_votes) for score in scores}


def test_a_withdrawn_vote_leaves_lists_and_scores_and_comes_back(client: Client) -> None:
    built = town(3)
    before, vote, found = counts(built), built.votes[0], faults()
    page = built.address(f"votes/{vote.slug}/")

    correct(vote)

    assert differences(built.platform) == []
    assert {key for key in before if before[key] != counts(built).get(key, (0, 0))} != set()
    assert f"/votes/{vote.slug}/" not in client.get(built.address("votes/")).text
    assert f"/votes/{vote.slug}/" not in client.get(built.address(f"deputies/{built.people[0].slug}/d1/")).text
    assert client.get(page).status_code == 410
    assert faults() == found

    correct(vote, withdraw=False)

    assert (counts(built), differences(built.platform), faults()) == (before, [], found)
    assert client.get(page).status_code == 200
    assert [version.state for version in vote.versions.order_by("number")] == ["corrected", "corrected", "published"]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["Withdrawn 2 June 2024", "Twice in the minutes", "Moved: 3 scores", "Corrections"]),
        ("ru", ["Снято с учёта 2 июня 2024", "Дважды в протоколе", "Изменились 3 оценки", "Исправления"]),
    ],
)
def test_its_page_is_gone_and_says_why(client: Client, lang: str, words: list[str]) -> None:
    built = town(3)
    correct(built.votes[0])

    answer = client.get(built.address(f"votes/{built.votes[0].slug}/", lang))

    assert answer.status_code == 410
    assert [said for said in words if said not in answer.text] == []
    assert "was taken out" in client.get("/en/corrections/").text
    assert "Withdrawn</strong>" in client.get(built.address()).text


def test_the_history_of_a_deputy_names_what_moved_the_score(client: Client) -> None:
    built = town(3)
    correct(built.votes[0])

    page = client.get(built.address(f"deputies/{built.people[0].slug}/")).text

    assert ">a vote taken out of the record</a>" in page
    assert re.findall(r"<a [^>]*>\s*</a>", page) == []


def test_what_never_was_published_is_not_found(client: Client) -> None:
    built = town(3)
    draft = build.draft(built.chamber)

    assert client.get(built.address(f"votes/{draft.roll_call.slug}/")).status_code == 404


def test_two_persons_withdraw_and_the_seal_tells_it() -> None:
    desk = Desk()
    roll_call = desk.hand_on(desk.save(desk.start())).roll_call
    plain = desk.correct(roll_call)
    seal = content_hashes([plain.pk])[plain.pk]
    RollCallVersion.objects.filter(pk=plain.pk).update(withdrawn=True)

    assert content_hashes([plain.pk])[plain.pk] != seal

    desk.hand_on(fresh(plain))

    roll_call.refresh_from_db()
    assert (roll_call.published, roll_call.versions.get(state=State.PUBLISHED.value).pk) == (None, plain.pk)
    assert list(RollCall.objects.withdrawn()) == [roll_call]
    assert faults() == []


def test_what_waits_for_the_second_person_cannot_be_made_a_withdrawal() -> None:
    desk = Desk()
    roll_call = desk.hand_on(desk.save(desk.start())).roll_call
    waiting = desk.hand_on_until_review(desk.correct(roll_call))

    with refused_by("votes_rollcallversion_immutable"):
        RollCallVersion.objects.filter(pk=waiting.pk).update(withdrawn=True)


def test_only_a_correction_withdraws() -> None:
    chamber = build.chamber()

    with refused_by("votes_rollcallversion_only_corrections_withdraw"):
        build.draft(chamber, withdrawn=True)


def test_a_vote_that_was_never_published_cannot_be_withdrawn() -> None:
    draft = build.draft(build.chamber())

    with pytest.raises(NotPublishable):
        open_correction(roll_call=draft.roll_call, by=None, reason=WHY, withdraw=True)


def test_bundles_before_and_after_verify(tmp_path: Path) -> None:
    built = town(3)
    first = build_bundle(at=build.AT)
    correct(built.votes[0])
    second = build_bundle(at=build.LATER)

    for bundle in (first, second):
        (tmp_path / "bundle.zip").write_bytes(bundle.archive)
        assert verify.check(tmp_path / "bundle.zip", bundle.ident).findings == []
    assert first.ident != second.ident


def test_the_same_vote_under_its_right_number_is_not_called_a_double() -> None:
    desk = Desk()
    wrong = desk.hand_on(desk.save(desk.start(question_number="7"))).roll_call
    again = desk.save(desk.start(question_number="8"))
    seen = {other.id for other in context_of(again, now=build.AT).others}

    correct(wrong)

    assert (seen, context_of(again, now=build.AT).others) == ({wrong.pk}, [])


def test_letters_tell_the_scores_that_it_moved() -> None:
    built = town(3)
    start = Event.objects.order_by("-id").values_list("id", flat=True)[0]
    correct(built.votes[0])

    text = text_for(key(What.CHAMBER, built.chamber), after=start)

    assert "Taken out of the record: " in text
    assert "The scores of 3 deputies changed. Cause: correction." in text


def test_a_demand_that_the_platform_gave_up_is_gone(client: Client) -> None:
    built = town(3)
    kept = built.platform.demands.get(slug="d2")
    version = PlatformVersion.objects.create(platform=built.platform, number=2, title_en="Second")
    DemandText.objects.create(version=version, demand=kept, title_en="Demand 2")
    publish_platform(platform=built.platform, version=version, links=[], vouched=True, at=build.LATER)

    gone = client.get(built.address("demands/d1/"))

    assert gone.status_code == 410
    assert "The last version with it was published 1 June 2024." in gone.text
    assert client.get(built.address("demands/d2/")).status_code == 200
    assert client.get(built.address("demands/d3/")).status_code == 404


def test_positions_of_a_withdrawn_vote_are_kept() -> None:
    built = town(3)
    correct(built.votes[0])

    kept = built.votes[0].versions.get(number=1).ballots.values_list("position", flat=True)

    assert sorted(kept) == sorted([Position.FOR.value, Position.AGAINST.value, Position.ABSTAIN.value])
