"""Letters in words: a text part to be read in a terminal, an HTML part with nothing remote in it.

Subject and sender are neutral: whoever sees the envelope learns nothing of what is followed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, ngettext, override

from coalition.digests.messages import Letter, headers_of, list_headers
from coalition.digests.models import Subscription
from coalition.digests.news import Cast, ChamberNews, Move, Moved, VoteNews
from coalition.digests.sealing import Sealed, bounce_token
from deputies.people.models import Chamber
from pledges.findings.reports.news import WordNews
from pledges.findings.wording import news_words
from pledges.platform.enums import Chapter
from pledges.scorecards import wording
from pledges.scorecards.bundles.reports import latest_bundle
from pledges.scorecards.enums import Outcome
from pledges.scorecards.method import Tally

MOST_ITEMS = 20
MOVES = {
    Chapter.DEMOCRATIC: gettext_noop("%(name)s: %(before)s to %(after)s on democratic demands. Cause: %(causes)s."),
    Chapter.SOCIAL: gettext_noop("%(name)s: %(before)s to %(after)s on social demands. Cause: %(causes)s."),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a letter: a heading, sentences, and where to read more."""

    heading: str
    sentences: tuple[str, ...]
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What a letter says of one chamber."""

    chamber: str
    is_invented: bool
    sections: tuple[Section, ...]
    chooser: str


def site_url(name: str, **kwargs: str) -> str:
    """The full address of a page."""
    return str(settings.SITE_URL) + reverse(name, kwargs=kwargs)


def confirmation(*, sealed: Sealed, language: str) -> Letter:
    """The short, plain letter that asks whether its reader wanted letters; it names nobody."""
    with override(language):
        return _note(sealed, language, "confirmation", gettext("Please confirm your request"))


def own_link(*, sealed: Sealed, language: str, name: str) -> Letter:
    """The short, plain letter that tells a reader their own link; `name` is its own among those of its reader."""
    with override(language):
        return _note(sealed, language, "own_link", gettext("The link you asked for"), name)


def _note(sealed: Sealed, language: str, template: str, subject: str, name: str = "") -> Letter:
    return Letter(
        address=sealed.address,
        subject=subject,
        text=render_to_string(f"emails/{template}.txt", {"url": site_url("token", token=sealed.token)}),
        headers=headers_of(sealed, name or template, language),
    )


def weekly(
    *,
    sealed: Sealed,
    language: str,
    period: str,
    news: Sequence[ChamberNews],
    follows: Iterable[Subscription],
) -> Letter:
    """The weekly summary. `news` is not empty and was read with `language` active."""
    count = sum(chamber.items for chamber in news)
    with override(language):
        subject = ngettext("Your weekly summary, %(count)d item", "Your weekly summary, %(count)d items", count) % {
            "count": count
        }
        words = {
            "parts": _parts(news, language),
            "more": max(0, count - MOST_ITEMS),
            "follows": [subscription.label for subscription in follows],
            "url": site_url("token", token=sealed.token),
            "bundle": latest_bundle(),
            "data_url": site_url("data_page", lang=language),
            "language": language,
            "subject": subject,
        }
        text = render_to_string("emails/weekly.txt", words)
        html = render_to_string("emails/weekly.html", words)
    return Letter(
        address=sealed.address,
        subject=subject,
        text=text,
        html=html,
        headers=headers_of(sealed, period, language)
        + list_headers(site_url("unsubscribe_one_click", token=sealed.token)),
        bounce=bounce_token(sealed.token),
    )


def _parts(news: Iterable[ChamberNews], language: str) -> list[Part]:
    """The first items of the news, in the order of the letter: new votes, corrections, scores, pledges."""
    room = MOST_ITEMS
    parts = []
    for of_chamber in news:
        sections = []
        for section in _sections(of_chamber, language):
            kept = section.items[:room]
            room -= len(kept)
            if kept:
                sections.append(Section(section.heading, kept))
        if sections:
            chamber = of_chamber.chamber
            parts.append(Part(str(chamber.name), chamber.is_invented, tuple(sections), of_chamber.chooser))
    return parts


def _sections(news: ChamberNews, language: str) -> list[Section]:
    new = tuple(_vote(vote, language) for vote in news.votes if not vote.is_correction)
    corrections = tuple(_vote(vote, language) for vote in news.votes if vote.is_correction)
    corrections += tuple(_word(word, news.chamber, language) for word in news.words if word.is_correction)
    scores = tuple(_move(move, news.chamber, language) for move in news.moves)
    scores += tuple(_moved(moved, news.chamber, language) for moved in news.moved)
    return [
        Section(gettext("Votes"), new),
        Section(gettext("Corrections"), corrections),
        Section(gettext("Scores that changed"), scores),
        Section(
            gettext("Pledges, and what was ruled out"),
            tuple(_word(word, news.chamber, language) for word in news.words if not word.is_correction),
        ),
    ]


def _word(news: WordNews, chamber: Chamber, language: str) -> Item:
    """One line about a deputy's word, with its page: of the finding, of the pledge, or of the deputy."""
    page, one = news.page
    of = {"slug" if page == "deputy_page" else "pk": one}
    return Item("", (news_words(news),), site_url(page, lang=language, chamber=chamber.slug, **of))


def _vote(news: VoteNews, language: str) -> Item:
    version = news.version
    sentences = [wording.result_sentence(version.result, news.arithmetic)]
    if news.is_correction and version.reason:
        sentences.append(gettext("Why it was corrected: %(reason)s") % {"reason": wording.own_half(version.reason)})
    sentences += [_cast(cast) for cast in news.casts]
    title = gettext("Corrected: %(title)s") % {"title": version.title} if news.is_correction else str(version.title)
    roll_call = version.roll_call
    url = site_url("vote_page", lang=language, chamber=roll_call.chamber.slug, slug=roll_call.slug)
    return Item(title, tuple(sentences), url)


def _cast(cast: Cast) -> str:
    """Such as "Anna Obraztsova: for (as the platform asks: Elect judges)."."""
    demands: dict[Outcome, list[str]] = defaultdict(list)
    for meaning in cast.meanings:
        demands[meaning.outcome].append(meaning.demand)
    meanings = "; ".join(f"{wording.OUTCOMES[outcome]}: {', '.join(titles)}" for outcome, titles in demands.items())
    ballot = wording.POSITIONS[cast.position]
    return f"{cast.person.name}: {ballot} ({meanings})." if meanings else f"{cast.person.name}: {ballot}."


def _move(move: Move, chamber: Chamber, language: str) -> Item:
    words = {
        "name": move.person.name,
        "before": _of(move.before),
        "after": _of(move.after),
        "causes": ", ".join(move.causes),
    }
    url = site_url("deputy_page", lang=language, chamber=chamber.slug, slug=move.person.slug)
    return Item("", (gettext(MOVES[Chapter(move.chapter)]) % words,), url)


def _moved(moved: Moved, chamber: Chamber, language: str) -> Item:
    sentence = ngettext(
        "The score of %(count)d deputy changed. Cause: %(cause)s.",
        "The scores of %(count)d deputies changed. Cause: %(cause)s.",
        moved.deputies,
    )
    url = site_url("deputy_list", lang=language, chamber=chamber.slug)
    return Item("", (sentence % {"count": moved.deputies, "cause": moved.cause},), url)


def _of(tally: Tally) -> str:
    """Such as "8 of 10": the counted votes that went as the platform asks."""
    if not tally.counted:
        return gettext("no counted vote")
    whole, half = divmod(tally.votes_with + Fraction(tally.votes_half, 2), 1)
    return gettext("%(with)s of %(counted)d") % {"with": f"{whole}{'½' if half else ''}", "counted": tally.counted}
