"""Names that Django makes from the code, of tables and columns, and a few sentences of its own, in both languages."""

from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override
from django.utils.translation import gettext_noop as _

from coalition.desk.changes import kept_models
from coalition.desk.site import desk

NAMES = frozenset((
    # Rooms
    _("Sources"), _("Journal"), _("People and chambers"), _("Roll calls"), _("Platform"), _("Signatures"),
    _("Scorecards"), _("Accounts"), _("Letters"), _("Desk"), _("Pages"), _("Demonstration"),
    # Tables
    _("member organisation"), _("member organisations"), _("event"), _("events"), _("evidence"), _("freeze"),
    _("freezes"), _("history"), _("alias"), _("aliases"), _("chamber"), _("chambers"), _("district"), _("districts"),
    _("faction"), _("factions"), _("faction membership"), _("faction memberships"), _("identifier"), _("identifiers"),
    _("mandate"), _("mandates"), _("office"), _("offices"), _("party"), _("parties"), _("person"), _("people"),
    _("side membership"), _("side memberships"), _("term"), _("terms"), _("voting rule"), _("voting rules"),
    _("coalition"), _("coalitions"), _("coalition membership"), _("coalition memberships"), _("demand"), _("demands"),
    _("demand text"), _("demand texts"), _("platform"), _("platforms"), _("platform version"), _("platform versions"),
    _("link"), _("links"), _("link approval"), _("link approvals"), _("link veto"), _("link vetos"), _("ruling"),
    _("rulings"), _("score change"), _("score changes"), _("document"), _("documents"), _("signature"),
    _("signatures"), _("acknowledgement"), _("acknowledgements"), _("ballot"), _("ballots"), _("decision"),
    _("decisions"), _("departure"), _("departures"), _("faction statement"), _("faction statements"), _("keying"),
    _("keyings"), _("roll call"), _("roll calls"), _("roll call version"), _("roll call versions"), _("sitting"),
    _("sittings"), _("written name"), _("written names"),
    # Columns
    _("ID"), _("SHA-256"), _("account id"), _("action"), _("after"), _("answer by"), _("approver"), _("areas en"),
    _("areas note"), _("areas ru"), _("at"), _("author"), _("basis"), _("before"), _("began at"), _("began by"),
    _("began precision"), _("by"), _("cause"), _("changed source"), _("chapter"), _("claims office"), _("closed at"),
    _("confirmed at"), _("confirmed how"), _("content"), _("content hash"), _("corrected on"), _("corrected position"),
    _("corrected source"), _("decided by"), _("demand id"), _("display name"), _("dispute"), _("ended at"),
    _("ended by"), _("ended precision"), _("entered"), _("entered by"), _("facts"), _("filed at"), _("handled by"),
    _("held"), _("held at"), _("held precision"), _("in force"), _("in force from"), _("in force until"),
    _("intro en"), _("intro ru"), _("is drill"), _("is invented"), _("is released"), _("key"), _("kind"), _("left"),
    _("left at"), _("line"), _("main"), _("marks not voting"), _("media type"), _("name"), _("nominated by en"),
    _("nominated by ru"), _("note en"), _("note ru"), _("number"), _("opened at"), _("operation"), _("order"),
    _("organisation"), _("organisation en"), _("organisation ru"), _("outcome en"), _("outcome ru"), _("page"),
    _("picked at"), _("picked by"), _("position"), _("positions"), _("presider votes"), _("presides"), _("profile"),
    _("profile version"), _("proxy"), _("published"), _("published at"), _("published by"), _("read at"),
    _("reads as"), _("result"), _("returned at"), _("reviewed at"), _("reviewed by"), _("reviewed hash"), _("role"),
    _("row id"), _("running"), _("scheme"), _("scope"), _("seal"), _("seat"), _("seats"), _("shadow profile"),
    _("shadow since"), _("should say"), _("shown"), _("side"), _("signed on"), _("signed precision"), _("slug"),
    _("sort key"), _("source"), _("source changed at"), _("state"), _("subject"), _("submitted at"), _("suggested"),
    _("table name"), _("text"), _("text en"), _("text ru"), _("threshold"), _("threshold number"),
    _("threshold stated"), _("timezone"), _("title"), _("title en"), _("title ru"), _("token hash"), _("total absent"),
    _("total abstain"), _("total against"), _("total for"), _("total not voting"), _("url"), _("used"), _("value"),
    _("version"), _("vote id"), _("vouched"), _("why"), _("withdrawn at"), _("withdrawn on"), _("words"), _("year"),
    # What is said below a column
    _("Counts the reports of a year."), _("SHA-256 of the secret in the address of its page."),
    _("Slug of the chamber."), _("Id of the roll call."), _("Id of the deputy."), _("Address of the page."),
    _("What the page says."), _("What it should say."), _("The sender writes for the deputy's office."),
    _("Never shown to readers."), _("While it keeps its row out of letters and pictures."),
    _("The journal says that the hold has ended."), _("Never shown."), _("Slug of the chamber it happened in."),
    _("What it is about, such as roll-call:12."), _("Ids of the rows that tell the rest; never a person's address."),
    _("What the sender's file was called."), _("When it was read or stored, if that is known."),
))  # fmt: skip
# Django's Russian gives these a gender, or a case that our names do not have: locale/ has other words for them.
DJANGOS = (
    _("Add %(name)s"), _("Add %s"), _("Change %s"), _("View %s"), _("Select %s to change"), _("Select %s to view"),
    _("Add another %(verbose_name)s"), _("Change selected %(model)s"), _("Add another %(model)s"),
    _("View selected %(model)s"), _("Delete selected %(model)s"), _("The {name} “{obj}” was added successfully."),
    _("The {name} “{obj}” was changed successfully."),
    _("The {name} “{obj}” was added successfully. You may edit it again below."),
    _("The {name} “{obj}” was changed successfully. You may edit it again below."),
    _("The {name} “{obj}” was added successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    _("The %(name)s “%(obj)s” was deleted successfully."),
)  # fmt: skip


def translate_names() -> None:
    """Let the names of rooms, and of tables and columns that the desk shows, go through the catalogue."""
    for room in apps.get_app_configs():
        room.verbose_name = _worded(room.verbose_name)
    for model in {*kept_models().values(), *desk._registry}:
        meta = model._meta
        with override(None):  # the plural is made of the singular, also where that is translated
            plural = str(meta.verbose_name_plural)
        meta.verbose_name, meta.verbose_name_plural = _worded(meta.verbose_name), gettext_lazy(plural)
        for field in (*meta.local_fields, *meta.local_many_to_many):
            _translate(field)


def _translate(field: models.Field[Any, Any]) -> None:
    field.verbose_name = _worded(field.verbose_name)
    if field.help_text:
        field.help_text = _worded(field.help_text)


def _worded(words: Any) -> Any:  # noqa: ANN401 - text, or lazy text
    return words if isinstance(words, Promise) else gettext_lazy(words)
