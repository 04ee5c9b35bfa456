"""What to look at again in a platform before readers see it, in words, each with where it is put right."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from coalition.desk.site import desk
from pledges.platform.models import Platform, PlatformVersion
from pledges.scorecards.enums import LintRule
from pledges.scorecards.models import Link
from pledges.scorecards.reports.lint import Found, lint

WORDS: dict[LintRule, tuple[str | Promise, str | Promise]] = {  # what is found, and what to do
    LintRule.NO_VOTE: (
        _("No vote is linked to it."),
        _("Link a vote to it, or say in its text that none was held."),
    ),
    LintRule.FEW_VOTES: (
        ngettext_lazy("%(n)s vote counts for it.", "%(n)s votes count for it.", "n"),
        _("Look for more votes on it. Until then readers see counts and no label."),
    ),
    LintRule.WANTS_ALL: (
        _("It wants all %(n)s counted votes adopted: whoever is for everything would keep it."),
        _("Look for votes in which it asked for the opposite, and list those that were not used."),
    ),
    LintRule.WANTS_NONE: (
        _("It wants none of %(n)s counted votes adopted: whoever is against everything would keep it."),
        _("Look for votes in which it asked for the opposite, and list those that were not used."),
    ),
    LintRule.UNANIMOUS: (
        ngettext_lazy("Its %(n)s counted vote was unanimous.", "All its %(n)s counted votes were unanimous.", "n"),
        _("Look for votes in which some were for and some against. Those here tell nobody apart."),
    ),
    LintRule.EARLIER: (
        ngettext_lazy(
            "%(n)s vote was held before the platform was published.",
            "%(n)s votes were held before the platform was published.",
            "n",
        ),
        _("Say in the reasoning that it was chosen with the result known, or list it without counting."),
    ),
    LintRule.OWN_AGAINST: (
        _("Most of the coalition’s own, %(n)s of %(of)s, would be shown as not as it asks."),
        _("Compare its direction with the wording of the question: the sign may be inverted."),
    ),
    LintRule.NOT_MEASURED: (
        _("It does not say how it is measured."),
        _("Write how it is measured before anybody is held to it."),
    ),
    LintRule.NO_GOAL: (
        _("It does not say what would count as done."),
        _("Write what would count as done, so that nobody can move the goal later."),
    ),
    LintRule.NO_BREACH: (
        _("It does not say what counts as a breach."),
        _("Write what counts as a breach before anybody is told of one."),
    ),
}
WORDING = (LintRule.NOT_MEASURED, LintRule.NO_GOAL, LintRule.NO_BREACH)


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as the desk words it, with the page of the demand and the links it is about."""

    title: str
    says: str
    to_do: str | Promise
    url: str
    links: list[tuple[str, str]]


def told_of(version: PlatformVersion | None, *, also: Iterable[Link] = ()) -> list[Told]:
    """What there is to look at in a version; with `also`, only of the demands of these links, which are counted in."""
    if version is None:
        return []
    chosen = list(also)
    demands = {link.demand_id for link in chosen}
    found = lint(version, also=[link.pk for link in chosen])
    return [_told(one, version) for one in found if not demands or one.text.demand_id in demands]


def version_to_read(platform: Platform) -> PlatformVersion | None:
    """The version in force, or the latest draft where none was published."""
    version = platform.published or platform.versions.order_by("-number").first()
    if version is not None:
        version.platform = platform
    return version


@require_safe
def lint_page(request: HttpRequest, pk: int) -> HttpResponse:
    if not request.user.has_perm("platform.view_platform"):
        raise PermissionDenied
    platform = get_object_or_404(Platform.objects.select_related("published", "coalition__chamber"), pk=pk)
    version = version_to_read(platform)
    context = {
        **desk.each_context(request),
        "title": gettext("What to look at again: %(platform)s") % {"platform": version.title if version else platform},
        "opts": Platform._meta,
        "platform": platform,
        "version": version,
        "findings": told_of(version),
    }
    return TemplateResponse(request, "admin/platform/platform/lint.html", context)


def _told(found: Found, version: PlatformVersion) -> Told:
    title = f"{found.text.title} ({found.text.demand.get_chapter_display()})"
    links = [(_vote(link), reverse("admin:scorecards_link_change", args=[link.pk])) for link in found.links]
    says, to_do = WORDS[found.rule]
    return Told(title, says % {"n": found.n, "of": found.of}, to_do, _address(found, version), links)


def _address(found: Found, version: PlatformVersion) -> str:
    """Where it is put right: the words of the version, a new link, or the links of the demand."""
    if found.rule in WORDING:
        return reverse("admin:platform_platformversion_change", args=[version.pk])
    if found.rule is LintRule.NO_VOTE:
        return f"{reverse('admin:scorecards_link_add')}?{urlencode({'demand': found.text.demand_id})}"
    return f"{reverse('admin:scorecards_link_changelist')}?{urlencode({'q': found.text.demand.demand_id})}"


def _vote(link: Link) -> str:
    version = link.roll_call.published
    if version is None or version.held_at is None:
        return str(version.title if version else link.roll_call.vote_id)
    return f"{version.title}, {version.held_at.astimezone(link.roll_call.chamber.zone):%Y-%m-%d}"
