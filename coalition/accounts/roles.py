"""Who may do what: the one table. The groups of the database are brought in line with it after every `migrate`."""

from collections.abc import Iterator, Mapping

from django.apps import apps as installed
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions

ADD_AND_CHANGE = ("add", "change")

# What is written about the deputies: read by everybody who works on the record.
FACTS = {
    "sources": ("document",),
    "people": ("chamber", "district", "party", "faction", "person", "mandate"),
    "votes": ("sitting", "rollcall", "rollcallversion", "ballot", "factionstatement", "voteword", "agendaitem"),
}
# Rows on the page of a fact: a line entered by mistake can be taken off the page again.
LINES = {
    "people": (
        "votingrule", "term", "identifier", "alias", "factionmembership", "sidemembership", "office", "place",
    ),
    "votes": ("departure",),
}  # fmt: skip
# What the coalition makes of it.
JUDGEMENT = {
    "platform": ("coalition", "platform"),
    "tracker": ("signature",),
    "votes": ("decision",),
    "scorecards": ("considered",),
    "findings": ("agendalink",),
}
# Drafts, which may be thrown away until they are published; and lines, as above.
DRAFTS = {
    "platform": ("coalitionmembership", "demand", "platformversion", "demandtext"),
    "scorecards": ("link", "ruling"),
}
# What a second person publishes as it was written, or sends back.
REVIEWED = {"tracker": ("pledge", "pledgestatus")}
# What only actions write.
HISTORY = {
    "journal": ("event", "freeze", "history", "dispute"),
    "scorecards": ("scorechange",),
    "findings": ("finding",),
    "tracker": ("invitation", "answer"),
}


def _may(verbs: tuple[str, ...], *rooms: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Django's permissions for these verbs on every model of `rooms`."""
    found = ((label, model) for room in rooms for label, models in room.items() for model in models)
    return tuple(f"{label}.{verb}_{model}" for label, model in found for verb in verbs)


SEE_ALL = _may(("view",), FACTS, LINES, JUDGEMENT, DRAFTS, REVIEWED, HISTORY)

ROLES: dict[str, tuple[str, ...]] = {
    "Entrants": (*SEE_ALL, *_may(ADD_AND_CHANGE, FACTS), *_may((*ADD_AND_CHANGE, "delete"), LINES)),
    "Reviewers": (*SEE_ALL, "votes.review_rollcall"),
    "Linkers": (
        *SEE_ALL,
        "sources.add_document",
        *_may(ADD_AND_CHANGE, JUDGEMENT),
        *_may((*ADD_AND_CHANGE, "delete"), DRAFTS),
        *_may(("add",), REVIEWED),
        "scorecards.approve_link",
        "findings.change_finding",
        "tracker.add_invitation",
        "tracker.change_invitation",
        "tracker.change_answer",
    ),
    "Publishers": (
        *SEE_ALL,
        "votes.publish_rollcall",
        "platform.publish_platformversion",
        "scorecards.publish_ruling",
        "tracker.review_word",
        "findings.publish_agendalink",
        "journal.freeze",
        "journal.answer_dispute",
        "findings.review_finding",
    ),
    "Auditors": SEE_ALL,
    "Mail operators": ("digests.view_counts",),
}
# Superusers have every right, and are the only ones who see the pages of users and groups.

WORKING = ("Entrants", "Reviewers", "Linkers", "Publishers")


def bring_in_line(apps: Apps = installed, using: str = "default", **signal: object) -> None:
    """Give each group exactly the permissions of the table; while migrating back, those that exist by then."""
    try:
        Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:
        return
    for label in sorted({label for label, _ in _named()}):  # Django makes those of each room only after this signal
        create_permissions(installed.get_app_config(label), verbosity=0, using=using, apps=apps)
    rows = Permission.objects.using(using).values_list("content_type__app_label", "codename", "pk")
    known = {(label, codename): pk for label, codename, pk in rows}
    for role, names in ROLES.items():
        group, _ = Group.objects.using(using).get_or_create(name=role)
        keys = [tuple(name.split(".")) for name in names]
        group.permissions.set([known[key] for key in keys if key in known])


def _named() -> Iterator[tuple[str, str]]:
    """Every permission of the table once, as room and code name."""
    for name in sorted({name for names in ROLES.values() for name in names}):
        label, _, codename = name.partition(".")
        yield label, codename
