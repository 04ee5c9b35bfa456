import datetime as dt

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from deputies.sources.models import cite
from deputies.votes.enums import Position
from pledges.platform.enums import Chapter
from pledges.platform.models import Coalition, CoalitionMembership, Demand, DemandText, PlatformVersion
from pledges.scorecards.enums import RulingKind, Silence, Wants
from pledges.scorecards.models import Link, Score, ScoreChange
from pledges.tracker.models import Signature
from tests import build
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db
DAY = build.START.date()


def test_a_published_platform_cannot_be_changed() -> None:
    version = build.platform(build.chamber()).versions.get()
    rows = PlatformVersion.objects.filter(pk=version.pk)

    with refused_by("platform_version_immutable"):
        rows.update(title_en="Something else")
    with refused_by("platform_version_immutable"):
        rows.update(state="draft")
    with refused_by("platform_demandtext_immutable"):
        DemandText.objects.update(title_en="Something else")
    with refused_by("platform_demandtext_immutable"):
        DemandText.objects.all().delete()
    with refused_by("platform_demandtext_immutable"):
        new = Demand.objects.create(
            platform=version.platform, slug="new", demand_id="new", chapter="social", in_force_from=DAY
        )
        DemandText.objects.create(version=version, demand=new, title_en="New")


def test_a_draft_of_a_platform_can_be_thrown_away() -> None:
    platform = build.platform(build.chamber())
    draft = PlatformVersion.objects.create(platform=platform, number=2)
    DemandText.objects.create(version=draft, demand=platform.demands.get(), title_en="New words")

    assert draft.delete()[0] == 2


def test_platform_rows_that_cannot_be() -> None:
    chamber = build.chamber()
    platform = build.platform(chamber)
    demand = {"platform": platform, "chapter": "social", "in_force_from": DAY}
    with refused_by("platform_coalition_slug_once"):
        Coalition.objects.create(chamber=chamber, slug=platform.coalition.slug, name_en="Twin")
    with refused_by("platform_version_number_once"):
        PlatformVersion.objects.create(platform=platform, number=1)
    with refused_by("platform_version_one_published"):
        PlatformVersion.objects.create(platform=platform, number=2, state="published", published_at=build.AT)
    with refused_by("platform_version_published_has_date"):
        PlatformVersion.objects.create(platform=platform, number=2, state="replaced")
    with refused_by("platform_demand_slug_once"):
        Demand.objects.create(slug="d1", demand_id="other", **demand)
    with refused_by("platform_demand_id_once"):
        Demand.objects.create(slug="other", demand_id="d1", **demand)
    with refused_by("platform_demand_known_chapter"):
        Demand.objects.create(slug="x", demand_id="x", **demand | {"chapter": "economic"})
    with refused_by("platform_demand_period_forward"):
        Demand.objects.create(slug="x", demand_id="x", in_force_until=DAY, **demand)
    draft = PlatformVersion.objects.create(platform=platform, number=2)
    with refused_by("platform_demandtext_has_title"):
        DemandText.objects.create(version=draft, demand=platform.demands.get())
    DemandText.objects.create(version=draft, demand=platform.demands.get(), title_en="One")
    with refused_by("platform_demandtext_once"):
        DemandText.objects.create(version=draft, demand=platform.demands.get(), title_en="Two")


def test_a_deputy_is_in_a_coalition_once_at_a_time() -> None:
    chamber = build.chamber()
    member = {"coalition": build.platform(chamber).coalition, "person": build.deputy(chamber)}
    CoalitionMembership.objects.create(held=DateTimeTZRange(build.START, None), **member)

    with refused_by("platform_coalitionmembership_one_at_a_time"):
        CoalitionMembership.objects.create(held=DateTimeTZRange(build.AT, None), **member)


def test_signatures_that_cannot_be() -> None:
    chamber = build.chamber()
    platform = build.platform(chamber)
    signed = {"person": build.deputy(chamber), "signed_on": DAY, "source": cite(title="Signed sheet")}
    with refused_by("tracker_signature_of_one_thing"):
        Signature.objects.create(**signed)
    with refused_by("tracker_signature_of_one_thing"):
        Signature.objects.create(platform_version=platform.published, demand=platform.demands.get(), **signed)
    with refused_by("tracker_signature_withdrawn_after"):
        Signature.objects.create(platform_version=platform.published, withdrawn_on=DAY - dt.timedelta(days=1), **signed)
    Signature.objects.create(platform_version=platform.published, **signed)
    with refused_by("tracker_signature_once"):
        Signature.objects.create(platform_version=platform.published, **signed)


def test_links_that_cannot_be() -> None:
    chamber = build.chamber()
    platform = build.platform(chamber)
    demand, roll_call = platform.demands.get(), build.vote(chamber, {})
    link = build.link(demand, roll_call, published=False)
    rows = Link.objects.filter(pk=link.pk)
    with refused_by("scorecards_link_version_once"):
        Link.objects.create(demand=demand, roll_call=roll_call, wants="pass")
    with refused_by("scorecards_link_weight_positive"):
        rows.update(weight=0)
    with refused_by("scorecards_link_known_words"):
        rows.update(wants="both")
    with refused_by("scorecards_link_by_two_organisations"):
        rows.update(state="published", published_at=build.AT)
    with refused_by("scorecards_link_contested_is_informative"):
        rows.update(contested=True)
    with refused_by("scorecards_link_published_has_date"):
        rows.update(state="published", vouched=True)


def test_a_published_link_cannot_be_changed() -> None:
    chamber = build.chamber()
    demand, roll_call = build.platform(chamber).demands.get(), build.vote(chamber, {})
    build.link(demand, roll_call)
    published = Link.objects.filter(state="published")

    with refused_by("scorecards_link_immutable"):
        published.update(wants=Wants.FAIL.value)
    with refused_by("scorecards_link_immutable"):
        published.delete()
    with refused_by("scorecards_link_one_published"):
        Link.objects.create(
            demand=demand, roll_call=roll_call, version=2, wants="pass", state="published", vouched=True,
            published_at=build.AT,
        )  # fmt: skip


def test_scores_and_their_history() -> None:
    chamber = build.chamber()
    anna = build.deputy(chamber)
    platform = build.platform(chamber, demands=[Chapter.SOCIAL])
    build.link(platform.demands.get(), build.vote(chamber, {anna: Position.FOR}))
    score = Score.objects.get(chapter="social")

    with refused_by("scorecards_score_once"):
        Score.objects.create(platform=platform, person=anna, chapter="social")
    with refused_by("scorecards_score_of_one_thing"):
        Score.objects.filter(pk=score.pk).update(demand=platform.demands.get())
    with refused_by("scorecards_score_at_most_all"):
        Score.objects.filter(pk=score.pk).update(mass=0)
    with refused_by("scorecards_scorechange_append_only"):
        ScoreChange.objects.update(cause="correction")
    change = ScoreChange.objects.get(chapter="social")
    change.pk = None
    with refused_by("scorecards_scorechange_once"):
        change.save(force_insert=True)
    change.before, change.chapter, change.demand = change.after, "democratic", None
    with refused_by("scorecards_scorechange_moves"):
        change.save(force_insert=True)
    change.before, change.cause = {}, "whim"
    with refused_by("scorecards_scorechange_known_cause"):
        change.save(force_insert=True)


def test_whoever_chose_the_votes_is_named_and_else_the_coalition() -> None:
    platform = build.platform(build.chamber())

    assert platform.chooser == platform.coalition.name
    platform.chosen_by_en = "the editors of this site"
    assert (platform.chooser, platform.chooser.lang) == ("the editors of this site", "en")


@pytest.mark.parametrize("demand_id", ["platform", "chapter:social", "chapter:"])
def test_a_demand_is_not_called_like_a_total(demand_id: str) -> None:
    platform = build.platform(build.chamber())

    with refused_by("platform_demand_id_names_no_total"):
        platform.demands.update(demand_id=demand_id)


def test_links_and_rulings_are_about_votes_of_the_same_chamber() -> None:
    chamber, other = build.chamber(), build.chamber()
    platform = build.platform(chamber)
    own, strange = (build.vote(where, {build.deputy(where): Position.FOR}) for where in (chamber, other))
    link = build.link(platform.demands.get(), own, published=False)

    with refused_by("scorecards_link_of_one_chamber"):
        build.link(platform.demands.get(), strange)
    with refused_by("scorecards_link_of_one_chamber"):
        Link.objects.filter(pk=link.pk).update(roll_call=strange)
    with refused_by("scorecards_ruling_of_one_chamber"):
        build.ruling(platform, strange, kind=RulingKind.SILENCE, silence=Silence.NOTHING)
