"""Documents: where facts were read, with a kept copy where somebody uploads one."""

import hashlib
from typing import Any

from csp.decorators import csp_replace
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from coalition.desk.record import RecordAdmin, RecordForm
from coalition.desk.site import desk
from deputies.sources.models import Document, keep_copy

SHOWN = ("application/pdf", "image/png", "image/jpeg")
LARGEST = 20 * 1024 * 1024


class DocumentForm(RecordForm):
    copy = forms.FileField(
        label=_("Keep a copy"),
        required=False,
        help_text=_("The file as it was read, at most 20 MB; kept with its SHA-256."),
    )

    def clean_copy(self) -> Any:  # noqa: ANN401
        return small_enough(self.cleaned_data["copy"])


def small_enough(copy: Any) -> Any:  # noqa: ANN401
    """`copy`, an uploaded file or none, if it is at most 20 MB; `ValidationError` otherwise."""
    if copy and copy.size > LARGEST:
        raise forms.ValidationError(gettext("The file is larger than 20 MB. Keep only the pages that are cited."))
    return copy


@admin.register(Document, site=desk)
class DocumentAdmin(RecordAdmin[Document]):
    form = DocumentForm
    list_display = ["__str__", "url", "media_type", "read_at", "is_kept"]
    search_fields = ["title", "url", "sha256"]
    ordering = ["-pk"]
    fields = ["url", "title", "read_at", "copy", "media_type", "sha256"]
    readonly_fields = ["media_type", "sha256"]

    def get_queryset(self, request: HttpRequest) -> Any:  # noqa: ANN401
        return super().get_queryset(request).defer("content")

    def get_urls(self) -> list[URLPattern]:
        page = path("<int:pk>/copy/", desk.admin_view(self.copy), name="sources_document_copy")
        return [page, *super().get_urls()]

    @method_decorator(require_safe)
    @method_decorator(csp_replace({"frame-ancestors": ["'self'"]}))
    @method_decorator(xframe_options_sameorigin)
    def copy(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The stored bytes, beside the names in a review; pictures, PDF and text only, anything else is downloaded."""
        if not request.user.has_perm("sources.view_document"):
            raise PermissionDenied
        document = get_object_or_404(Document.objects.with_bytes(), pk=pk)
        kind = document.media_type.split(";")[0]
        is_text = kind.startswith("text/")
        shown = "text/plain; charset=utf-8" if is_text else kind if kind in SHOWN else "application/octet-stream"
        response = HttpResponse(bytes(document.content or b""), content_type=shown)
        if shown == "application/octet-stream":
            response.headers["Content-Disposition"] = f'attachment; filename="{document.sha256[:16]}"'
        return response

    @admin.display(boolean=True, description=_("copy kept"))
    def is_kept(self, document: Document) -> bool:
        return bool(document.sha256)

    def is_frozen(self, obj: Document) -> bool:
        return bool(obj.sha256)  # what was read cannot be changed afterwards

    def save_model(self, request: HttpRequest, obj: Document, form: Any, change: bool) -> None:  # noqa: ANN401
        copy = form.cleaned_data.get("copy")
        if copy is not None:
            obj.read_at = obj.read_at or timezone.now()
            obj.title = obj.title or copy.name
            obj.media_type = (copy.content_type or "")[:100]
            if not change:
                self._keep(obj, copy.read())
                return
            obj.content = copy.read()
            obj.sha256 = hashlib.sha256(obj.content).hexdigest()
        super().save_model(request, obj, form, change)

    def _keep(self, obj: Document, content: bytes) -> None:
        """The same file again is the same document."""
        kept = keep_copy(content=content, title=obj.title, url=obj.url, media_type=obj.media_type)
        if kept.read_at is None:
            kept.read_at = obj.read_at
            kept.save(update_fields=["read_at"])
        obj.pk, obj.sha256 = kept.pk, kept.sha256
        obj._state.adding = False
