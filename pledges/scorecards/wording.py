"""The words of pages and letters: "for" and "against" of ballots, "as the platform asks" of outcomes, never mixed."""

import datetime as dt
import re
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from deputies.people.enums import Threshold
from deputies.sources.dates import PartialDate
from deputies.sources.enums import Precision
from deputies.sources.language import Words, reader_words
from deputies.votes.enums import Position, Result
from deputies.votes.reports.arithmetic import Arithmetic
from pledges.platform.enums import Chapter
from pledges.scorecards.enums import Cause, Column, Edge, Label, Outcome, PositionClass
from pledges.scorecards.method import CLASSES as CLASSES_OF
from pledges.scorecards.method import POINT_UNIT, WEIGHT_UNIT, Percent, Reading, percent_on_page
from pledges.scorecards.reports.cards import Card
from pledges.scorecards.reports.groups import Group
from pledges.scorecards.reports.measures import Measure
from pledges.tracker.enums import LastWord

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
POSITIONS: dict[Position, str | Promise] = {
    Position.FOR: pgettext_lazy("ballot", "for"),
    Position.AGAINST: pgettext_lazy("ballot", "against"),
    Position.ABSTAIN: pgettext_lazy("ballot", "abstained"),
    Position.PRESENT_NOT_VOTING: pgettext_lazy("ballot", "did not vote"),
    Position.NOT_FOR: pgettext_lazy("ballot", "neither for nor against"),
    Position.ABSENT: pgettext_lazy("ballot", "absent"),
    Position.NO_MARK: pgettext_lazy("ballot", "no mark"),
    Position.EXCUSED: pgettext_lazy("ballot", "excused"),
    Position.PAIRED_FOR: pgettext_lazy("ballot", "paired, for"),
    Position.PAIRED_AGAINST: pgettext_lazy("ballot", "paired, against"),
    Position.PROXY_FOR: pgettext_lazy("ballot", "for, by proxy"),
    Position.PROXY_AGAINST: pgettext_lazy("ballot", "against, by proxy"),
    Position.PROXY_ABSTAIN: pgettext_lazy("ballot", "abstained, by proxy"),
    Position.PRESIDING: pgettext_lazy("ballot", "presiding"),
    Position.CASTING_FOR: pgettext_lazy("ballot", "for, casting vote"),
    Position.CASTING_AGAINST: pgettext_lazy("ballot", "against, casting vote"),
    Position.RECUSED: pgettext_lazy("ballot", "recused"),
    Position.SUSPENDED: pgettext_lazy("ballot", "suspended"),
    Position.SECRET: pgettext_lazy("ballot", "secret ballot"),
    Position.DATA_MISSING: pgettext_lazy("ballot", "our gap: not found"),
}
OUTCOMES: dict[Outcome, str | Promise] = {
    Outcome.WITH: gettext_lazy("as the platform asks"),
    Outcome.AGAINST: gettext_lazy("not as it asks"),
    Outcome.HALF: gettext_lazy("half as it asks"),
    Outcome.MISSED: gettext_lazy("no vote recorded"),
    Outcome.EXCUSED: gettext_lazy("excused, not counted"),
    Outcome.NEUTRAL: gettext_lazy("no effect on the demand"),
    Outcome.GAP: gettext_lazy("our gap, not counted"),
}
LABELS: dict[Label, str | Promise] = {
    Label.NO_RECORDED_VOTE: gettext_lazy("no counted vote"),
    Label.PLAIN: gettext_lazy("too few votes for a label"),
    Label.COUNTS_ONLY: gettext_lazy("counts only: more than half without a recorded vote"),
    Label.CONSISTENTLY: gettext_lazy("consistently as it asks"),
    Label.IN_ALL: gettext_lazy("in all counted votes as it asks"),
    Label.ALMOST_ALWAYS: gettext_lazy("almost always as it asks"),
    Label.MOSTLY: gettext_lazy("mostly as it asks"),
    Label.SOMETIMES: gettext_lazy("sometimes as it asks, sometimes not"),
    Label.MOSTLY_NOT: gettext_lazy("mostly not as it asks"),
    Label.ALMOST_ALWAYS_NOT: gettext_lazy("almost always not as it asks"),
    Label.IN_ALL_NOT: gettext_lazy("in all counted votes not as it asks"),
    Label.CONSISTENTLY_NOT: gettext_lazy("consistently not as it asks"),
}
SILENT = frozenset(CLASSES_OF[PositionClass.ABSTAIN] + CLASSES_OF[PositionClass.NOT_VOTING])
CHAPTERS: dict[Chapter, str | Promise] = {
    Chapter.DEMOCRATIC: gettext_lazy("Democratic"),
    Chapter.SOCIAL: gettext_lazy("Social"),
    Chapter.RED_LINE: gettext_lazy("What the coalition ruled out"),
}
CLASSES: dict[PositionClass, str | Promise] = {
    PositionClass.FOR: pgettext_lazy("ballot", "for"),
    PositionClass.AGAINST: pgettext_lazy("ballot", "against"),
    PositionClass.ABSTAIN: pgettext_lazy("ballot", "abstained"),
    PositionClass.NOT_VOTING: gettext_lazy("present without voting, or neither for nor against"),
    PositionClass.ABSENT: gettext_lazy("absent, or no mark in the record"),
    PositionClass.EXCUSED: gettext_lazy("excused, paired, recused or suspended"),
    PositionClass.GAP: gettext_lazy("our gap: not found, or worked out"),
}
CAUSES: dict[Cause, str | Promise] = {
    Cause.NEW_VOTE: gettext_lazy("new vote"),
    Cause.CORRECTION: gettext_lazy("correction"),
    Cause.PLATFORM_EDIT: gettext_lazy("change of the platform"),
    Cause.METHOD_VERSION: gettext_lazy("new version of the method"),
    Cause.MANDATE_CHANGE: gettext_lazy("change of a mandate"),
    Cause.RULING: gettext_lazy("ruling on a vote"),
    Cause.MAIN_VOTE: gettext_lazy("choice of the vote that counts for a text"),
}
LAST_WORDS: dict[LastWord, str | Promise] = {
    LastWord.PLEDGED: pgettext_lazy("word", "pledged"),
    LastWord.SIGNED: pgettext_lazy("word", "signed"),
    LastWord.REFUSED: pgettext_lazy("word", "refused"),
    LastWord.UNDECIDED: pgettext_lazy("word", "neither yes nor no"),
    LastWord.WITHDRAWN: pgettext_lazy("word", "signature withdrawn"),
    LastWord.SILENT: pgettext_lazy("word", "asked, no answer"),
    LastWord.NONE: pgettext_lazy("word", "no word yet"),
}
COLUMNS: dict[Column, str | Promise] = {
    Column.ASKED_STRONG: gettext_lazy("The demand wants it adopted; silence has the effect of “against”"),
    Column.ASKED_WEAK: gettext_lazy("The demand wants it adopted; only for and against decide"),
    Column.OPPOSED: gettext_lazy("The demand wants it not adopted"),
}
# What a reader can ask of a record besides the published method: a short name and the rule in one line.
METHODS: dict[str, tuple[str | Promise, str | Promise]] = {
    "votes-cast": (
        gettext_lazy("Votes cast"),
        gettext_lazy("Only recorded votes count; silence counts where it has the effect of “against”."),
    ),
    "absence-against": (
        gettext_lazy("Absence earns nothing"),
        gettext_lazy("Abstained, silent or absent counts like a vote not as it asks."),
    ),
    "half-credit": (
        gettext_lazy("Half for silence and absence"),
        gettext_lazy("Abstained, silent or absent earns half of a vote."),
    ),
    "abstain-half": (
        gettext_lazy("Half for abstaining"),
        gettext_lazy("Abstained earns half of a vote; silent or absent does not count."),
    ),
    "twfy-simplified": (
        gettext_lazy("Half for abstaining, with caps"),
        gettext_lazy("Abstained earns half of a vote; many absences keep the score away from 0 and 100 %."),
    ),
    "public-whip": (
        gettext_lazy("Missed votes weigh a fifth"),
        gettext_lazy("Abstained, silent or absent earns half of a fifth of a vote; votes that weigh more weigh five."),
    ),
    "public-whip-au": (
        gettext_lazy("Missed votes weigh a fifth, abstaining earns nothing"),
        gettext_lazy("Silent or absent earns half of a fifth of a vote; abstained earns nothing of a whole one."),
    ),
    "not-voting-against": (
        gettext_lazy("Silence earns nothing"),
        gettext_lazy("Abstained or silent counts like a vote not as it asks; absent does not count."),
    ),
    "as-corrected": (
        gettext_lazy("As declared later"),
        gettext_lazy("What the deputy declared after a vote in place of what was recorded."),
    ),
    "without-unanimous": (
        gettext_lazy("Without unanimous votes"),
        gettext_lazy("Only votes in which some were for and some were against."),
    ),
    "without-earlier": (
        gettext_lazy("Without votes chosen afterwards"),
        gettext_lazy("Only votes held after their link to the demand was published."),
    ),
}


def date_words(date: PartialDate, zone: ZoneInfo) -> str:
    """A date as exactly as it is known: "14 May 2020, 16:20", "March 2020", "2020", "date not known"."""
    if date.at is None or date.precision is Precision.UNKNOWN:
        return _("date not known")
    local = date.at.astimezone(zone)
    match date.precision:
        case Precision.YEAR:
            return str(local.year)
        case Precision.MONTH:
            return formats.date_format(local, "F Y").lower() if _is_russian() else formats.date_format(local, "F Y")
        case Precision.DAY:
            return day_words(local.date())
        case _:
            return f"{day_words(local.date())}, {local:%H:%M}"


def bound_words(date: PartialDate, zone: ZoneInfo) -> str:
    """A date after "since" or "until", which Russian declines: "March 2020", "марта 2020"; "" where it is not known."""
    if date.at is None or date.precision is Precision.UNKNOWN:
        return ""
    if not _is_russian() or date.precision not in (Precision.MONTH, Precision.YEAR):
        return date_words(date, zone)
    local = date.at.astimezone(zone)
    return formats.date_format(local, "E Y") if date.precision is Precision.MONTH else f"{local.year} года"


def iso_words(date: PartialDate, zone: ZoneInfo) -> str:
    """A date for machines, as exactly as it is known: "2020-05-14", "2020-03", "2020", ""."""
    if date.at is None or date.precision is Precision.UNKNOWN:
        return ""
    length = {Precision.YEAR: 4, Precision.MONTH: 7}.get(date.precision, 10)
    return date.at.astimezone(zone).date().isoformat()[:length]


def ended_sentence(date: PartialDate, zone: ZoneInfo) -> str:
    """That a term is over, said as exactly as its end is known."""
    told = {"date": date_words(date, zone)}
    if date.precision is Precision.UNKNOWN:
        return _("This term has ended. The record is closed; corrections continue.")
    if date.precision is Precision.DAY:
        return _("This term ended on %(date)s. The record is closed; corrections continue.") % told
    return _("This term ended in %(date)s. The record is closed; corrections continue.") % told


def day_words(day: dt.date) -> str:
    """ "14 May 2020" in either language."""
    return formats.date_format(day, "j E Y")


def own_half(text: str) -> Words:
    """A text kept in one field, in the reader's language where it is written in both: "по-русски / in English"."""
    halves = text.split(" / ")
    if len(halves) == 2 and [bool(CYRILLIC.search(half)) for half in halves] in ([True, False], [False, True]):
        russian, english = halves if CYRILLIC.search(halves[0]) else reversed(halves)
        return reader_words(ru=russian, en=english)
    return Words(text, "ru" if CYRILLIC.search(text) else "en")


def _is_russian() -> bool:
    return get_language() == "ru"


def percent_words(percent: Percent | None) -> str:
    """A percentage with its unit: "80 %", "under 1 %"; "" for none."""
    if percent is None:
        return ""
    number = f"{percent.value}\N{NO-BREAK SPACE}%"
    if percent.edge is Edge.UNDER:
        return _("under %(percent)s") % {"percent": number}
    return _("over %(percent)s") % {"percent": number} if percent.edge is Edge.OVER else number


def percent_of(measure: Measure) -> Fraction | None:
    """The share behind a percentage that a page prints; None with too few votes for one, or too many missing."""
    enough = measure.counted > measure.profile.bands.plain_up_to
    return measure.score if enough and measure.percent is not None else None


def counts_words(measure: Measure) -> str:
    """ "3 of 4 (75 %)", without the percentage where there are too few votes for one.

    Where some votes weigh more, or earn a part of a point, the percentage is not that of the counts and says so.
    """
    if not measure.counted:
        return _("no counted vote")
    counts = _("%(a)s of %(n)s") % {"a": measure.as_asked, "n": measure.counted}
    share = percent_of(measure)
    if share is None:
        return counts
    told = {"counts": counts, "percent": percent_words(measure.percent)}
    if share == Fraction(measure.as_asked, measure.counted):
        return f"{counts} ({told['percent']})"
    if measure.is_weighted and not measure.halves:
        return _("%(counts)s (weighted: %(percent)s)") % told
    return _("%(counts)s (in points: %(percent)s)") % told


def group_counts(group: Group) -> str:
    """What a group did, "34 of 51 (67 %)"; a small one is given in counts alone."""
    if group.pooled.counted and group.is_small:
        return _("%(a)s of %(n)s") % {"a": group.pooled.as_asked, "n": group.pooled.counted}
    return counts_words(group.pooled)


def group_words(group: Group) -> str:
    """Who is behind it: "11 members; median 70 %, from 40 % to 100 %", without a median of a small one."""
    members = ngettext("%(count)d member", "%(count)d members", group.members) % {"count": group.members}
    if group.is_small or group.lowest is None or group.middle is None or group.highest is None:
        return _("%(members)s; too few for a percentage") % {"members": members} if group.is_small else members
    shares = (percent_words(percent_on_page(share)) for share in (group.middle, group.lowest, group.highest))
    told = dict(zip(("middle", "low", "high"), shares, strict=True))
    return _("%(members)s; median %(middle)s, from %(low)s to %(high)s") % {"members": members, **told}


def breach_words(position: Position) -> str:
    """What a recorded vote across a red line was: of ballots, "for" and "against" may be said."""
    if position in CLASSES_OF[PositionClass.FOR]:
        return _("Voted for a text that the platform's red line excludes")
    return _("Voted against a text that the platform's red line protects")


def shift_words(now: Measure, then: Measure) -> str:
    """Why another method gives another number, in one line: which votes come in or fall out, or earn otherwise."""
    more = then.counted - now.counted
    if more > 0:
        return ngettext(
            "%(count)d more vote counts: no vote recorded or no effect until now",
            "%(count)d more votes count: no vote recorded or no effect until now",
            more,
        ) % {"count": more}
    if more < 0:
        return ngettext("%(count)d vote no longer counts", "%(count)d votes no longer count", -more) % {"count": -more}
    return _("the same votes count and earn otherwise")


def chapters_sentence(cards: list[Card]) -> str:
    """A deputy's record in one sentence that survives being quoted alone."""
    democratic, social = (card.measure for card in cards)
    if not democratic.counted and not social.counted:
        return no_counted_vote(democratic.missed + social.missed)
    if democratic.is_few or social.is_few:
        heads = _("Democratic demands of the platform"), _("Social demands")
        told = zip(heads, (democratic, social), strict=True)
        return " ".join(f"{head}: {_told(measure)}." for head, measure in told)
    if not democratic.counted:
        return _("As the platform asks: %(social)s; no counted vote on democratic.") % {"social": _only_social(social)}
    first = _of_democratic(democratic)
    if not social.counted:
        return _("As the platform asks: %(democratic)s; no counted vote on social.") % {"democratic": first}
    return _("As the platform asks: %(democratic)s, %(social)s.") % {"democratic": first, "social": _of_social(social)}


def few_words(measure: Measure) -> str:
    """What one or two counted votes were; a measure with more of them, or with halves, has counts instead."""
    if measure.counted == 1:
        if measure.as_asked:
            return _("1 counted vote, as the platform asks")
        return _("1 counted vote, not as the platform asks")
    return [
        _("2 counted votes, neither as the platform asks"),
        _("2 counted votes: one as the platform asks, one not"),
        _("2 counted votes, both as the platform asks"),
    ][measure.as_asked]


def _told(measure: Measure) -> str:
    if measure.is_few:
        return few_words(measure)
    if not measure.counted:
        return _("no counted vote")
    return ngettext(
        "%(as_asked)d of %(count)d counted vote as the platform asks",
        "%(as_asked)d of %(count)d counted votes as the platform asks",
        measure.counted,
    ) % {"as_asked": measure.as_asked, "count": measure.counted}


def no_counted_vote(missed: int) -> str:
    if not missed:
        return _("No recorded vote.")
    return ngettext(
        "No recorded vote: the record is silent on %(count)d vote that would count.",
        "No recorded vote: the record is silent on %(count)d votes that would count.",
        missed,
    ) % {"count": missed}


def _of_democratic(measure: Measure) -> str:
    return ngettext(
        "%(as_asked)d of %(count)d counted vote on democratic demands",
        "%(as_asked)d of %(count)d counted votes on democratic demands",
        measure.counted,
    ) % {"as_asked": measure.as_asked, "count": measure.counted}


def _of_social(measure: Measure) -> str:
    return ngettext("%(as_asked)d of %(count)d on social", "%(as_asked)d of %(count)d on social", measure.counted) % {
        "as_asked": measure.as_asked,
        "count": measure.counted,
    }


def _only_social(measure: Measure) -> str:
    return ngettext(
        "%(as_asked)d of %(count)d counted vote on social demands",
        "%(as_asked)d of %(count)d counted votes on social demands",
        measure.counted,
    ) % {"as_asked": measure.as_asked, "count": measure.counted}


def result_sentence(result: str, numbers: Arithmetic) -> str:
    """ "Not adopted: 19 voted for, 23 were needed. Short by 4." """
    word = {
        Result.ADOPTED.value: pgettext("result", "Adopted"),
        Result.REJECTED.value: pgettext("result", "Not adopted"),
    }.get(result, pgettext("result", "The result is not stated"))
    if numbers.for_ is None:
        return " ".join([f"{word}.", _("The record gives no numbers for and against.")])
    parts = [ngettext("%(count)d voted for", "%(count)d voted for", numbers.for_) % {"count": numbers.for_}]
    if numbers.threshold is Threshold.VOTING and numbers.against is not None:
        parts.append(ngettext("%(count)d against", "%(count)d against", numbers.against) % {"count": numbers.against})
    elif numbers.needed is not None:
        parts.append(
            ngettext("%(count)d was needed", "%(count)d were needed", numbers.needed) % {"count": numbers.needed}
        )
    return " ".join([f"{word}: {', '.join(parts)}.", *_gap(result, numbers)])


def _gap(result: str, numbers: Arithmetic) -> list[str]:
    if result == Result.REJECTED.value and numbers.short_by:
        short = numbers.short_by
        return [ngettext("Short by %(count)d.", "Short by %(count)d.", short) % {"count": short}]
    if result == Result.ADOPTED.value and numbers.needed is not None and numbers.spare:
        extra = numbers.spare
        return [ngettext("%(count)d more than needed.", "%(count)d more than needed.", extra) % {"count": extra}]
    return []


def effect_words(outcome: Outcome | None, position: Position, *, silence_counts: bool, needed: int | None) -> str:
    """What a ballot did to the demand: "Did not support; 23 votes were needed", never "voted against" of silence."""
    if outcome is Outcome.AGAINST and position in SILENT and silence_counts:
        if needed is None:
            return _("Did not support")
        return ngettext(
            "Did not support; %(count)d vote was needed", "Did not support; %(count)d votes were needed", needed
        ) % {"count": needed}
    return str(OUTCOMES[outcome]).capitalize() if outcome else _("Not eligible, not counted")


def points_words(reading: Reading) -> str:
    """What a vote earned of what it could earn, in votes: "1 of 1 point", "0 of 2 points"."""
    unit = WEIGHT_UNIT * POINT_UNIT
    earned, possible = (Fraction(reading.weight * part, unit) for part in (reading.credit, reading.mass))
    if not possible:
        return _("0 points: not counted")
    return ngettext("%(earned)s of %(possible)s point", "%(earned)s of %(possible)s points", int(possible)) % {
        "earned": _number(earned),
        "possible": _number(possible),
    }


def _number(value: Fraction) -> str:
    return formats.number_format(round(float(value), 2)).removesuffix(",0").removesuffix(".0")
