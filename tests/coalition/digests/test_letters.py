"""What is in a letter."""

import re

import pytest

from coalition.digests import letters
from coalition.digests.actions import planning, sending
from coalition.digests.models import Delivery
from coalition.digests.news import news_of
from coalition.digests.reports import latest_event
from deputies.votes.enums import Position, Result
from pledges.platform.enums import Chapter
from pledges.scorecards.bundles.actions import build_bundle
from tests import build
from tests.coalition.digests.build import READER, TUESDAY, WEEK, reader
from tests.coalition.digests.sink import Sink, part, token_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.coalition.digests.urls")]


def send(weeks: int = 0) -> None:
    for _ in planning.plan_digests(at=TUESDAY + weeks * WEEK):
        pass
    sending.send_waiting(at=TUESDAY + weeks * WEEK, among=Delivery.objects.all())


def test_a_correction_reaches_who_follows_the_deputy(sink: Sink) -> None:
    chamber = build.chamber(seats=5, slug="zarechny", is_invented=True)
    anna = build.deputy(chamber, "Anna Obraztsova")
    demand = build.platform(chamber, demands=[Chapter.DEMOCRATIC]).demands.get()
    roll_call = build.vote(
        chamber, {anna: Position.AGAINST}, total_for=1, total_against=3, result=Result.REJECTED.value
    )
    build.link(demand, roll_call)
    reader(sink, chamber, person=anna)

    build.publish(build.draft(chamber, {anna: Position.FOR}, roll_call=roll_call, total_for=2, total_against=3,
                              result=Result.REJECTED.value))  # fmt: skip
    send()

    letter = sink.letters[0]
    assert letter["Subject"] == "Your weekly summary, 2 items"
    expected = f"""\
{chamber.name}
{"=" * len(str(chamber.name))}
This is an example: the chamber and everybody in it are invented.

Corrections
-----------

Corrected: {roll_call.versions.get(number=2).title}
  Not adopted: 2 voted for, 3 against. Short by 2.
  Why it was corrected: the clerk's erratum
  Anna Obraztsova: for (as the platform asks: Demand 1).
  http://127.0.0.1:8000/en/zarechny/votes/{roll_call.slug}/

Scores that changed
-------------------

  Anna Obraztsova: 0 of 1 to 1 of 1 on democratic demands. Cause:
  correction.
  http://127.0.0.1:8000/en/zarechny/deputies/{anna.slug}/

Chosen and scored by {demand.platform.coalition.name}.

---
You follow:
  Anna Obraztsova ({chamber.name})

The links below are yours: remove them before forwarding.

What you follow, and unsubscribing:
http://127.0.0.1:8000/s/{token_in(letter)}/
"""
    assert part(letter, "plain") == expected


def test_a_correction_before_the_letter_replaces_what_it_corrects(sink: Sink) -> None:
    chamber = build.chamber()
    somebody = build.deputy(chamber)
    reader(sink, chamber, person=somebody)
    roll_call = build.vote(chamber, {somebody: Position.AGAINST})
    build.publish(build.draft(chamber, {somebody: Position.FOR}, roll_call=roll_call))

    send()

    text = part(sink.letters[0], "plain")
    assert "Corrected" not in text
    assert re.findall(r"Person \d+: (.*)\.", text) == ["for"]


def test_who_follows_a_chamber_reads_of_linked_votes_and_how_many_scores_changed(sink: Sink) -> None:
    chamber = build.chamber()
    people = [build.deputy(chamber) for _ in range(3)]
    demand = build.platform(chamber).demands.get()
    reader(sink, chamber)
    linked = build.vote(chamber, dict.fromkeys(people, Position.FOR))
    unlinked = build.vote(chamber, dict.fromkeys(people, Position.FOR))
    build.link(demand, linked)

    send()

    text = part(sink.letters[0], "plain")
    assert linked.slug in text
    assert unlinked.slug not in text
    assert "The scores of 3 deputies changed. Cause: change of the platform." in text
    assert "Person" not in text


def test_the_envelope_is_neutral_and_leaving_takes_one_click(sink: Sink) -> None:
    chamber = build.chamber(slug="moscow")
    somebody = build.deputy(chamber, "Anna Obraztsova")
    reader(sink, chamber, person=somebody)
    build.vote(chamber, {somebody: Position.FOR})

    send()

    letter = sink.letters[0]
    token = token_in(letter)
    assert sorted(letter.keys()) == sorted(
        ["Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID", "List-Unsubscribe",
         "List-Unsubscribe-Post", "List-Id", "Auto-Submitted", "Content-Language"]
    )  # fmt: skip
    assert letter["Subject"] == "Your weekly summary, 1 item"
    assert letter["From"] == "Summary <summary@localhost>"
    assert letter["List-Unsubscribe"] == f"<http://127.0.0.1:8000/s/{token}/unsubscribe/>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Id"] == "<summary.127.0.0.1>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert (sink.envelopes[0].rcpt_tos, letter["To"]) == ([READER], READER)
    assert letter.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in letter.iter_parts()] == ["text/plain", "text/html"]


def test_a_letter_sent_again_has_the_same_id(sink: Sink) -> None:
    chamber = build.chamber()
    somebody = build.deputy(chamber)
    reader(sink, chamber, person=somebody)
    build.vote(chamber, {somebody: Position.FOR})
    send()
    Delivery.objects.update(state="planned", sent_at=None)

    sending.send_waiting(at=TUESDAY, among=Delivery.objects.all())

    first, second = (letter["Message-ID"] for letter in sink.letters)
    assert first == second


def test_the_html_part_loads_nothing_and_escapes_what_it_quotes(sink: Sink) -> None:
    chamber = build.chamber()
    somebody = build.deputy(chamber, "<b>Anna</b> & Co")
    reader(sink, chamber, person=somebody)
    version = build.draft(chamber, {somebody: Position.FOR})
    version.title_en = "<script>alert(1)</script>"
    version.save()
    build.publish(version)

    send()

    html = part(sink.letters[0], "html")
    assert '<html lang="en">' in html
    assert not re.findall(r"<(script|img|link|iframe|b)\b|url\(|@import", html)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "&lt;b&gt;Anna&lt;/b&gt; &amp; Co" in html
    assert "<b>Anna</b> & Co" in part(sink.letters[0], "plain")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_text_part_fits_a_terminal(sink: Sink, language: str) -> None:
    chamber = build.chamber(slug="x" * 60)
    somebody = build.deputy(chamber, "Very Long Name " * 10)
    demand = build.platform(chamber).demands.get()
    reader(sink, chamber, person=somebody, language=language)
    votes = [build.vote(chamber, {somebody: Position.FOR}, title_ru="О бюджете " * 40) for _ in range(25)]
    build.link(demand, votes[0])

    send()

    text = part(sink.letters[0], "plain")
    assert max(len(line) for line in text.splitlines() if "http://" not in line) <= 70
    assert text.count("http://") == letters.MOST_ITEMS + 1
    assert language == "ru" or "And 6 more, on the site." in text


@pytest.mark.parametrize("votes", [1, 3])
def test_composing_asks_as_often_for_three_votes_as_for_one(
    sink: Sink, votes: int, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    chamber = build.chamber()
    people = [build.deputy(chamber) for _ in range(3)]
    demand = build.platform(chamber).demands.get()
    subscriber = reader(sink, chamber, person=people[0])
    for _ in range(votes):
        build.link(demand, build.vote(chamber, dict.fromkeys(people, Position.FOR)))
    follows = list(subscriber.subscriptions.select_related("chamber", "person"))

    with django_assert_num_queries(10):  # type: ignore[operator]
        news_of(follows, subscriber.watermark, latest_event(), TUESDAY)


def test_a_letter_names_the_bundle_with_which_its_scores_can_be_checked(sink: Sink) -> None:
    chamber = build.chamber()
    anna = build.deputy(chamber)
    build.platform(chamber)
    reader(sink, chamber, person=anna)
    build.vote(chamber, {anna: Position.FOR})
    bundle = build_bundle(at=build.LATER)

    send()

    told = f"To check the scores: bundle 1, id {bundle.ident[:12]},"
    assert f"{told}\nhttp://127.0.0.1:8000/en/data/\n" in part(sink.letters[0], "plain")
    assert told in part(sink.letters[0], "html")
