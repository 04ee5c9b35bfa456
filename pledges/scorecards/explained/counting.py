"""From a ballot to a score, in words made of the records that count it."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges.scorecards.enums import Column, Label, PositionClass
from pledges.scorecards.explained.parts import Cell, Formulas, Points, Section, Table, Words, share
from pledges.scorecards.method import CLASSES, LabelBands, Profile, rule
from pledges.scorecards.wording import CLASSES as CLASS_WORDS
from pledges.scorecards.wording import COLUMNS, LABELS, OUTCOMES


def record() -> Section:
    return Section(
        "record",
        _("What the record says"),
        [
            Words(
                _(
                    "The record is never shortened: absent, excused, no mark and not found stay apart. What a ballot "
                    "counts for depends on the result that the demand asks for and on the majority that was needed."
                )
            ),
            Points(
                [
                    _("A vote by proxy and a casting vote count as cast, and the page says how they were cast."),
                    _(
                        "Whoever was excused with a source, paired, recused or suspended is shown so and not counted: "
                        "it neither helps nor harms."
                    ),
                    _("What we could not find is our gap, not the deputy's absence. It is counted apart."),
                ]
            ),
            Words(
                _(
                    "A deputy who held no seat at that moment, a chair who does not vote, and a secret ballot are in "
                    "no count at all. A ballot worked out from totals is shown and never counted."
                )
            ),
        ],
    )


def position_rule(profile: Profile) -> Section:
    rows = [
        [Cell(str(CLASS_WORDS[group])), *(_outcome(profile, group, column) for column in Column)]
        for group in PositionClass
    ]
    return Section(
        "rule",
        _("From a ballot to what it counts for"),
        [
            Words(
                _(
                    "A link from a demand to a vote says which result the demand asks for, how much the vote weighs, "
                    "and why. This rule turns what a deputy did into what it counts for:"
                )
            ),
            Table(_("The position rule"), [_("Ballot"), *(str(COLUMNS[column]) for column in Column)], rows),
            Words(
                _(
                    "Silence has the effect of “against” where a number of votes for is needed: a majority or two "
                    "thirds of all seats, of the filled mandates, of those present, or a fixed number. The page then "
                    "says “did not support; 23 votes were needed”, never “voted against”. The record does not say why "
                    "somebody was silent, and neither do we."
                )
            ),
            Words(_("Nobody earns anything by staying silent or away.")),
        ],
    )


def _outcome(profile: Profile, group: PositionClass, column: Column) -> Cell:
    found = rule(profile, CLASSES[group][0], column, strong=False)
    assert found is not None  # every class is of eligible positions
    return Cell(str(OUTCOMES[found.outcome]), shape=found.outcome.value)


def rulings() -> Section:
    return Section(
        "rulings",
        _("When a vote is read otherwise"),
        [
            Words(
                _(
                    "Two organisers together, never one, can have a single vote read otherwise than the rule has it, "
                    "and must write down why. The page shows the recorded ballot struck through, and beside it what "
                    "it is read as, the reason and the source. There are three kinds:"
                )
            ),
            Points(
                [
                    _("Silence: whether silence has the effect of “against” in this one vote."),
                    _(
                        "Quorum: a deputy stayed away to break the quorum. The absence is read as what the deputy "
                        "publicly declared, with that statement as the source; without one it stays without a vote."
                    ),
                    _(
                        "Tactical vote: a deputy voted against their own side to be able to bring the matter up "
                        "again, and a source says so."
                    ),
                ]
            ),
        ],
    )


def score() -> Section:
    return Section(
        "score",
        _("The numbers"),
        [
            Points(
                [
                    _(
                        "Counted votes are those with an outcome: as the platform asks, or not as it asks. Absence "
                        "earns and costs nothing."
                    ),
                    _(
                        "The percentage is the share of counted votes that went as the platform asks. The range says "
                        "what it would be had every vote without a record gone one way or the other."
                    ),
                    _("A vote of weight 2 counts like two votes. Where weights differ, the page says so."),
                    _("Votes before a demand was in force are listed and not counted."),
                    _("Where nothing was counted there is no score: neither 0 nor 50 per cent."),
                ]
            ),
            Words(_("Exactly, with W, A, H and M for the weights of: as asked, not as asked, half, no vote recorded:")),
            Formulas(
                [
                    f"{_('score')} = (W + H/2) / (W + A + H)",
                    f"{_('coverage')} = (W + A + H) / (W + A + H + M)",
                    f"{_('lowest')} = (W + H/2) / (W + A + H + M)",
                    f"{_('highest')} = (W + H/2 + M) / (W + A + H + M)",
                ]
            ),
            Words(
                _(
                    "Every number is an exact fraction. It is rounded only where it is printed, halves upwards, and 0 "
                    "and 100 per cent are printed only where they are exact."
                )
            ),
        ],
    )


def labels(bands: LabelBands) -> Section:
    rows = [
        (
            _("%(share)s or more, from %(n)s votes")
            % {"share": share(bands.consistently), "n": bands.consistently_from},
            Label.CONSISTENTLY,
        ),
        (_("all, from %(n)s votes") % {"n": bands.plain_up_to + 1}, Label.IN_ALL),
        (_("%(share)s or more") % {"share": share(bands.almost_always)}, Label.ALMOST_ALWAYS),
        (_("more than %(share)s") % {"share": share(bands.mostly_above)}, Label.MOSTLY),
        (_("between that and its mirror"), Label.SOMETIMES),
    ]
    table = [[Cell(bound), Cell(str(LABELS[label]))] for bound, label in rows]
    plain = ngettext(
        "Up to %(n)s counted vote there is a plain count and no label.",
        "Up to %(n)s counted votes there is a plain count and no label.",
        bands.plain_up_to,
    )
    covered = _(
        "Where less than %(share)s of the votes that would count have a recorded vote, there are counts only: no "
        "percentage, no label."
    )
    return Section(
        "labels",
        _("The words"),
        [
            Table(_("Which share of the counted votes reads how"), [_("Share of counted votes"), _("Words")], table),
            Words(
                " ".join(
                    [
                        _(
                            "Below the middle the same words mirror: mostly, almost always, consistently not as it "
                            "asks."
                        ),
                        plain % {"n": bands.plain_up_to},
                        covered % {"share": share(bands.least_coverage)},
                    ]
                )
            ),
        ],
    )


def totals() -> Section:
    return Section(
        "totals",
        _("Demands, chapters and the platform"),
        [
            Points(
                [
                    _(
                        "A vote that serves several demands counts once in its chapter. If two demands of a chapter "
                        "ask opposite results of it, it is left out there and listed."
                    ),
                    _(
                        "The same holds for the whole platform: each vote once, with the largest of its weights, and "
                        "conflicting ones left out and listed."
                    ),
                    _("The democratic and the social chapter stand side by side and are never merged into one number."),
                    _("What the coalition ruled out is shown vote by vote and changes no number."),
                    _(
                        "Agreement with the platform counts all votes since a demand was in force. Adherence to a "
                        "pledge counts only those after the deputy signed the demand. The two are never mixed."
                    ),
                    _(
                        "Several votes on one text are one decision. Only its main vote can count, normally the last "
                        "one by name on the whole text; the others are listed."
                    ),
                    _("A vote on a package that only holds the demand is listed and not counted."),
                    _("Where a faction left its deputies a free vote, the page says so, and the vote counts."),
                ]
            )
        ],
    )
