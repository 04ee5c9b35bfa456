"""What one organiser records and another publishes or sends back; nobody changes it, and it is never deleted."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from coalition.accounts.models import User
from coalition.desk.record import FIELDS, LABELS, RecordAdmin
from coalition.desk.refusals import explain_refusal
from coalition.desk.site import desk
from pledges.findings.actions import sweep
from pledges.tracker.actions import NotProposed, OwnWord, publish_word, reject_word
from pledges.tracker.enums import Review
from pledges.tracker.models import Reviewed

Word = TypeVar("Word", bound=Reviewed)


class SendBackForm(forms.Form):
    why = forms.CharField(
        label=_("Why it is sent back"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("For whoever recorded it. Readers never see it."),
    )


class ReviewedAdmin(RecordAdmin[Word]):
    """A row is written once. What is published is what was seen, because no word of it can change in between."""

    change_form_template = "admin/tracker/word_form.html"
    formfield_overrides = FIELDS | {models.TextField: {"widget": AdminTextareaWidget({"rows": 4})}}
    worded: Mapping[str, Promise] = {}  # help beside the fields
    seen_as: Mapping[str, str] = {}  # what the page of a written row says in place of a field

    def is_frozen(self, obj: Word) -> bool:
        return True

    def get_form(self, request: HttpRequest, obj: Word | None = None, change: bool = False, **named: Any) -> Any:  # noqa: ANN401
        labels = {name: said for name, said in LABELS.items() if not name.startswith("note_")}  # these have their own
        helped = {} if obj else self.worded
        return super().get_form(request, obj, change=change, labels=labels, help_texts=helped, **named)

    def get_fields(self, request: HttpRequest, obj: Word | None = None) -> Any:  # noqa: ANN401
        written: list[Any] = [self.seen_as.get(str(field), field) for field in self.fields or ()]
        return [*written, ("review", "author"), ("reviewer", "reviewed_at")] if obj else self.fields

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Word | None = None,
    ) -> HttpResponse:
        shown = {**context, "show_save_and_continue": False, **(self.told_with(obj) if obj else {})}
        return super().render_change_form(request, shown, add=add, change=change, form_url=form_url, obj=obj)

    def save_model(self, request: HttpRequest, obj: Word, form: Any, change: bool) -> None:  # noqa: ANN401
        obj.author = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """With `again` in the address, what the row of that number says: it was sent back and is recorded anew."""
        number = request.GET.get("again", "")
        if number.isdecimal() and len(number) < 19:
            sent_back = self.get_queryset(request).filter(pk=int(number), review=Review.REJECTED.value).first()
            return model_to_dict(sent_back) if sent_back else {}
        return super().get_changeform_initial_data(request)

    def response_post_save_add(self, request: HttpRequest, obj: Word) -> HttpResponseRedirect:
        return self._to(obj)  # where it says what comes next

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_review"
        return [path("<int:pk>/review/", desk.admin_view(self.review_page), name=name), *super().get_urls()]

    def told_with(self, word: Word) -> dict[str, Any]:
        """What its page and the second person's say beside it."""
        raise NotImplementedError

    def review_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The proposal whole; a second person publishes it or sends it back, its author only takes it back."""
        word: Any = get_object_or_404(self.get_queryset(request), pk=pk)  # a Word, for actions that know each kind
        may_publish, is_own = request.user.has_perm("tracker.review_word"), word.author_id == request.user.pk
        if not (may_publish or is_own) or not isinstance(request.user, User):
            raise PermissionDenied
        by, form = request.user, SendBackForm(request.POST if "reject" in request.POST else None)
        if "publish" in request.POST and may_publish:
            return self._after(request, word, lambda: self._publish(word, by), gettext("Published."))
        if form.is_valid():
            reject = partial(reject_word, word=word, why=form.cleaned_data["why"], by=by, at=timezone.now())
            return self._after(request, word, reject, gettext("Sent back."))
        context = {
            **desk.each_context(request),
            **self.told_with(word),
            "subtitle": "",
            "title": gettext("Look through it, and publish it or send it back"),
            "opts": self.opts,
            "word": word,
            "waits": word.review == Review.PROPOSED,
            "may_publish": may_publish and not is_own,
            "form": form,
        }
        return TemplateResponse(request, "admin/tracker/review.html", context)

    def _publish(self, word: Any, by: User) -> None:  # noqa: ANN401 - a Word, for actions that know each kind
        now = timezone.now()
        with transaction.atomic():
            publish_word(word=word, by=by, at=now)
            sweep(at=now, chamber=self.chamber_of(word))

    def _after(self, request: HttpRequest, word: Word, act: Callable[[], object], done: str) -> HttpResponse:
        try:
            act()
        except NotProposed:
            messages.error(request, gettext("Somebody else was faster. This is how it is now."))
        except OwnWord:
            messages.error(request, gettext("Whoever recorded it cannot publish it. Ask another organiser."))
        except IntegrityError as refusal:
            messages.error(request, explain_refusal(refusal))
        else:
            self.log_change(request, word, done)
            messages.success(request, done)
        return self._to(word)

    def _to(self, word: Word) -> HttpResponseRedirect:
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", word.pk)
