"""From a tally to the kind of sentence it deserves: exact, and the same for both sides.

Source: docs/method.md, section "The words".
"""

from fractions import Fraction

from pledges.scorecards.enums import Label
from pledges.scorecards.method import LabelBands, Percent, Profile, Tally, percent_on_page


def label(tally: Tally, profile: Profile) -> Label:
    """The label of a record; exchanging with and against gives its mirror."""
    score = profile.score(tally)
    if score is None:
        return Label.NO_RECORDED_VOTE
    if tally.counted <= profile.bands.plain_up_to:
        return Label.PLAIN
    if not _covered(tally, profile):
        return Label.COUNTS_ONLY
    if score < Fraction(1, 2):
        return _band(1 - score, tally.counted, profile.bands).mirror
    return _band(score, tally.counted, profile.bands)


def _band(score: Fraction, counted: int, bands: LabelBands) -> Label:
    """The label of a score of at least one half."""
    if score >= bands.consistently and counted >= bands.consistently_from:
        return Label.CONSISTENTLY
    if score == 1:
        return Label.IN_ALL
    if score >= bands.almost_always:
        return Label.ALMOST_ALWAYS
    return Label.MOSTLY if score > bands.mostly_above else Label.SOMETIMES


def shown_percent(tally: Tally, profile: Profile) -> Percent | None:
    """The percentage that a page may print; None without a score, and where too much is missing."""
    score = profile.score(tally)
    return None if score is None or not _covered(tally, profile) else percent_on_page(score)


def _covered(tally: Tally, profile: Profile) -> bool:
    return tally.coverage is not None and tally.coverage >= profile.bands.least_coverage
