"""Whether publishing is stopped."""

from django.db.models import QuerySet

from deputies.journal.models import Freeze


def open_freezes() -> QuerySet[Freeze]:
    """Those that last, the earliest first."""
    return Freeze.objects.filter(ended_at=None).order_by("began_at", "pk")


def frozen(chamber: str) -> Freeze | None:
    """The freeze that a chamber is in now, its own or the whole site's; with "" only the latter. One query.

    A moment is not asked for: who publishes waits for the journal's lock, and what matters is how it is after that.
    """
    return open_freezes().filter(chamber__in={chamber, ""}).first()
