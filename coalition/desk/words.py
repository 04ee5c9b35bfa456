"""Vote words: how what sources write is understood."""

from django.contrib import admin

from coalition.desk.record import RecordAdmin
from coalition.desk.site import desk
from deputies.votes.models import VoteWord


@admin.register(VoteWord, site=desk)
class VoteWordAdmin(RecordAdmin[VoteWord]):
    list_display = ["word", "position"]
    list_filter = ["position"]
    search_fields = ["word"]
    ordering = ["position", "word"]

    def may_be_deleted(self, obj: VoteWord) -> bool:
        return True
