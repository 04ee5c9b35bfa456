from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from coalition.pages import inbox


def page(request: HttpRequest, **kwargs: str) -> HttpResponse:
    return HttpResponse("page")


urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<str:name>/", inbox.inbox_letter, name="inbox_letter"),
    path("<str:lang>/<slug:chamber>/votes/<slug:slug>/", page, name="vote_page"),
    path("<str:lang>/<slug:chamber>/deputies/<slug:slug>/", page, name="deputy_page"),
    path("<str:lang>/<slug:chamber>/deputies/", page, name="deputy_list"),
    path("", include("coalition.urls")),
]
