"""A small house with two or three people at the desk, and a roll call of theirs brought to any state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coalition.accounts.models import User
from coalition.desk.management.commands import check_record
from deputies.people.models import Chamber, Person
from deputies.sources.models import cite
from deputies.votes.actions import (
    Entry,
    acknowledge,
    approve,
    content_hashes,
    open_correction,
    save_draft,
    send_back,
    start_roll_call,
    submit,
)
from deputies.votes.enums import Position, State
from deputies.votes.models import RollCall, RollCallVersion
from deputies.votes.reports.findings import everybody, findings_of
from pledges.scorecards.actions import publish_roll_calls
from tests import build

YES = Position.FOR.value
NAMES = ("Anna Arbor", "Boris Birch", "Clara Cedar")


def seal(version: RollCallVersion) -> str:
    return content_hashes([version.pk])[version.pk]


def fresh(version: RollCallVersion) -> RollCallVersion:
    return RollCallVersion.objects.select_related("roll_call__chamber").get(pk=version.pk)


def faults() -> list[str]:
    """What `check_record` finds; of the triggers of the history there is a test of their own."""
    return [sentence for check in check_record.CHECKS if check is not check_record.history for sentence in check()]


@dataclass
class Desk:
    """Anna enters, Boris reviews; three deputies, all for, nothing odd about it."""

    chamber: Chamber = field(default_factory=lambda: build.chamber(seats=3))
    people: list[Person] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.people = self.people or [build.deputy(self.chamber, name) for name in NAMES]
        number = User.objects.count()
        self.anna, self.boris = (
            User.objects.create(username=f"{name}-{number}", is_staff=True, is_superuser=True)
            for name in ("anna", "boris")
        )

    def start(self, **more: Any) -> RollCallVersion:
        version = RollCallVersion(
            **{"held_at": build.moment(10), "title_en": "Parks", "threshold": "voting", "source": cite(title="Minutes")}
            | more
        )
        roll_call = start_roll_call(chamber=self.chamber, vote_id="", version=version, by=self.anna, at=build.AT)
        return fresh(roll_call.versions.get())

    def save(
        self,
        version: RollCallVersion,
        marks: Mapping[Person, str] | None = None,
        *,
        by: User | None = None,
        **more: Any,
    ) -> RollCallVersion:
        """Save these marks, by default everybody for, over the version as it is now."""
        now = fresh(version)
        for name, value in more.items():
            setattr(now, name, value)
        eligible = everybody(now)
        given = {person.pk: mark for person, mark in (marks or dict.fromkeys(self.people, YES)).items()}
        entries = {one.mandate.pk: Entry(given.get(one.mandate.person_id, "")) for one in eligible}
        save_draft(version=now, seen=seal(version), eligible=eligible, entries=entries, by=by or self.anna, at=build.AT)
        return fresh(version)

    def see(self, version: RollCallVersion, *, by: User | None = None) -> None:
        """Acknowledge every warning there is."""
        keys = {one.key: one.code for one in findings_of(fresh(version), at=build.AT) if not one.blocking}
        acknowledge(version=version, words=keys, by=by or self.anna, at=build.AT)

    def submitted(self, **more: Any) -> RollCallVersion:
        version = self.save(self.start(**more))
        self.see(version)
        submit(version=version, by=self.anna, seen=seal(version), at=build.AT)
        return fresh(version)

    def reviewed(self, **more: Any) -> RollCallVersion:
        version = self.submitted(**more)
        approve(version=version, by=self.boris, seen=seal(version), at=build.AT)
        return fresh(version)

    def publish(self, version: RollCallVersion) -> RollCallVersion:
        publish_roll_calls(versions=[fresh(version)], by=self.boris, vouched=False, at=build.AT)
        return fresh(version)

    def correct(self, roll_call: RollCall) -> RollCallVersion:
        return open_correction(
            roll_call=roll_call, by=self.anna, reason="The clerk's erratum", evidence=cite(title="Erratum"), at=build.AT
        )

    def hand_on_until_review(self, version: RollCallVersion) -> RollCallVersion:
        """From a draft without faults to what a second person approved."""
        self.see(version)
        submit(version=version, by=self.anna, seen=seal(version), at=build.AT)
        approve(version=version, by=self.boris, seen=seal(version), at=build.AT)
        return fresh(version)

    def hand_on(self, version: RollCallVersion) -> RollCallVersion:
        """All the way from a draft to what readers see."""
        return self.publish(self.hand_on_until_review(version))

    def at(self, state: State) -> RollCallVersion:
        """A version in that state, brought there by the actions."""
        match state:
            case State.DRAFT:
                return self.save(self.start(), {self.people[0]: YES})
            case State.MATCHED:
                return self.save(self.start(source=None))
            case State.CHECKED:
                version = self.save(self.start())
                self.see(version)
                return fresh(version)
            case State.REJECTED:
                version = self.submitted()
                send_back(version=version, by=self.boris, reason="Look again")
                return fresh(version)
            case State.SUBMITTED:
                return self.submitted()
            case State.REVIEWED:
                return self.reviewed()
            case State.PUBLISHED:
                return self.publish(self.reviewed())
            case State.CORRECTED:
                old = self.publish(self.reviewed())
                self.hand_on(self.correct(old.roll_call))
                return fresh(old)
