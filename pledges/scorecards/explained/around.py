"""What stands around the scores: corrections, groups, attendance, bundles, changes of the method, and mistakes."""

from django.utils.translation import gettext as _

from deputies.votes.cohesion import SMALLEST_GROUP, Split
from pledges.scorecards.actions import SHADOW
from pledges.scorecards.explained.parts import Formulas, Points, Section, Words, share
from pledges.scorecards.reports.groups import FEWEST_MEMBERS, FEWEST_OTHERS, FEWEST_VOTES


def corrections() -> Section:
    return Section(
        "corrections",
        _("Corrections"),
        [
            Points(
                [
                    _(
                        "An error in the official record is replaced by a new version with its reason; the old one "
                        "stays and the page says so."
                    ),
                    _(
                        "What a deputy declares after the vote stands beside the record and does not replace it: the "
                        "recorded act counts. The page also shows the count with the declared one."
                    ),
                    _(
                        "Scores are never moved step by step. They are counted anew from the whole record, and every "
                        "change is kept with its cause."
                    ),
                ]
            )
        ],
    )


def groups() -> Section:
    halves = Split(1, 1, 0).agreement_index
    assert halves is not None
    alone = _(
        "A deputy is compared with their faction without them, on the same votes, and only with %(others)s others or "
        "more. “Differently” is said only where the two labels lie on different sides of the middle and each rests on "
        "%(votes)s counted votes or more."
    )
    small = _(
        "Both are means over votes in which at least %(n)s members voted; of fewer only the split is shown: small "
        "groups look united by chance. Two equal halves still have an agreement of %(halves)s, so the split stands "
        "beside it. Recorded votes are not a sample: often they are the contested ones, so compare groups only within "
        "one kind of vote."
    )
    return Section(
        "groups",
        _("Groups"),
        [
            Points(
                [
                    _(
                        "The number of a faction, a side or the coalition is pooled: the counted votes of all who were "
                        "members at the moment of the vote, summed, and never a mean of percentages. Beside it stand "
                        "the member in the middle and the range."
                    ),
                    _("A group with fewer than %(n)s members who have a score has counts only.")
                    % {"n": FEWEST_MEMBERS},
                    alone % {"others": FEWEST_OTHERS, "votes": FEWEST_VOTES},
                    _("Whether the platform won a vote is read from the official result, never worked out."),
                    _("There is no table of the best and the worst."),
                ]
            ),
            Words(_("How far a group votes alike has two measures, with Y, N and A members for, against, abstained:")),
            Formulas(
                [
                    f"{_('Agreement Index')} = (3·max(Y, N, A) − T) / 2T,  T = Y + N + A",
                    f"{_('Rice index')} = |Y − N| / (Y + N)",
                ]
            ),
            Words(small % {"n": SMALLEST_GROUP, "halves": share(halves)}),
        ],
    )


def attendance() -> Section:
    return Section(
        "attendance",
        _("Attendance, loyalty and rebellion"),
        [
            Words(
                _(
                    "The command “groups” counts these for researchers. Every member present either votes for or does "
                    "not; the line of a group is what most of its members did at that vote, and a tie is no line."
                )
            ),
            Points(
                [
                    _(
                        "Attendance: votes in which the record shows the member taking part, of those they could vote "
                        "in. It does not say why somebody was absent."
                    ),
                    _(
                        "Loyalty: votes with the line of the coalition's factions, of those the member took part in "
                        "and which had a line."
                    ),
                    _(
                        "Rebellion: votes opposite to the line of the member's own group, of those in which it had "
                        "one; absences stay in."
                    ),
                ]
            ),
            Words(
                _(
                    "Excused, paired, recused, suspended, presiding and secret ballots and our gaps are in none of "
                    "them. A proxy counts as cast, and the act as it was recorded."
                )
            ),
        ],
    )


def bundles() -> Section:
    return Section(
        "bundles",
        _("Count it yourself"),
        [
            Words(
                _(
                    "Everything that the scores rest on is in a bundle: votes, ballots, links with their reasons, "
                    "rules, every point. Each bundle carries the id of the one before it, and the first characters of "
                    "the latest id stand beside the scores."
                )
            ),
            Words(_("Unpack it and run the checker in it. It needs Python and nothing of ours:")),
            Formulas(["unzip bundle-7.zip -d bundle", "cd bundle", "python3 -I verify.py"]),
            Words(
                _(
                    "It counts every score again and names each that differs. It does not prove that the record is "
                    "right, which is what the sources are for, nor that the choice of votes is fair, which is the "
                    "coalition's opinion with its reasons."
                )
            ),
        ],
    )


def changes() -> Section:
    announced = _(
        "Another method is announced first and counted in shadow for at least %(days)s days: a page shows whose words "
        "would change. Only then can it count, and the history names it as the cause."
    )
    return Section("changes", _("When the method changes"), [Words(announced % {"days": SHADOW.days})])


def meaning() -> Section:
    return Section(
        "meaning",
        _("What the words do not say"),
        [
            Points(
                [
                    _("They say what was done, not what was meant: a vote is not an opinion."),
                    _("They rest on votes that a coalition chose. Who chose them stands under every score."),
                    _(
                        "“For” and “against” are said of ballots; “as the platform asks” and “not as it asks” of "
                        "demands."
                    ),
                    _("An absence is an absence: the record does not say why."),
                ]
            )
        ],
    )


def mistake() -> Section:
    return Section(
        "mistake",
        _("Found a mistake?"),
        [
            Words(
                _(
                    "Tell the organisers of the coalition named under the score: the vote, the deputy, what the page "
                    "says, and where the right record can be read. A published vote is never edited: a correction is a "
                    "new version with its reason, checked by a second person, and it appears on the corrections page "
                    "with what it moved."
                )
            )
        ],
    )
