"""The words of findings and of what became of deputies' words: what was done, never what was meant."""

from django.utils.translation import gettext as _

from pledges.findings.enums import FindingKind
from pledges.findings.models import Finding
from pledges.findings.reports.news import WordNews
from pledges.tracker.enums import AnswerKind, Stance
from pledges.tracker.models import Answer, Pledge, PledgeStatus


def finding_words(finding: Finding) -> str:
    """What a finding says, in the words that fit a pledge, a signature or a red line."""
    if finding.kind == FindingKind.RED_LINE:
        return _("Across what the coalition ruled out")
    if finding.kind == FindingKind.AS_PLEDGED:
        if finding.pledge_id:
            return _("Voted as pledged; most of the faction did not")
        return _("Voted as signed; most of the faction did not")
    return _("Vote differs from pledge") if finding.pledge_id else _("Vote differs from signature")


def news_words(news: WordNews) -> str:
    """One line: who, what, and on which demand."""
    words = f"{news.person.name}: {_what(news)}"
    if news.demand is None:
        return f"{words}."
    return _("%(words)s, demand “%(demand)s”.") % {"words": words, "demand": news.demand}


def _what(news: WordNews) -> str:
    match news.subject:
        case Finding() as finding:
            return _of_finding(finding, is_withdrawn=news.is_correction)
        case PledgeStatus() as status:
            coalition = status.pledge.demand.platform.coalition
            told = {"status": str(status.get_status_display()).lower(), "chooser": coalition.name}
            return _("promise: %(status)s, assessed by %(chooser)s") % told
        case Pledge() as pledge:
            return _of_stance(Stance(pledge.stance))
        case Answer() as answer:
            return _of_answer(AnswerKind(answer.kind))


def _of_finding(finding: Finding, *, is_withdrawn: bool) -> str:
    words = finding_words(finding)
    if is_withdrawn:
        return _("withdrawn by a correction: %(what)s") % {"what": words}
    if finding.kind != FindingKind.DIFFERS:
        return words
    told = _("%(what)s; with a reply") if finding.reply_id else _("%(what)s; no reply")
    return told % {"what": words}


def _of_stance(stance: Stance) -> str:
    return {
        Stance.PROMISED: _("a promise"),
        Stance.REFUSED: _("a refusal"),
        Stance.UNDECIDED: _("answered neither yes nor no"),
        Stance.SILENT: _("asked, no answer"),
    }[stance]


def _of_answer(kind: AnswerKind) -> str:
    return {
        AnswerKind.SIGN: _("a signature"),
        AnswerKind.PROMISE: _("a promise"),
        AnswerKind.REFUSE: _("a refusal"),
        AnswerKind.COMMENT: _("a public answer"),
        AnswerKind.EXPLAIN: _("own words beside a vote"),
        AnswerKind.REPLY: _("a reply about a vote"),
    }[kind]
