"""What became of deputies' words: pledges, statuses, signatures, answers, findings, and findings taken back."""

from collections.abc import Iterator
from functools import partial

from coalition.digests.concerns import of_chamber, of_demands, of_latest_seats
from coalition.digests.enums import What
from coalition.digests.items import Item, Section, Span, Told
from pledges.findings.models import Finding
from pledges.findings.reports.news import WORDS, WordNews, news_of_words
from pledges.findings.wording import news_words


def word_items(span: Span) -> Iterator[Item]:
    """One item for each, at most five queries; a finding taken back is a correction of what its publication told."""
    said = span.of(*WORDS)
    if span.in_force is None or not said:
        return
    found = news_of_words(said, span.in_force.texts, span.held)
    seats = of_latest_seats(span.chamber.pk, {news.person.pk for news in found})
    demands = {text.demand_id: text.demand for text in span.in_force.texts}
    for news in found:
        facts = news.event.facts
        about = [demands[pk] for pk in [facts.get("demand")] if pk in demands]
        keys = of_demands(span.chamber.pk, about) | of_chamber(span.chamber.pk, What.CHAMBER)
        yield Item(
            keys | seats.get(news.person.pk, frozenset()),
            partial(_told, span, news),
            (facts["roll_call"], news.person.pk) if isinstance(news.subject, Finding) else None,
            section=Section.CORRECTIONS if news.is_correction else Section.WORDS,
            about=("word", news.event.pk),
            events=(news.event.pk,),
        )


def _told(span: Span, news: WordNews) -> Told:
    """One line with its page: of the finding, of the pledge, or of the deputy."""
    page, one = news.page
    reason = (news.subject.reason,) if news.is_correction and isinstance(news.subject, Finding) else ()
    return Told(news_words(news), reason, span.url(page, **{"slug" if page == "deputy_page" else "pk": one}))
