"""The copies we keep of what facts were read from, for whoever wants to check a hash."""

import mimetypes

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from coalition.pages.public import public
from deputies.sources.models import Document


@require_safe
@public()
def source_copy(request: HttpRequest, lang: str, sha256: str) -> HttpResponse:
    """The stored bytes with this SHA-256; text is shown as text, anything else is only downloaded, never run."""
    document = Document.objects.with_bytes().filter(sha256=sha256).order_by("pk").first()
    if document is None or document.content is None:
        raise Http404("No stored copy has this hash.")
    media_type = document.media_type.split(";")[0]
    is_text = media_type == "text/plain"
    response = HttpResponse(
        bytes(document.content), content_type="text/plain; charset=utf-8" if is_text else "application/octet-stream"
    )
    if not is_text:
        response.headers["Content-Disposition"] = (
            f'attachment; filename="{sha256[:16]}{mimetypes.guess_extension(media_type) or ""}"'
        )
    response.headers["X-Robots-Tag"] = "noindex"
    return response
