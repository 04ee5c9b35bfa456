"""Asking for letters without an account and without a cookie: a form is checked by where it came from.

The website can only seal what is asked: it cannot know whether an address gets letters already, so its answer is the
same for every address.
"""

from collections.abc import Sequence

from django import forms
from django.core.validators import EmailValidator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.encoding import punycode
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from coalition.digests import tasks
from coalition.digests.actions import signing
from coalition.digests.enums import What
from coalition.digests.offers import Offer, offers
from coalition.digests.targets import Target
from coalition.pages.answers import form_page
from coalition.pages.limits import HOUR, same_origin, too_many, too_many_for
from coalition.pages.public import public
from deputies.people.models import Chamber, Person
from pledges.platform.models import Demand

PER_NETWORK, TOGETHER = 60, 3_000  # sign-ups an hour
PER_ADDRESS = 5  # a day
MOST = 100  # things followed by one form


class AddressForm(forms.Form):
    """An address, and a field that only robots fill in."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    website = forms.CharField(required=False)

    def clean_email(self) -> str:
        """The one spelling of an address, so that nobody is written to more often under several."""
        name, _at, domain = self.cleaned_data["email"].rpartition("@")
        if '"' in name or "=?" in name or domain.startswith("["):  # quoted, encoded, or a machine instead of a domain
            raise forms.ValidationError(EmailValidator.message)
        try:
            return f"{name}@{punycode(domain).lower()}"
        except UnicodeError as error:  # a part that is too long, or letters that no domain may mix
            raise forms.ValidationError(EmailValidator.message) from error


class SubscribeForm(AddressForm):
    """An address and what to follow, of what is offered."""

    follow = forms.MultipleChoiceField(
        label=_("What to follow"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what to follow.")},
    )

    def __init__(self, offered: Sequence[Offer], data: QueryDict | None) -> None:
        super().__init__(data, initial={"follow": [offer.key for offer in offered if offer.is_named]})
        self.fields["follow"].choices = [(offer.key, offer.label) for offer in offered]  # type: ignore[attr-defined]


def _named(query: QueryDict) -> tuple[Chamber | None, list[str]]:
    """The chamber that an address names, and the keys of what it names; what is not there has none."""
    said = {name: str(value).replace("\0", "") for name, value in query.items()}
    keys = query.getlist("follow")[:MOST]
    chamber = Chamber.objects.filter(slug=said["chamber"]).first() if said.get("chamber") else None
    if chamber is None:
        return None, keys
    if slug := said.get("deputy"):
        keys += _keys(What.PERSON, chamber, Person.objects.of_chamber(chamber).filter(slug=slug).first())
    if (number := said.get("district", "")).isdecimal() and len(number) < 5:
        keys += _keys(What.DISTRICT, chamber, chamber.districts.filter(number=number).first())
    if slug := said.get("demand"):
        demands = Demand.objects.filter(platform__coalition__chamber=chamber, slug=slug)
        keys += _keys(What.DEMAND, chamber, demands.order_by("-platform").first())
    if said.get("chapter") in (What.DEMOCRATIC, What.SOCIAL):
        keys.append(Target(What(said["chapter"]), chamber.pk).key)
    if said.get("upcoming"):
        keys.append(Target(What.UPCOMING, chamber.pk).key)
    return chamber, keys


def _keys(what: What, chamber: Chamber, row: object | None) -> list[str]:
    return [Target(what, chamber.pk, getattr(row, "pk", None)).key] if row else []


@csrf_exempt
@same_origin
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest, lang: str) -> HttpResponse:
    chamber, named = _named(request.GET)
    named += request.POST.getlist("follow")[:MOST]
    form = SubscribeForm(offers(named, chamber, timezone.now()), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _asked(request, "letters/subscribe.html", form, form.cleaned_data["follow"])
    return form_page(request, "letters/subscribe.html", {"form": form})


@csrf_exempt
@same_origin
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe_link(request: HttpRequest, lang: str) -> HttpResponse:
    """For a reader who has no letter at hand: their own link, by a letter."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _asked(request, "letters/link.html", form, [])
    return form_page(request, "letters/link.html", {"form": form})


def _asked(request: HttpRequest, template: str, form: AddressForm, targets: Sequence[str]) -> HttpResponse:
    """Keep the request; what a robot wrote, or too many of one address, is dropped with the same answer."""
    if too_many(request, action="subscribe", of_network=PER_NETWORK, of_all=TOGETHER):
        form.add_error(None, _("Too many requests came from your network. Please try again in an hour."))
        response = form_page(request, template, {"form": form}, status=429)
        response.headers["Retry-After"] = str(HOUR)
        return response
    address, lang = form.cleaned_data["email"], get_language() or "en"
    if not form.cleaned_data["website"] and not too_many_for(address, a_day=PER_ADDRESS):
        signing.sign_up(address=address, language=lang, targets=targets, at=timezone.now())
        tasks.ring(tasks.take_sign_ups)
    return redirect("subscribe_sent", lang=lang)


@require_safe
@public(record=False)
def subscribe_sent(request: HttpRequest, lang: str) -> HttpResponse:
    return render(request, "letters/sent.html")
