"""Where the picture of a page is, and its facts as a data block."""

import json
from urllib.parse import urlencode

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from coalition.pages import drawing
from coalition.pages.sheets import Facts, Sheet
from pledges.scorecards.bundles.reports import BundleNote

register = template.Library()
OWN = ("term", "linked", "page", "names", "deputies")  # parameters that make another page, not another view of one
UNSAFE = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


@register.simple_tag
def image_of(sheet: Sheet, bundle: BundleNote | None) -> str:
    """The address of the picture as it is now: with what it shows, its address changes."""
    name = f"{sheet.slug}-{drawing.digest_of(sheet, bundle)}"
    return reverse("share_image", args=[get_language(), sheet.house.chamber.slug, sheet.kind, name])


@register.simple_tag(takes_context=True)
def own_query(context: Context) -> str:
    """The part of an address after "?" that makes it a page of its own; "" where the address alone does."""
    given = context["request"].GET
    kept = {name: given[name] for name in OWN if given.get(name, "").isdecimal()}
    return f"?{urlencode(kept)}" if kept else ""


@register.filter
def as_data(facts: Facts) -> SafeString:
    """JSON-LD that cannot end the block it stands in."""
    told = {"@context": "https://schema.org"} | facts
    return mark_safe(json.dumps(told, ensure_ascii=False).translate(UNSAFE))  # noqa: S308
