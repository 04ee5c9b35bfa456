"""What follows in the invented city from what deputies said: letters, a reply, silence, what was published of it."""

import datetime as dt

from coalition.demo.files import Row, moment, table
from deputies.people.models import Chamber
from pledges.findings.actions import ask, dismiss, publish, sweep, take_up
from pledges.findings.enums import FindingState
from pledges.findings.models import Finding
from pledges.tracker.actions import confirm_answer, publish_answer, receive
from pledges.tracker.enums import AnswerKind

ANNOUNCED = dt.timedelta(days=2)  # before a sitting, when the next events follow


class Findings:
    """The handwritten findings, played in the order in which they came to their end; who vouches stands for both.

    What else a sweep raises waits at the desk.
    """

    def __init__(self, chamber: Chamber) -> None:
        self._chamber = chamber
        self._waiting = sorted(table("zarechny/findings"), key=lambda row: row["closed_on"] or row["asked_on"])

    def play_until(self, sitting: dt.datetime | None = None) -> None:
        """Play what ended before the votes of a `sitting` were announced; with None, the rest."""
        while self._waiting:
            row = self._waiting[0]
            end = moment(self._chamber, row["closed_on"] or row["asked_on"])
            if sitting is not None and end >= sitting - ANNOUNCED:
                return
            self._play(self._waiting.pop(0), end)

    def _play(self, row: Row, end: dt.datetime) -> None:
        begun = moment(self._chamber, row["asked_on"]) if row["asked_on"] else end
        roll_call = self._chamber.roll_calls.get(vote_id=row["vote_id"])
        sweep(at=begun, roll_call=roll_call)
        finding = Finding.objects.get(
            kind=row["kind"],
            state=FindingState.DETECTED.value,
            person__identifiers__value=row["member_id"],
            link__demand__demand_id=row["demand_id"],
            version__roll_call=roll_call,
        )
        finding = take_up(finding=finding, by=None, at=begun, vouched=True)
        if row["asked_on"]:
            finding = ask(finding=finding, by=None, at=begun)
        if row["reply"]:
            _reply(finding, row["reply"], moment(self._chamber, row["replied_on"]))
        if row["state"] == FindingState.DISMISSED:
            dismiss(finding=finding, reason_ru=row["reason_ru"], reason_en=row["reason_en"])
        elif row["state"] == FindingState.PUBLISHED:
            sweep(at=end, roll_call=roll_call)
            publish(finding=finding, by=None, at=end, vouched=True)


def _reply(finding: Finding, words: str, at: dt.datetime) -> None:
    """The deputy's answer by the link in the letter, confirmed and published by one who vouched."""
    assert finding.invitation is not None
    answer = receive(
        invitation=finding.invitation,
        kind=AnswerKind.REPLY,
        language="ru",
        demand=finding.link.demand,
        roll_call=finding.version.roll_call,
        text=words,
        at=at,
    )
    confirm_answer(answer=answer, how="Example.", by=None, at=at)
    publish_answer(answer=answer, by=None, at=at, vouched=True)
