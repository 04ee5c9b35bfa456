"""What the database refuses, in words that say where and what to do."""

import re

from django.db import DatabaseError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "people_chamber_has_name": _("Name the chamber in Russian or in English."),
    "people_chamber_has_seats": _("Seats: a chamber has at least one."),
    "people_votingrule_one_at_a_time": _(
        "Voting rules: two rules are in force at the same time. End the earlier one at"
        " the first moment of the later one."
    ),
    "people_votingrule_number_with_fixed": _(
        "Voting rules: write the number of votes with “a fixed number”, and only there."
    ),
    "people_term_number_once": _("Terms: two terms have the same number. Give each its own."),
    "people_term_one_at_a_time": _(
        "Terms: two terms overlap. End the earlier one at the first moment of the later one."
    ),
    "people_district_number_once": _("Districts: two districts have the same number. Give each its own."),
    "people_place_once": _("Places: this district has that street or area already."),
    "people_place_has_name": _("Places: name each in Russian or in English."),
    "people_faction_slug_once": _("This chamber has a faction with that slug already. Choose another slug."),
    "people_faction_has_name": _("Name the faction in Russian or in English."),
    "people_person_has_name": _("Name the person in Russian or in English."),
    "people_identifier_once": _(
        "Identifiers: this id already belongs to somebody. Look the person up before adding one."
    ),
    "people_alias_once": _("Aliases: this spelling from this source is already there."),
    "people_alias_picked_by_whom_and_when": _("Aliases: a remembered pick says who picked it and when."),
    "people_mandate_one_at_a_time": _(
        "Held: this person already has a mandate in this chamber at that time. End the earlier one first."
    ),
    "people_mandate_one_per_seat": _(
        "District and seat: somebody else holds this seat at that time. End that mandate"
        " first, or give this one another seat number."
    ),
    "people_factionmembership_one_at_a_time": _(
        "Faction memberships: two of them overlap. End the earlier one at the first moment of the later one."
    ),
    "people_sidemembership_one_at_a_time": _(
        "Side memberships: two of them overlap. End the earlier one at the first moment of the later one."
    ),
    "people_office_once_at_a_time": _(
        "Offices: the same office is listed twice at the same time. Correct the periods."
    ),
    "platform_coalitionmembership_one_at_a_time": _(
        "Coalition members: somebody is listed twice at the same time. Correct the periods."
    ),
    "platform_coalition_slug_once": _("This chamber has a coalition with that slug already. Choose another slug."),
    "platform_version_number_once": _("This platform has a version with that number already. Take the next number."),
    "platform_version_immutable": _("This version is published and cannot be changed. Add another version."),
    "platform_demandtext_immutable": _(
        "This version is published and its texts cannot be changed. Add another version."
    ),
    "platform_demandtext_once": _("Demand texts: a demand has two texts in this version. Keep one."),
    "platform_demandtext_has_title": _("Demand texts: give each a title in Russian or in English."),
    "platform_demand_slug_once": _("This platform has a demand with that slug already. Choose another slug."),
    "platform_demand_id_once": _("This platform has a demand with that id already. Choose another id."),
    "platform_demand_id_names_no_total": _("Id: files call a chapter or the platform so. Give the demand another id."),
    "platform_demand_period_forward": _("In force until: it must lie after “in force from”."),
    "tracker_signature_of_one_thing": _("Choose either the platform version or the demand that was signed, not both."),
    "tracker_signature_once": _("This signature is already recorded. Withdraw that one first if it was signed anew."),
    "tracker_signature_withdrawn_after": _("Withdrawn on: it cannot lie before the day of signing."),
    "tracker_signature_withdrawal_has_day": _("Withdrawn on: give the day of the withdrawal that this document shows."),
    "tracker_pledge_of_one": _("Who: choose either the deputy or the party, not both."),
    "tracker_pledge_known_stance": _("What was said: choose one of the words that are offered."),
    "tracker_pledge_silence_has_no_words": _("Words: whoever did not answer said none. Leave them empty."),
    "tracker_pledge_promise_has_words": _("Words: a promise needs them, exactly as they were said."),
    "tracker_pledge_measurable_says_how": _(
        "A promise that can be measured says what would count as kept and by which day. Anything else has neither the"
        " tick nor these."
    ),
    "tracker_pledge_due_after_said": _("Due on: it cannot lie before the day on which it was said."),
    "tracker_pledge_once": _("This word of that day is recorded already. Open that one."),
    "tracker_pledge_published_by_two": _("Another person than the one who recorded it must publish it."),
    "tracker_pledge_reviewed_has_date": _("It needs the moment at which it was published or sent back."),
    "tracker_pledge_rejected_says_why": _("Say why it is sent back."),
    "tracker_pledge_moves": _("It does not wait for a second person any more. Look at how it is now."),
    "tracker_pledge_stays": _(
        "What was recorded is never changed and never deleted. Send it back and record it anew; once it is published,"
        " record what was said later."
    ),
    "tracker_pledgestatus_known_status": _("Status: choose one of the words that are offered."),
    "tracker_pledgestatus_says_what": _("What happened: say it in Russian or in English."),
    "tracker_pledgestatus_one_proposed": _(
        "Another status of this pledge waits for a second person. It is published or sent back first."
    ),
    "tracker_pledgestatus_of_a_promise": _("Pledge: only a published promise comes to a status."),
    "tracker_pledgestatus_measured": _(
        "Status: a promise without a criterion is never assessed as kept or not, and one with a criterion can be"
        " measured."
    ),
    "tracker_pledgestatus_moves_on": _("Status: it cannot follow the one that is published last."),
    "tracker_pledgestatus_forward": _("Since: it cannot lie before the status it follows, nor before the promise."),
    "tracker_pledgestatus_published_by_two": _("Another person than the one who recorded it must publish it."),
    "tracker_pledgestatus_reviewed_has_date": _("It needs the moment at which it was published or sent back."),
    "tracker_pledgestatus_rejected_says_why": _("Say why it is sent back."),
    "tracker_pledgestatus_moves": _("It does not wait for a second person any more. Look at how it is now."),
    "tracker_pledgestatus_stays": _(
        "What was recorded is never changed and never deleted. Send it back and record it anew; once it is published,"
        " record what came later."
    ),
    "tracker_invitation_ends_later": _("Ends: it must lie after the moment at which the link was made."),
    "tracker_invitation_sent_forgets_address": _("The letter was sent, so its address is no longer kept."),
    "tracker_invitation_revoked_forgets_address": _("The link was revoked, so its address is no longer kept."),
    "tracker_answer_about_one_thing": _("An answer is about a demand or about a vote, as its kind has it."),
    "tracker_answer_has_words": _("Words: an answer of this kind has some."),
    "tracker_answer_promise_measured": _(
        "What would count as kept: say it together with the day, or leave both empty."
    ),
    "tracker_statement_says_what": _("Write what was stated, in one language at least."),
    "tracker_statement_says_who": _("Say who stated it, in one language at least."),
    "tracker_answer_confirmed_says_how": _("Say by which second channel the deputy confirmed it."),
    "tracker_answer_published_by_two": _("Another person than the one who confirmed it must publish it."),
    "tracker_answer_published_has_date": _("It needs the moment at which it was published."),
    "tracker_answer_set_aside_says_why": _("Say why it is set aside."),
    "tracker_answer_moves": _("This answer is not at that step any more. Look at how far it is now."),
    "tracker_answer_stays": _("What a deputy answered is never changed and never deleted."),
    "tracker_asked_once_a_day": _("The askings of one day are one count."),
    "scorecards_link_version_once": _(
        "This demand and roll call have a link with that version already. Take the next."
    ),
    "scorecards_link_one_published": _(
        "Another link of this demand and roll call is published. Publish this one in its"
        " place with the button “Publish”."
    ),
    "scorecards_link_weight_positive": _("Weight: it must be at least 0.001."),
    "scorecards_link_immutable": _(
        "Others have approved or disputed this link, so it cannot be changed. Add another version of it."
    ),
    "scorecards_link_contested_is_informative": _(
        "Role: a vote that can be read in two ways is listed, not counted. Choose “listed, not counted”, or take the"
        " other tick away."
    ),
    "scorecards_considered_once": _("This vote is in the list for this demand already. Withdraw that entry first."),
    "scorecards_considered_has_reason": _("Reason: give it in Russian or in English."),
    "scorecards_considered_of_one_chamber": _("Roll call: this vote was held in another chamber than the platform’s."),
    "accounts_memberorganisation_slug_once": _(
        "This coalition has an organisation with that slug already. Choose another slug."
    ),
    "accounts_memberorganisation_faction_once": _("Faction: another organisation of this coalition has it already."),
    "accounts_memberorganisation_has_name": _("Name the organisation in Russian or in English."),
    "scorecards_link_part_is_informative": _(
        "Role: a vote on a package that only holds the demand is listed, not"
        " counted. Choose “listed, not counted”, or “the whole text”."
    ),
    "scorecards_link_of_one_chamber": _("Roll call: this vote was held in another chamber than the platform’s."),
    "scorecards_ruling_of_one_chamber": _("Roll call: this vote was held in another chamber than the platform’s."),
    "scorecards_ruling_of_one_kind": _(
        "A ruling on silence says what silence does, and names nobody. The others name a"
        " deputy; a tactical vote also says what it is read as."
    ),
    "scorecards_ruling_reads_as_a_vote": _("Reads as: choose for, against or abstained."),
    "scorecards_ruling_reads_by_a_source": _("Source: what the ballot is read as needs a public statement."),
    "scorecards_ruling_has_reason": _("Reason: give it in Russian or in English."),
    "scorecards_ruling_immutable": _("This ruling is published and cannot be changed. Add another one in its place."),
    "votes_decision_key_once": _("This chamber has a decision with that id already. Open that one."),
    "votes_decision_main_of_decision": _("Main vote: it must be one of the votes on this text."),
    "journal_freeze_one_open": _("This chamber, or the whole site, is frozen already. End that freeze first."),
    "journal_freeze_has_reason": _("Reason: give it in Russian or in English. Readers see it."),
    "sources_document_says_where": _("Give the address or the title of the document."),
    "sources_document_once": _("This document is already kept. Choose the one that is there."),
    "votes_rollcall_vote_id_once": _(
        "Id of the vote: this chamber has a roll call with that id already. Open that one, or correct the id."
    ),
    "votes_rollcall_slug_once": _("This chamber has a roll call with that address already. Change the id of the vote."),
    "votes_rollcallversion_has_title": _("Title: give it in Russian or in English."),
    "votes_rollcallversion_date_or_unknown": _("Held at: give the date, or say that it is not known."),
    "votes_rollcallversion_number_with_fixed": _(
        "Threshold: write the number of votes with “a fixed number”, and only there."
    ),
    "votes_rollcallversion_published_by_two": _("Another person than the one who entered it must approve it."),
    "votes_rollcallversion_immutable": _(
        "This roll call was submitted or published, and cannot be changed. Take it back, or open a correction."
    ),
    "votes_rollcallversion_source_stays": _(
        "A submitted or published roll call names this document, so it stays as it is. Add another document, and"
        " name it in a correction."
    ),
    "votes_rollcallversion_moves": _("This roll call is not at that step any more. Look at how far it is now."),
    "votes_rollcallversion_published_as_reviewed": _(
        "What is there is not what the second person approved. It must be reviewed again."
    ),
    "votes_rollcallversion_reviewed_by_no_hand": _(
        "Whoever entered something of this roll call cannot approve it. Ask somebody else."
    ),
    "votes_rollcallversion_correction_has_reason": _("A correction needs its reason and the document that shows it."),
    "votes_rollcallversion_only_corrections_withdraw": _("Only a correction can take a vote out of the record."),
    "votes_agendaitem_has_title": _("Title: give it in Russian or in English."),
    "votes_agendaitem_fixed_has_number": _(
        "Threshold: write the number of votes with “a fixed number”, and only there."
    ),
    "votes_agendaitem_begun_stays": _("Voting has begun: what the agenda says stays."),
    "findings_agendalink_once": _("This vote has a link to that demand already. Open that one."),
    "findings_agendalink_has_reasoning": _("Why it counts: give it in Russian or in English."),
    "votes_sitting_once": _("This chamber has a sitting at that moment already. Open that one."),
    "votes_sitting_ends_after_it_begins": _("Ended: it must lie after the beginning."),
    "votes_departure_once": _("Who left: this departure is there already."),
    "votes_departure_returns_later": _("Returned at: it must lie after the leaving."),
    "votes_rollcall_of_chamber_of_sitting": _("The sitting is of another chamber than the roll call."),
    "votes_rollcallversion_drill_never_published": _(
        "This is a drill: it is compared with its protocol, and never published."
    ),
    "votes_ballot_one_per_person": _("Somebody is in this roll call twice. Correct the date, or the mandates."),
    "votes_voteword_has_word": _("Word: write at least one letter or sign."),
    "votes_ballot_person_of_mandate": _(
        "This mandate has published ballots: it cannot be given to another person. End"
        " it, and add a mandate for the other one."
    ),
}
_RULE = re.compile(r"[a-z]+_[a-z]+_[a-z_]+")


def explain(text: str) -> str:
    """The words for the rule that `text` names; `text` itself if it names none."""
    return next((str(WORDS[name]) for name in _RULE.findall(text) if name in WORDS), text)


def explain_refusal(refusal: DatabaseError) -> str:
    """What the database meant, by the name of its rule."""
    details = getattr(refusal.__cause__, "diag", None)
    rule = getattr(details, "constraint_name", None) or ""
    said = gettext(
        "The database refused this (rule “%(rule)s”), and nothing was saved."
        " Look at what else uses this row, and change that first."
    )
    return str(WORDS[rule]) if rule in WORDS else said % {"rule": rule or gettext("unnamed")}
