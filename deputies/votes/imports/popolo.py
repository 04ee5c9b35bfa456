"""Vote events in JSON as Popolo and OpenCivicData write them. Pure.

Source: popoloproject.com/specs/vote-event.html; open-civic-data.readthedocs.io, "Vote".
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from deputies.votes.enums import Position
from deputies.votes.imports.named import LARGEST, Gathering, Reading, bad_file, tidy, unprintable
from deputies.votes.imports.tidy import OPTIONS

MOST_EVENTS = 100
UNSTATED = {"paired", "other"}  # their direction is not stated: a person chooses

Json = Any
Object = Mapping[str, Json]


def read_vote_events(content: bytes, name: str) -> list[Reading]:
    """The roll calls in `content`, called `name` in errors. Raises BadFile or BadFiles."""
    if len(content) > LARGEST:
        raise bad_file(name, "the file is larger than 1 MB", "Split it into several.")
    try:
        given = json.loads(content.decode("utf-8-sig"), object_pairs_hook=partial(_object, name))
    except RecursionError as error:
        raise bad_file(name, "the JSON is nested too deeply", "Give vote events only.") from error
    except ValueError as error:
        raise bad_file(name, "this is not JSON in UTF-8", "Get the file again.") from error
    if isinstance(given, dict) and isinstance(given.get("vote_events"), list):
        given = given["vote_events"]
    events = given if isinstance(given, list) else [given]
    if not events or len(events) > MOST_EVENTS or not all(isinstance(event, dict) for event in events):
        raise bad_file(name, "these are not 1 to %(most)s vote events", "Give a list of objects.", most=MOST_EVENTS)
    return [_Event(event, name).read() for event in events]


def _object(name: str, pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    if twice := [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]:
        raise bad_file(name, "“%(key)s” is twice in one object", "Correct the file.", key=twice[0][:100])
    return dict(pairs)


class _Event:
    """One vote event; what has not the form that it should have is a problem, never skipped."""

    def __init__(self, event: Object, file: str) -> None:
        self.event, self.found = event, Gathering(file)

    def read(self) -> Reading:
        for line, vote in enumerate(self._list("votes"), 1):
            self._vote(line, vote)
        self._counts()
        return self.found.reading()

    def _vote(self, line: int, vote: Object) -> None:
        option = self._text(vote, "option", line)
        position = OPTIONS.get(option)
        if position is None and option in UNSTATED:
            remedy = "The mark “%(word)s” of %(name)s does not say which way. Choose what it stands for."
            self.found.note(remedy, word=option, name=self._voter(vote, line)[:200])
        elif position is None:
            self.found.bad(line, "unknown option “%(word)s”", "Write yes, no, abstain or absent.", word=option[:100])
        self.found.name(line, self._voter(vote, line), option, position)

    def _voter(self, vote: Object, line: int) -> str:
        voter = vote.get("voter") or {}
        if not isinstance(voter, dict):
            self.found.bad(line, "“%(key)s” is not an object", "Correct the file.", key="voter")
            voter = {}
        places = ((vote, "voter_name"), (voter, "name"), (vote, "voter_id"), (voter, "id"))
        return next(filter(None, (self._text(outer, key, line) for outer, key in places)), "")

    def _counts(self) -> None:
        """The official totals; those of groups are added up where the whole house has none."""
        counts, totals = self._list("counts"), Counter[str]()
        whole = [count for count in counts if not count.get("group") and not count.get("group_id")]
        for count in whole or counts:
            option, value = self._text(count, "option"), count.get("value")
            if option not in OPTIONS and option not in UNSTATED:
                self.found.bad(None, "unknown option “%(word)s” in a count", "Correct it.", word=option[:100])
            elif not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1_000_000:
                remedy = "Write a whole number that is not negative."
                self.found.bad(None, "the count of “%(word)s” is not a number of votes", remedy, word=option)
            elif whole and option in totals:
                self.found.bad(None, "a second count of “%(word)s”", "Remove one of the two.", word=option)
            else:
                totals[option] += value
        for option, number in totals.items():
            self.found.total(None, OPTIONS.get(option, Position.DATA_MISSING), option, number)

    def _list(self, key: str) -> Iterable[Object]:
        given = self.event.get(key) or []
        if isinstance(given, list) and all(isinstance(each, dict) for each in given):
            return given
        self.found.bad(None, "“%(key)s” is not a list of objects", "Correct the file.", key=key)
        return []

    def _text(self, outer: Object, key: str, line: int | None = None) -> str:
        given = outer.get(key)
        if given is None:
            return ""
        if not isinstance(given, str) or unprintable(given):
            self.found.bad(line, "“%(key)s” is not plain text", "Correct the file.", key=key)
            return ""
        return tidy(given)
