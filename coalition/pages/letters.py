"""Asking for letters, and the pages that links in letters open.

Readers have no account and no cookie: subscribing is checked by where the form came from, and a token is its own proof.
A page opened with GET never changes anything, because mail scanners open links.
"""

from django import forms
from django.core.validators import EmailValidator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from coalition.digests import tasks
from coalition.digests.actions import signing
from coalition.digests.enums import Purpose, What
from coalition.digests.reports import opened
from coalition.digests.targets import Target
from coalition.pages.answers import form_page, private
from coalition.pages.limits import HOUR, same_origin, too_many
from coalition.pages.public import public
from deputies.people.models import Chamber, Person, Term

PER_NETWORK, TOGETHER = 60, 3_000  # sign-ups an hour


class SubscribeForm(forms.Form):
    """An address and what to follow: a chamber's slug, or chamber/deputy."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    follow = forms.ChoiceField(label=_("What to follow"))
    website = forms.CharField(required=False)  # for robots: people do not see it

    def __init__(self, request: HttpRequest, chambers: dict[str, Chamber], person: Person | None) -> None:
        asked = request.GET.get("chamber", "")
        one = chambers.get(asked)
        first = f"{one.slug}/{person.slug}" if one and person else asked
        super().__init__(request.POST if request.method == "POST" else None, initial={"follow": first})
        choices = {slug: str(chamber.name) for slug, chamber in chambers.items()}
        if one and person:
            choices = {first: f"{person.name} ({one.name})"} | choices
        self.fields["follow"].widget = forms.Select(choices=list(choices.items()))
        self.fields["follow"].choices = list(choices.items())  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        """The one spelling of an address, so that nobody is written to more often under several."""
        name, _at, domain = self.cleaned_data["email"].rpartition("@")
        if '"' in name or "=?" in name or domain.startswith("["):  # quoted, encoded, or a machine instead of a domain
            raise forms.ValidationError(EmailValidator.message)
        try:
            return f"{name}@{punycode(domain).lower()}"
        except UnicodeError as error:  # a part that is too long, or letters that no domain may mix
            raise forms.ValidationError(EmailValidator.message) from error


def _asked_person(request: HttpRequest, chambers: dict[str, Chamber]) -> Person | None:
    chamber = chambers.get(request.GET.get("chamber", ""))
    if chamber is None:
        return None
    asked = request.GET.get("deputy", "")
    return None if "\0" in asked else Person.objects.of_chamber(chamber).filter(slug=asked).first()


@csrf_exempt
@same_origin
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest, lang: str) -> HttpResponse:
    running = Exists(Term.objects.filter(chamber=OuterRef("pk"), held__contains=timezone.now()))
    chambers = {chamber.slug: chamber for chamber in Chamber.objects.order_by(running.desc(), "slug")}
    person = _asked_person(request, chambers)
    form = SubscribeForm(request, chambers, person)
    if request.method == "POST" and form.is_valid():
        if too_many(request, action="subscribe", of_network=PER_NETWORK, of_all=TOGETHER):
            form.add_error(None, _("Too many requests came from your network. Please try again in an hour."))
            response = form_page(request, "letters/subscribe.html", {"form": form}, status=429)
            response.headers["Retry-After"] = str(HOUR)
            return response
        if not form.cleaned_data["website"]:
            chamber, _slash, deputy = form.cleaned_data["follow"].partition("/")
            one = chambers[chamber].pk
            target = Target(What.PERSON, one, person.pk) if person and deputy else Target(What.CHAMBER, one)
            signing.sign_up(
                address=form.cleaned_data["email"],
                language=lang,
                targets=[target.key],
                at=timezone.now(),
            )
            tasks.ring(tasks.take_sign_ups)
        return redirect("subscribe_sent", lang=lang)
    return form_page(request, "letters/subscribe.html", {"form": form})


@require_safe
@public(record=False)
def subscribe_sent(request: HttpRequest, lang: str) -> HttpResponse:
    return render(request, "letters/sent.html")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def token_page(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    found = opened(token, now)
    if found is None:
        return private(render(request, "letters/lost.html", status=404))
    with override(found.subscriber.language):
        if request.method == "POST" and request.POST.get("do") == "confirm":
            signing.confirm(token=token, at=now)
            response: HttpResponse = redirect("token", token=token)
        elif request.method == "POST" and request.POST.get("do") == "unsubscribe" and found.purpose is Purpose.MANAGE:
            signing.leave(token=token)
            response = render(request, "letters/gone.html")
        else:
            response = render(
                request, "letters/token.html", {"opened": found, "may_leave": found.purpose is Purpose.MANAGE}
            )
        response.headers["Content-Language"] = found.subscriber.language
    return private(response)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058: a mail program posts here without cookies, and the same answer is given whatever the token is."""
    if request.method != "POST":
        return token_page(request, token)
    signing.leave(token=token)
    return private(render(request, "letters/gone.html"))
