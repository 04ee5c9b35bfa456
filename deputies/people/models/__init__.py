from deputies.people.models.chambers import Chamber, District, Faction, Party, Term, VotingRule
from deputies.people.models.mandates import FactionMembership, Mandate, Office, SideMembership
from deputies.people.models.persons import Alias, Identifier, Person
from deputies.people.models.places import Place

__all__ = [
    "Alias",
    "Chamber",
    "District",
    "Faction",
    "FactionMembership",
    "Identifier",
    "Mandate",
    "Office",
    "Party",
    "Person",
    "Place",
    "SideMembership",
    "Term",
    "VotingRule",
]
