"""The methods of other projects that this site can reproduce, by the name the vectors give them."""

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias

from deputies.votes.enums import Position
from pledges.scorecards.peers import (
    Adapter,
    As,
    Camps,
    Compared,
    Counts,
    PairBallots,
    PairCounts,
    Portions,
    Record,
    Weighed,
)

FOR, AGAINST, ABSTAIN, ABSENT = Position.FOR, Position.AGAINST, Position.ABSTAIN, Position.ABSENT
NOT_VOTING = Position.PRESENT_NOT_VOTING

Names: TypeAlias = Mapping[Position, str] | Mapping[Position | None, str]

LABELS = {"label": "labels are one-sided there, ours are mirror-symmetric"}


def named(positions: Names, **what: bool) -> Counts:
    """Counts by name, from the names of each position, separated by spaces."""
    return {name: As(position, **what) for position, names in positions.items() for name in names.split()}


# Public Whip and its children write -1 for a distance, and 2 for an agreement, without a vote to compare.
WHIP_RESULTS = {
    "total_points": Compared("points"),
    "points": Compared("points"),
    "possible": Compared("possible"),
    "agreement": Compared("score", no_evidence=(2,)),
    "distance_a": Compared("distance", no_evidence=(-1,)),
    "distance_b": Compared("distance of votes cast", no_evidence=(-1,)),
    "distance": Compared("distance", no_evidence=(-1,)),
}
WHIP = Adapter(
    Record(
        "public-whip",
        named({FOR: "same", AGAINST: "differ different", ABSENT: "absent", ABSTAIN: "abstain"})
        | named(
            {FOR: "samestrong", AGAINST: "differstrong differentstrong", ABSENT: "absentstrong"}
            | {ABSTAIN: "abstainstrong"},
            is_strong=True,
        ),
    ),
    WHIP_RESULTS,
    LABELS,
)

_VOTES = {
    FOR: "votes_same",
    AGAINST: "votes_different votes_differ",
    ABSENT: "votes_absent",
    ABSTAIN: "votes_abstain votes_abstained",
}
_AGREED = {FOR: "agreements_same", AGAINST: "agreements_different agreements_differ"}


def _of(positions: Mapping[Position, str], strength: str) -> dict[Position, str]:
    return {at: " ".join(f"{name}.{strength}" for name in names.split()) for at, names in positions.items()}


TWFY_RESULTS = {
    "": Compared("distance", no_evidence=(-1,)),
    "distance": Compared("distance", no_evidence=(-1,)),
    "vectorised": Compared("distance", no_evidence=(-1,)),
    "if_strong_rule": Compared("distance were every vote strong", no_evidence=(-1,)),
}
SIMPLIFIED = Adapter(
    Record(
        "twfy-simplified",
        named(_VOTES)
        | named(_of(_VOTES, "strong"))
        | named(_of(_VOTES, "weak"), is_informative=True)
        | named(_AGREED, is_undivided=True)
        | named(_of(_AGREED, "strong"), is_undivided=True)
        | named(_of(_AGREED, "weak"), is_informative=True),
    ),
    TWFY_RESULTS,
    {**LABELS, "scalar": "that project's two paths differ; the vectorised one is the reference"},
)
TWFY_WHIP = Adapter(
    Record(
        "public-whip",
        named(_VOTES)
        | named(_of(_VOTES, "weak"))
        | named(_of(_VOTES, "strong"), is_strong=True)
        | named(_AGREED, is_informative=True)
        | named(_of(_AGREED, "weak"), is_informative=True)
        | named(_of(_AGREED, "strong"), is_informative=True),
    ),
    TWFY_RESULTS,
    LABELS,
)

# A rating without a vote is written as 0, or left out.
_RATING = Compared("score", unit=100, no_evidence=(0,))
ACU = Adapter(
    Record(
        "votes-cast",
        named({FOR: "agreed plus + with", AGAINST: "disagreed minus - against"})
        | named({AGAINST: "cast"}, is_total=True)
        | named({ABSENT: "absent absences A missed"})
        | named({ABSENT: "scored_votes"}, is_total=True),
    ),
    {"": _RATING, "rating": _RATING, "score": _RATING},
)
# NVP is "present", NV "no vote". Their share of recorded votes is also over the votes before a member joined (n/a).
MASSACHUSETTS = Adapter(
    Record("absence-against", named({FOR: "+", AGAINST: "-", ABSENT: "NV", NOT_VOTING: "NVP", None: "n/a"})),
    {"": _RATING, "score": _RATING, "recordedVotePercentage": Compared("took part", unit=100, no_evidence=(0,))},
    {"shown": "they hide members who missed a tenth of the votes; we print the coverage"},
)
# Without any vote a member is given 50 there. "---" is a vote that did not exist for the member.
SCORING_EP = Adapter(
    Weighed(
        "abstain-half",
        votes={1: FOR, -1: AGAINST, 0: ABSTAIN, None: None},
        vote_key="votes",
        weights=("weights", "weight", "topicweights", "topic_weights", "topicweight", "topic_weight"),
        recommended=("recommendation", "recommendations"),
    ),
    {
        "": Compared("score", unit=100, no_evidence=(50,)),
        "score": Compared("score", unit=100, no_evidence=(50,)),
        "contributions": Compared("contributions", unit=100, no_evidence=("---",), words={"±0": 0}),
    },
)
SCORE_VOTES = Adapter(
    Portions("half-credit", "points", "possible", {Fraction(1): FOR, Fraction(1, 2): ABSENT, Fraction(0): AGAINST}),
    {"": _RATING, "score": _RATING},
)

CAMPS = named(
    {
        FOR: "yes y Y aye ayes for pour FOR",
        AGAINST: "no n N nay noes against contre AGAINST",
        ABSTAIN: "abstain abst abstention abstentions ABSTENTION",
        ABSENT: "absent absents not_voting nonVotants DID_NOT_VOTE",
    }
)
# A group of which nobody voted has no index; where theirs divides by nothing they write 0 or leave it out.
_RICE = Compared("rice", no_evidence=(0,))
RICE = Adapter(Camps(CAMPS), {"": _RICE, "rice": _RICE})
_AGREEMENT_INDEX = Compared("agreement index", no_evidence=(0,), decimals=3)
AGREEMENT_INDEX = Adapter(Camps(CAMPS), {"": _AGREEMENT_INDEX, "agreement_index": _AGREEMENT_INDEX})
_LINE = Compared(
    "line",
    no_evidence=("unknown", "none"),
    words={"aye": FOR, "yes": FOR, "no": AGAINST, "abstention": ABSTAIN, "abstain": ABSTAIN},
)
PARTY_POSITION = Adapter(Camps(CAMPS), {"": _LINE, "whip_guess": _LINE, "whip": _LINE})

BALLOTS: Mapping[str | None, Position] = {
    **dict.fromkeys(("aye", "aye (teller)", "tellaye", "aye (strong)", "yes"), FOR),
    **dict.fromkeys(("no", "no (teller)", "tellno", "no (strong)"), AGAINST),
    **dict.fromkeys(("abstention", "abstain", "both"), ABSTAIN),  # through both lobbies: an abstention in person
    "absent": ABSENT,
    None: Position.SECRET,  # a position that is not eligible
}
_PAIR = {
    "": Compared("distance", no_evidence=(-1,)),
    "same": Compared("same"),
    "differ": Compared("differ"),
    "absent": Compared("absent"),
    "agreement": Compared("agreement", no_evidence=(2, -1)),
    "distance_b": Compared("distance", no_evidence=(-1,)),
}
PAIR_BALLOTS = Adapter(PairBallots(BALLOTS), _PAIR)
PAIR_COUNTS = Adapter(PairCounts(named({FOR: "same", AGAINST: "differ different", ABSENT: "absent"})), _PAIR)
_LOYALTY = Compared("agreement", unit=100, no_evidence=(0,))
LOYALTY = Adapter(
    PairCounts(named({FOR: "with_group", AGAINST: "against_group"}) | named({AGAINST: "taken_part"}, is_total=True)),
    {"": _LOYALTY, "loyalty": _LOYALTY},
)

METHODS: Mapping[str, Adapter] = {
    "ACU rating = agreed / votes cast": ACU,
    "ACU rating, votes cast only": ACU,
    "Agreement Index, rounded 3": AGREEMENT_INDEX,
    "Public Whip weighted distance (weights same/differ 10, absent 1 of 2, strong 50, strong-absent 25 of 50);"
    " agreement=points/possible": WHIP,
    "PublicWhipScore (distance; abstain treated as absent; agreements ignored)": TWFY_WHIP,
    "Rice index": RICE,
    "Rice index blind to abstention": RICE,
    "SimplifiedScore (distance; weak=0, strong=10, abstain=5/10, absent=0/0, strong agreements=votes,"
    " caps .06/.94 and .16/.84)": SIMPLIFIED,
    "SimplifiedScoreSeries (vectorised)": SIMPLIFIED,
    "distance_a (absence = 1/2 points)": WHIP,
    "member loyalty = votes with group majority / votes taken part in": LOYALTY,
    "pairwise counts (teller = vote; one absent = absent; both absent = nothing)": PAIR_BALLOTS,
    "pairwise counts, five divisions": PAIR_BALLOTS,
    "pairwise distance_b (absences ignored) = 1-same/(same+differ)": PAIR_COUNTS,
    "party position = plurality of aye/no/abstention, tie = unknown": PARTY_POSITION,
    "score=round(100*(sum(w*topicweight*vote*rec)/sum(w*topicweight)+1)/2), vote in -1/0/1, null=did not exist for this"
    " member; contributions add to score-50": SCORING_EP,
    "score=round(100*plus/(all but n/a)); NV and NVP count against; recordedVotePercentage=round(100*(not n/a, not NV)"
    "/all scored votes)": MASSACHUSETTS,
    "weighted %, not voting = half": SCORE_VOTES,
}

# Why the other methods are not reproduced, by how their names begin.
NOT_APPLICABLE: Mapping[str, tuple[str, ...]] = {
    "labels are one-sided there, ours are mirror-symmetric": (
        *("verbose_score", "getVerboseScore", "reader category", "label text", "mirror test"),
        "TVFY 2026 distance and category",
    ),
    "compares with a party that holds the member, by a fixed distance; ours leaves the deputy out": (
        *("significant_difference", "sigScoreDifference", "|vote(1/0/.5)", "average difference", "policy pivot"),
    ),
    "inputs are memberships and dates: here the record decides who could vote, and the tests of the record show it": (
        *("pairwise counts, membership window", "party tallies", "rebellions/attendance", "policy distance"),
        *("pairwise agreement", "overlap of mandates"),
    ),
    "inputs are not in the file": (
        *("Parlameter attendance", "Parlameter deviation", "Parlameter discord", "Parlameter voting_distance"),
        *("LCV rating", "votes cast and missed", "vote index", "National Journal"),
    ),
    "another weighting of the same profile, of an older version of that project": (
        "Public Whip weighted distance (weights same/differ 5",
    ),
    "several methods in one number or with ranks; each is compared on its own": (
        *("agreement in percent (and label)", "agenda score"),
    ),
    "that project's two paths differ; the vectorised one is the reference and is compared": ("SimplifiedScore strong",),
    "ideal points, intervals and posteriors are never shown next to a name here": (
        *("Wilson", "Beta(", "ideology", "rescale", "probability", "euclidean", "minimum-evidence"),
    ),
    "ranks and percentiles: no league table here": ("contextualize", "missed votes percent", "median"),
    "counts of another project's pages": (
        *("counts", "displayed percentages", "party share", "Vote.calculate_totals", "majority_fraction"),
    ),
    "another definition of a group's line, cohesion or attendance": (
        *("party position = mode", "party position, four", "party loyalty", "party attendance", "Parlameter scores"),
        *("deviation_percentage", "group participation", "group loyalty"),
    ),
    "about promises and answers, not about votes": (
        *("question match", "commitments", "blended", "no questions", "progress weights", "answer-rate", "pledges"),
    ),
}


def reason(method: str) -> str:
    """The one reason why `method` is not reproduced."""
    found = (why for why, names in NOT_APPLICABLE.items() if method.startswith(names))
    return next(found, "applicable.txt does not name it")
