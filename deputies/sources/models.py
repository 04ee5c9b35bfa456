"""Documents: where each fact was read."""

import hashlib
from urllib.parse import urlsplit

from django.db import models


class DocumentQuerySet(models.QuerySet["Document"]):
    def with_bytes(self) -> "DocumentQuerySet":
        """Documents of which we keep a copy."""
        return self.exclude(content=None)


class Document(models.Model):
    """A page or file that a fact was read from: its address, and its bytes with their SHA-256 where we keep a copy.

    A document without an address is one that was handed over or printed; its title says which.
    """

    url = models.URLField(max_length=1000, blank=True)
    title = models.CharField(max_length=500, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    content = models.BinaryField(null=True, blank=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    read_at = models.DateTimeField(null=True, blank=True, help_text="When it was read or stored, if that is known.")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sources_document_says_where", condition=~models.Q(url="") | ~models.Q(title="")
            ),
            models.CheckConstraint(
                name="sources_document_hash_with_bytes",
                condition=models.Q(content=None, sha256="")
                | models.Q(content__isnull=False, sha256__regex=r"^[0-9a-f]{64}$"),
            ),
            models.UniqueConstraint(fields=["url", "title", "sha256"], name="sources_document_once"),
        ]

    def __str__(self) -> str:
        return self.title or self.url

    @property
    def origin(self) -> str:
        """Whose pages these are: the host of the address, or the title of what was handed over.

        A document is one page; what one page of a site calls somebody, the site's other pages do too.
        """
        return (urlsplit(self.url).hostname or "").removeprefix("www.") or self.title


def keep_copy(*, content: bytes, title: str, url: str = "", media_type: str = "") -> Document:
    """The document with exactly these bytes, stored once however often it is read."""
    digest = hashlib.sha256(content).hexdigest()
    document, _ = Document.objects.get_or_create(
        url=url, title=title, sha256=digest, defaults={"content": content, "media_type": media_type}
    )
    return document


def cite(*, url: str = "", title: str = "") -> Document:
    """The document known by its address or title only, without a stored copy."""
    document, _ = Document.objects.get_or_create(url=url, title=title, sha256="")
    return document
