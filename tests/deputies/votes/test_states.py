"""The states of a version: every move between two of them, every action from each, and people acting in any order."""

import itertools
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, connection, models, transaction
from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from coalition.accounts.models import User
from deputies.sources.models import cite
from deputies.votes.actions import (
    CorrectionOpen,
    DraftChanged,
    Named,
    NotPublishable,
    NotReady,
    NotSecond,
    NotThatDeputy,
    acknowledge,
    approve,
    decide_name,
    discard_draft,
    key_again,
    open_correction,
    send_back,
    submit,
    take_back,
    take_names,
)
from deputies.votes.enums import EDITABLE, WAITING, NameState, Position, State
from deputies.votes.models import Ballot, FactionStatement, RollCall, RollCallVersion, WrittenName
from deputies.votes.reports.findings import findings_of
from tests import build
from tests.deputies.votes.desk import YES, Desk, faults, fresh, seal
from tests.deputies.votes.protocols import digest
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("NAKAZ_EXAMPLES", "15")) // 5  # many more in the long trials
FROZEN = (State.SUBMITTED, State.REVIEWED, State.PUBLISHED, State.CORRECTED)
BESIDE = {  # how far it is, and who did what when: not its content
    *("state", "reviewed_by", "reviewed_hash", "reviewed_at", "returned", "vouched"),
    *("published_by", "published_at", "content_hash", "submitted_at"),
}
MOVES = {
    *itertools.product(map(State, EDITABLE), repeat=2),
    *((state, state) for state in State if state is not State.CORRECTED),
    (State.CHECKED, State.SUBMITTED),
    *((State.SUBMITTED, to) for to in (State.DRAFT, State.REJECTED, State.REVIEWED)),
    *((State.REVIEWED, to) for to in (State.DRAFT, State.REJECTED, State.PUBLISHED)),
    (State.PUBLISHED, State.CORRECTED),
}
VOUCHED = {(State(waiting), State.PUBLISHED) for waiting in WAITING}


def moves(**more: Any) -> set[tuple[State, State]]:
    """Every pair of states between which the database lets a version go."""
    allowed, refusals = set(), set()
    for state in State:
        desk = Desk()
        version = desk.at(state)
        given = more if state in WAITING else {}
        if given and state not in (State.SUBMITTED, State.REVIEWED):
            given = {**given, "entered_by": desk.anna}
        if given:
            given = {**given, "reviewed_by": desk.boris}
        for to in State:
            try:
                with transaction.atomic():
                    RollCallVersion.objects.filter(pk=version.pk).update(state=to, **given)
                    transaction.set_rollback(True)
            except IntegrityError as refusal:
                refusals.add(refusal.__cause__.diag.constraint_name)  # type: ignore[union-attr]
            else:
                allowed.add((state, to))
    assert refusals == {"votes_rollcallversion_moves", "votes_rollcallversion_immutable"}
    return allowed


def test_the_database_allows_the_documented_moves_and_no_others() -> None:
    complete = {"returned": "Why", "reviewed_hash": "a" * 64, "content_hash": "a" * 64, "published_at": build.AT}

    assert moves(**complete) == MOVES
    assert moves(**complete, vouched=True) == MOVES | VOUCHED


def other_value(field: models.Field[Any, Any]) -> str:
    """SQL for a value that is not the stored one."""
    column = f'"{field.column}"'
    if isinstance(field, models.CharField | models.TextField):
        return f"CASE {column} WHEN 'x' THEN 'y' ELSE 'x' END"
    if isinstance(field, models.BooleanField):
        return f"NOT {column}"
    if isinstance(field, models.DateTimeField):
        return f"coalesce({column}, now()) + interval '1 second'"
    if isinstance(field, ArrayField):
        return f"{column} || 0::bigint"
    return f"coalesce({column}, 0) + 1"


@pytest.mark.parametrize("state", FROZEN)
def test_no_column_of_what_others_look_at_can_change(state: State) -> None:
    version = Desk().at(state)
    kept = BESIDE if state in (State.SUBMITTED, State.REVIEWED) else {"state"}
    content = [field for field in RollCallVersion._meta.concrete_fields if field.name not in kept]

    assert len(content) > 30
    for field in content:
        with refused_by("votes_rollcallversion_immutable"), connection.cursor() as cursor:
            column = f'"{field.column}"'
            cursor.execute(
                f"UPDATE votes_rollcallversion SET {column} = {other_value(field)} WHERE id = %s",  # noqa: S608
                [version.pk],
            )
    with refused_by("votes_rollcallversion_immutable"):
        RollCallVersion.objects.filter(pk=version.pk)._raw_delete("default")


@pytest.mark.parametrize("state", FROZEN)
def test_no_row_of_what_others_look_at_can_change(state: State) -> None:
    desk = Desk()
    faction, source = build.faction(desk.chamber, "Blue"), cite(title="A channel")
    version, free, other = desk.at(state), desk.start(), desk.start()
    build.ballot(other, build.deputy(desk.chamber))
    ballots, own = Ballot.objects.filter(version=version), Ballot.objects.filter(version=other)

    for touch in (
        lambda: build.ballot(version, build.deputy(desk.chamber)),
        lambda: ballots.update(position=Position.AGAINST),
        lambda: ballots.update(version=free),
        lambda: ballots.update(excuse="illness"),
        lambda: own.update(version=version),
        lambda: ballots._raw_delete("default"),
    ):
        with refused_by("votes_ballot_immutable"):
            touch()
    said = FactionStatement.objects.create(version=free, faction=faction, position="for", source=source)
    with refused_by("votes_factionstatement_immutable"):
        FactionStatement.objects.create(version=version, faction=faction, position="for", source=source)
    with refused_by("votes_factionstatement_immutable"):
        FactionStatement.objects.filter(pk=said.pk).update(version=version)


def test_whoever_entered_it_cannot_be_exchanged_for_another() -> None:
    """Not while it waits, nor in the statement that approves it; nor does an approval outlive a way back."""
    desk = Desk()
    version = desk.submitted()
    rows = RollCallVersion.objects.filter(pk=version.pk)
    with refused_by("votes_rollcallversion_immutable"):
        rows.update(entered_by=desk.boris)
    with refused_by("votes_rollcallversion_immutable"):
        rows.update(entered_by=None, state=State.DRAFT)

    approve(version=version, by=desk.boris, seen=seal(version), at=build.AT)
    with refused_by("votes_rollcallversion_published_by_two"):
        rows.update(reviewed_by=desk.anna)
    take_back(version=version, at=build.AT)
    desk.save(version, by=desk.boris)
    with pytest.raises(DraftChanged):
        approve(version=version, by=desk.anna, seen=seal(version), at=build.AT)
    with pytest.raises(NotPublishable):
        desk.publish(version)


def test_who_decides_a_name_has_entered_it() -> None:
    """Otherwise one person could change a mark by a name to decide, and approve it alone."""
    desk = Desk()
    version = desk.save(desk.start(), dict.fromkeys(desk.people[:2], YES))
    name = WrittenName.objects.create(version=version, line=3, name="P.", position="against", why="Nobody fits")

    decide_name(written=name, state=NameState.MATCHED, person=desk.people[2], by=desk.boris, at=build.AT)
    desk.see(version)
    submit(version=version, by=desk.boris, seen=seal(version), at=build.AT)

    with pytest.raises(NotSecond):
        approve(version=version, by=desk.boris, seen=seal(version), at=build.AT)


Act = Callable[[Desk, RollCallVersion], object]
NOT_THERE = "it is gone"
AS_BEFORE = {state: state for state in (State.DRAFT, State.MATCHED, State.CHECKED)}


def _written(desk: Desk, version: RollCallVersion) -> WrittenName:
    return WrittenName.objects.create(version=version, line=9, name="page 2", why="Nobody fits")


def _take_names(desk: Desk, version: RollCallVersion) -> None:
    take_names(version=version, seen=seal(version), found={}, unmatched=[], rest=None, by=desk.anna, at=build.AT)


def _save(desk: Desk, version: RollCallVersion) -> None:
    stored = {ballot.person: ballot.position for ballot in version.ballots.select_related("person")}
    desk.save(version, stored)


def _key(desk: Desk, version: RollCallVersion) -> None:
    key_again(version=version, positions={desk.people[0].pk: YES}, by=desk.boris, at=build.AT)


# What each action makes of each state; from every other state it raises the exception that is named last.
ACTIONS: dict[str, tuple[Act, dict[State, object], type[Exception]]] = {
    "save_draft": (_save, {**AS_BEFORE, State.REJECTED: State.CHECKED}, DraftChanged),
    "take_names": (_take_names, {**AS_BEFORE, State.REJECTED: State.CHECKED}, DraftChanged),
    "acknowledge": (
        lambda desk, version: acknowledge(version=version, words={}, by=desk.anna, at=build.AT),
        {**AS_BEFORE, State.REJECTED: State.CHECKED},
        DraftChanged,
    ),
    "key_again": (_key, {state: state for state in (*map(State, EDITABLE), State.SUBMITTED)}, DraftChanged),
    "submit": (
        lambda desk, version: submit(version=version, by=desk.anna, seen=seal(version), at=build.AT),
        {
            State.CHECKED: State.SUBMITTED,
            State.REJECTED: State.SUBMITTED,
            State.DRAFT: NotReady,
            State.MATCHED: NotReady,
        },
        DraftChanged,
    ),
    "submit what was changed since": (
        lambda desk, version: submit(version=version, by=desk.anna, seen="0" * 64, at=build.AT),
        {},
        DraftChanged,
    ),
    "take_back": (
        lambda desk, version: take_back(version=version, at=build.AT),
        {State.SUBMITTED: State.CHECKED, State.REVIEWED: State.CHECKED},
        DraftChanged,
    ),
    "send_back": (
        lambda desk, version: send_back(version=version, by=desk.boris, reason="Look again"),
        {State.SUBMITTED: State.REJECTED, State.REVIEWED: State.REJECTED},
        DraftChanged,
    ),
    "approve": (
        lambda desk, version: approve(version=version, by=desk.boris, seen=seal(version), at=build.AT),
        {State.SUBMITTED: State.REVIEWED},
        DraftChanged,
    ),
    "approve one's own": (
        lambda desk, version: approve(version=version, by=desk.anna, seen=seal(version), at=build.AT),
        {State.SUBMITTED: NotSecond},
        DraftChanged,
    ),
    "approve what was not seen": (
        lambda desk, version: approve(version=version, by=desk.boris, seen="0" * 64, at=build.AT),
        {},
        DraftChanged,
    ),
    "publish": (lambda desk, version: desk.publish(version), {State.REVIEWED: State.PUBLISHED}, NotPublishable),
    "open_correction": (
        lambda desk, version: desk.correct(RollCall.objects.get(pk=version.roll_call_id)),
        {State.PUBLISHED: State.PUBLISHED, State.CORRECTED: State.CORRECTED},
        NotPublishable,
    ),
    "discard_draft": (
        lambda desk, version: discard_draft(roll_call=version.roll_call),
        {State(state): NOT_THERE for state in EDITABLE},
        DraftChanged,
    ),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_makes_its_move_or_changes_nothing(name: str) -> None:
    act, outcomes, refusal = ACTIONS[name]
    desk, found = Desk(), {}
    for state in State:
        version = desk.at(state)
        before = digest()
        try:
            act(desk, version)
        except (DraftChanged, NotReady, NotSecond, NotPublishable) as error:
            found[state] = type(error)
            assert digest() == before, state
        else:
            states = RollCallVersion.objects.filter(pk=version.pk).values_list("state", flat=True)
            found[state] = State(states[0]) if states else NOT_THERE  # type: ignore[assignment]

    assert found == {state: outcomes.get(state, refusal) for state in State}


@pytest.mark.parametrize("state", State)
def test_a_name_is_decided_once_and_in_a_draft_only(state: State) -> None:
    desk = Desk()
    version = desk.at(state)
    name = _written(desk, version)
    decide: dict[str, Any] = {"written": name, "state": NameState.IGNORED, "by": desk.boris, "at": build.AT}

    if state in EDITABLE:
        decide_name(**decide)
    before = digest()
    with pytest.raises(DraftChanged):
        decide_name(**decide)
    assert digest() == before
    assert WrittenName.objects.get(pk=name.pk).decided_by == (desk.boris if state in EDITABLE else None)


def test_a_list_pasted_again_keeps_what_was_decided() -> None:
    """The second paste, made for the rest, asks nobody again whom a name means."""
    desk = Desk()
    version = desk.start()
    names = [Named(1, "Person", "for", "Several"), Named(2, "page 2", "for", "Nobody fits")]
    pasted: dict[str, Any] = {"found": {}, "unmatched": names, "by": desk.anna, "at": build.AT}
    take_names(version=version, seen=seal(version), rest=None, **pasted)
    one, two = version.written_names.order_by("line")
    decide_name(written=one, state=NameState.MATCHED, person=desk.people[0], by=desk.anna, at=build.AT)
    decide_name(written=two, state=NameState.IGNORED, by=desk.anna, at=build.AT)

    take_names(version=version, seen=seal(version), rest=Position.ABSENT, **pasted)

    assert dict(version.ballots.values_list("person", "position")) == {
        desk.people[0].pk: "for",
        desk.people[1].pk: "absent",
        desk.people[2].pk: "absent",
    }
    assert not version.written_names.filter(state=NameState.UNMATCHED).exists()
    assert fresh(version).state == State.CHECKED


def test_two_names_of_a_list_are_not_decided_to_be_one_deputy_with_two_marks() -> None:
    desk = Desk()
    version = desk.start()
    names = [Named(1, "Person", "for", "Several"), Named(2, "Persn", "against", "Nobody fits")]
    take_names(version=version, seen=seal(version), found={}, unmatched=names, rest=None, by=desk.anna, at=build.AT)
    one, two = version.written_names.order_by("line")
    pick: dict[str, Any] = {"state": NameState.MATCHED, "person": desk.people[0], "by": desk.anna, "at": build.AT}
    decide_name(written=one, **pick)

    before = digest()
    with pytest.raises(NotThatDeputy):
        decide_name(written=two, **pick)
    assert digest() == before


def test_a_name_cannot_be_decided_to_be_somebody_who_could_not_vote() -> None:
    desk = Desk()
    gone = build.deputy(desk.chamber, held=(build.START, build.moment(2)))
    version = desk.start()
    names = [Named(1, "Person", "for", "Nobody fits")]
    take_names(version=version, seen=seal(version), found={}, unmatched=names, rest=None, by=desk.anna, at=build.AT)

    with pytest.raises(NotThatDeputy):
        decide_name(
            written=version.written_names.get(), state=NameState.MATCHED, person=gone, by=desk.anna, at=build.AT
        )


NAMED = (DraftChanged, NotReady, NotSecond, NotPublishable, CorrectionOpen, NotThatDeputy)
marks = st.sampled_from(["", "for", "against", "abstain", "absent"])


class People(RuleBasedStateMachine):
    """Anna, Boris and Vera do anything at all to one roll call, in any order."""

    who = st.integers(0, 2)

    @initialize(is_key=st.booleans())
    def begin(self, is_key: bool) -> None:
        self.desk = Desk(build.chamber(seats=5))
        self.desk.people += [build.deputy(self.desk.chamber, group="Blue") for _ in range(2)]
        vera = User.objects.create(username=f"vera-{User.objects.count()}", is_superuser=True)
        self.users = [self.desk.anna, self.desk.boris, vera]
        self.roll_call = self.desk.start(is_key=is_key).roll_call
        self.entered: dict[int, User] = {}  # who was the last to change the version
        self.approved: dict[int, str] = {}  # the content that was approved last
        self.opened: dict[int, str] = {}  # what each person has on the screen

    @property
    def version(self) -> RollCallVersion:
        return self.roll_call.versions.select_related("roll_call__chamber").latest("number")

    def attempt(self, act: Callable[[RollCallVersion], object]) -> bool:
        """Whether it was done; if not, for a named reason and without any change."""
        before = digest()
        try:
            act(self.version)
        except NAMED:
            assert digest() == before
            return False
        return True

    def changed(self, done: bool, by: User) -> None:
        if done:
            self.entered[self.version.pk] = by

    @rule(who=who)
    def open(self, who: int) -> None:
        self.opened[who] = seal(self.version)

    @rule(who=who, given=st.lists(marks, min_size=5, max_size=5), total=st.sampled_from([None, 0, 3, "right"]))
    def save(self, who: int, given: list[str], total: Any) -> None:
        by, counted = self.users[who], total if total != "right" else given.count("for")
        said = dict(zip(self.desk.people, given, strict=True))
        self.changed(self.attempt(lambda version: self.desk.save(version, said, by=by, total_for=counted)), by)

    @rule(who=who, given=st.lists(marks.filter(bool), min_size=5, max_size=5))
    def save_whole(self, who: int, given: list[str]) -> None:
        self.save(who, given, "right")

    @rule(who=who, given=st.lists(marks.filter(bool), min_size=5, max_size=5))
    def save_whole_and_submit(self, who: int, given: list[str]) -> None:
        self.save(who, given, "right")
        self.submit(who)

    @rule(who=who)
    def submit_what_was_opened(self, who: int) -> None:
        seen = self.opened.get(who, "")
        done = self.attempt(lambda version: submit(version=version, by=self.users[who], seen=seen, at=build.AT))
        assert not done or seen == seal(self.version)

    @rule(who=who)
    def paste(self, who: int) -> None:
        by, found = self.users[who], {person.pk: "against" for person in self.desk.people[:4]}
        names = [Named(5, "Person", "against", "Several")]
        done = self.attempt(
            lambda version: take_names(
                version=version, seen=seal(version), found=found, unmatched=names, rest=None, by=by, at=build.AT
            )
        )
        self.changed(done, by)

    @rule(who=who, nth=st.integers(0, 4), picks=st.booleans())
    def decide(self, who: int, nth: int, picks: bool) -> None:
        by, person = self.users[who], self.desk.people[nth] if picks else None
        state = NameState.MATCHED if picks else NameState.IGNORED

        def first(version: RollCallVersion) -> None:
            name = version.written_names.first()
            if name is None:
                raise DraftChanged
            decide_name(written=name, state=state, person=person, by=by, at=build.AT)

        self.changed(self.attempt(first), by)

    @rule(who=who)
    def see(self, who: int) -> None:
        self.attempt(lambda version: self.desk.see(version, by=self.users[who]))

    @rule(who=who)
    def submit(self, who: int) -> None:
        self.attempt(lambda version: self.desk.see(version, by=self.users[who]))
        self.attempt(lambda version: submit(version=version, by=self.users[who], seen=seal(version), at=build.AT))

    @rule()
    def take_back(self) -> None:
        self.attempt(lambda version: take_back(version=version, at=build.AT))

    @rule(who=who)
    def send_back(self, who: int) -> None:
        self.attempt(lambda version: send_back(version=version, by=self.users[who], reason="Look again"))

    @rule(who=who)
    def approve(self, who: int) -> None:
        done = self.attempt(
            lambda version: approve(version=version, by=self.users[who], seen=seal(version), at=build.AT)
        )
        if done:
            assert self.entered[self.version.pk] != self.users[who]
            self.approved[self.version.pk] = seal(self.version)

    @rule(who=who, slips=st.booleans())
    def key(self, who: int, slips: bool) -> None:
        def copy(version: RollCallVersion) -> None:
            given = dict(version.ballots.values_list("person", "position"))
            if slips:
                given = dict.fromkeys(given, "abstain")
            key_again(version=version, positions=given, by=self.users[who], at=build.AT)

        self.attempt(copy)

    @rule(who=who)
    def publish(self, who: int) -> None:
        self.attempt(lambda version: self.desk.publish(version))

    @rule(who=who, other=who, given=st.lists(marks.filter(bool), min_size=5, max_size=5), corrects=st.booleans())
    def go_all_the_way(self, who: int, other: int, given: list[str], corrects: bool) -> None:
        """As far as the state and the two allow it, who may be one."""
        if corrects:
            self.correct(who)
        self.save_whole_and_submit(who, given)
        self.key(other, slips=False)
        self.approve(other)
        self.publish(other)

    @rule(who=who)
    def correct(self, who: int) -> None:
        by = self.users[who]
        roll_call = RollCall.objects.get(pk=self.roll_call.pk)
        evidence = cite(title="Erratum")
        done = self.attempt(
            lambda _: open_correction(roll_call=roll_call, by=by, reason="A slip", evidence=evidence, at=build.AT)
        )
        self.changed(done, by)

    @rule(sure=st.integers(0, 9))
    def discard(self, sure: int) -> None:
        roll_call = RollCall.objects.get(pk=self.roll_call.pk)
        if sure == 0 and self.attempt(lambda version: discard_draft(roll_call=roll_call)) and roll_call.pk is None:
            self.roll_call = self.desk.start().roll_call

    @invariant()
    def two_people_stand_behind_what_readers_see(self) -> None:
        sealed = self.roll_call.versions.filter(state__in=[State.REVIEWED, State.PUBLISHED, State.CORRECTED])
        for version in sealed:
            assert version.reviewed_by not in (None, version.entered_by, self.entered[version.pk])
            assert seal(version) == version.reviewed_hash == self.approved[version.pk]
            if version.is_key:
                keyed = {int(person): mark for person, mark in version.keying.positions.items()}
                assert keyed == dict(version.ballots.values_list("person", "position"))
                assert version.keying.by != version.entered_by

    @invariant()
    def nothing_open_was_handed_on(self) -> None:
        waiting = self.roll_call.versions.filter(state__in=[State.SUBMITTED, State.REVIEWED])
        for version in waiting:
            assert not [one.code for one in findings_of(version, at=build.AT) if one.is_open]
        for version in self.roll_call.versions.filter(state__in=[State.MATCHED, State.CHECKED]):
            found = [one for one in findings_of(version, at=build.AT) if one.is_open]
            assert (version.state == State.CHECKED) is not bool(found)

    def teardown(self) -> None:
        for version in self.roll_call.versions.all():
            event(f"version {version.number}: {version.state}")
        assert faults() == []


def test_people_in_any_order_publish_only_what_another_approved() -> None:
    run_state_machine_as_test(
        People,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
