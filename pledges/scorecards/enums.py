"""The words of the judgement: what a demand asks, what a vote counted as, how a record reads."""

from enum import StrEnum


class Outcome(StrEnum):
    """What one ballot counts as for one demand."""

    WITH = "with"
    AGAINST = "against"
    HALF = "half"
    MISSED = "missed"
    EXCUSED = "excused"
    NEUTRAL = "neutral"
    GAP = "gap"  # data missing or inferred: our gap, outside every sum


class Wants(StrEnum):
    """The result that a demand asks of a vote."""

    PASS = "pass"  # noqa: S105 - a result, not a password
    FAIL = "fail"


class Role(StrEnum):
    SCORING = "scoring"
    INFORMATIVE = "informative"  # listed, never summed


class Scope(StrEnum):
    """Whether the vote was on the demand as its main content, or on a package that holds it."""

    WHOLE = "whole"
    PART = "part"


class Cause(StrEnum):
    """Why a published score changed."""

    NEW_VOTE = "new-vote"
    CORRECTION = "correction"
    PLATFORM_EDIT = "platform-edit"
    METHOD_VERSION = "method-version"
    MANDATE_CHANGE = "mandate-change"
    RULING = "ruling"
    MAIN_VOTE = "main-vote"  # another of the votes on a text was chosen to count for it


class Column(StrEnum):
    """The columns of the position rule: what is asked, and what silence does under the threshold."""

    ASKED_STRONG = "asked-strong"  # wants it to pass; silence has the effect of "against"
    ASKED_WEAK = "asked-weak"  # wants it to pass; only votes for and against decide
    OPPOSED = "opposed"  # wants it to fail, any threshold


class PositionClass(StrEnum):
    """Positions that a profile credits alike."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"
    NOT_VOTING = "not-voting"
    ABSENT = "absent"
    EXCUSED = "excused"
    GAP = "gap"


class Edge(StrEnum):
    """Whether a percentage is printed as it is, or as "under" or "over" its value."""

    EXACT = "exact"
    UNDER = "under"
    OVER = "over"


class Label(StrEnum):
    """How a record reads in words; the words themselves are in the templates."""

    NO_RECORDED_VOTE = "no-recorded-vote"
    PLAIN = "plain"  # a sentence of counts, no adjective
    COUNTS_ONLY = "counts-only"  # too much is missing for a percentage or a label
    CONSISTENTLY = "consistently"
    IN_ALL = "in-all"
    ALMOST_ALWAYS = "almost-always"
    MOSTLY = "mostly"
    SOMETIMES = "sometimes"
    MOSTLY_NOT = "mostly-not"
    ALMOST_ALWAYS_NOT = "almost-always-not"
    IN_ALL_NOT = "in-all-not"
    CONSISTENTLY_NOT = "consistently-not"

    @property
    def mirror(self) -> "Label":
        """The label of the opposite record; itself where a label takes no side."""
        name = self.name.removesuffix("_NOT") if self.name.endswith("_NOT") else f"{self.name}_NOT"
        return Label.__members__.get(name, self)


class LinkState(StrEnum):
    """How far a version of a link is."""

    DRAFT = "draft"
    PROPOSED = "proposed"  # one organisation stands behind it, a second has to
    PUBLISHED = "published"
    RETIRED = "retired"
    VETOED = "vetoed"  # shown and not counted, while an organisation objects


class RulingKind(StrEnum):
    """Why a ballot, or a whole vote, is read otherwise than the rule has it; each needs a reason and two persons."""

    SILENCE = "silence"  # of a whole vote: whether silence has the effect of a vote against
    QUORUM = "quorum"  # a deputy stayed away to break the quorum, having said publicly what they stood for
    TACTICAL = "tactical"  # a deputy voted against their side to be able to bring the matter up again


class Silence(StrEnum):
    """What silence does under a ruling on a whole vote."""

    AGAINST = "against"
    NOTHING = "nothing"


class LintRule(StrEnum):
    """What makes organisers look at a demand and its links again."""

    NO_VOTE = "no-vote"
    FEW_VOTES = "few-votes"
    WANTS_ALL = "wants-all"  # of many votes it wants every one adopted
    WANTS_NONE = "wants-none"
    UNANIMOUS = "unanimous"  # no vote tells anybody apart
    EARLIER = "earlier"  # held before the platform was published
    OWN_AGAINST = "own-against"  # most of the coalition's own would be shown as not as it asks
    NOT_MEASURED = "not-measured"
    NO_GOAL = "no-goal"  # nothing says what would count as done
    NO_BREACH = "no-breach"  # of a red line: nothing says what counts as a breach
