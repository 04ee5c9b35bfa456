"""Every address of the site."""

from django.conf import settings
from django.urls import include, path

from coalition.desk.site import desk
from coalition.pages import inbox, letters

handler400 = "coalition.pages.errors.bad_request"
handler403 = "coalition.pages.errors.forbidden"
handler404 = "coalition.pages.errors.not_found"
handler500 = "coalition.pages.errors.server_error"

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("admin/", desk.urls),
    path("s/<str:token>/", letters.token_page, name="token"),
    path("s/<str:token>/unsubscribe/", letters.one_click, name="unsubscribe_one_click"),
]
if settings.INBOX:
    urlpatterns += [
        path("inbox/", inbox.inbox, name="inbox"),
        path("inbox/<str:name>/", inbox.inbox_letter, name="inbox_letter"),
    ]
urlpatterns.append(path("", include("coalition.pages.urls")))
