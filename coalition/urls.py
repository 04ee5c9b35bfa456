"""Every address of the site."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path

from coalition.desk.site import desk
from coalition.pages import inbox, preferences, word

handler400 = "coalition.pages.errors.bad_request"
handler403 = "coalition.pages.errors.forbidden"
handler404 = "coalition.pages.errors.not_found"
handler500 = "coalition.pages.errors.server_error"


def closed(request: HttpRequest, *rest: str) -> HttpResponse:
    """Organisers make accounts for one another and keep no e-mail address: these of allauth's pages have no use."""
    raise Http404


urlpatterns = [
    re_path("^accounts/(signup|email|confirm-email|password/reset|password/set|login/code)/", closed),
    path("accounts/", include("allauth.urls")),
    path("admin/", desk.urls),
    path("s/<str:token>/", preferences.token_page, name="token"),
    path("s/<str:token>/data.json", preferences.token_data, name="token_data"),
    path("s/<str:token>/unsubscribe/", preferences.one_click, name="unsubscribe_one_click"),
    path("s/<str:token>/unsubscribe", preferences.one_click),  # a mail program may not be redirected
    path("word/<str:token>/", word.word_page, name="word"),
]
if settings.INBOX:
    urlpatterns += [
        path("inbox/", inbox.inbox, name="inbox"),
        path("inbox/<str:name>/", inbox.inbox_letter, name="inbox_letter"),
    ]
if settings.MAIL_PROVIDER:
    urlpatterns.append(path("anymail/", include("coalition.digests.providers")))
urlpatterns.append(path("", include("coalition.pages.urls")))
