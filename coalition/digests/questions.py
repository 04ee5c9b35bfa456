"""The neutral letter about a vote that differs from a pledge, in one language: sent, shown at the desk and printed."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import gettext, override

from coalition.digests.letters import site_url
from pledges.findings.models import Finding
from pledges.findings.reports.told import told_alone
from pledges.scorecards import wording
from pledges.tracker.actions import token_of


class NoQuestion(Exception):
    """The demand is in no platform in force."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a deputy is asked about one vote."""

    language: str
    subject: str
    text: str
    html: str


def question_about(finding: Finding, language: str) -> Question:
    """The letter with the deputy's personal link; while nobody has asked yet it leaves room for the link.

    Raises NoQuestion.
    """
    told = told_alone(finding)
    if told is None:
        raise NoQuestion
    with override(language):
        chamber, source = finding.version.roll_call.chamber, finding.version.source
        words = {
            "finding": finding,
            "line": told.line,
            "chamber": chamber,
            "chooser": finding.link.demand.platform.chooser,
            "source": wording.own_half(source.title) if source else "",
            "link": site_url("word", token=token_of(finding.invitation)) if finding.invitation else "",
            "language": language,
        }
        subject = gettext("A question about the vote of %(date)s") % {
            "date": wording.date_words(finding.version.held, chamber.zone)
        }
        text, html = (render_to_string(f"emails/question.{kind}", words) for kind in ("txt", "html"))
    return Question(language, subject, text, html)
