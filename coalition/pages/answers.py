"""Headers of pages that ask for something, and of pages whose address is a secret."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def form_page(request: HttpRequest, template: str, words: dict[str, object], *, status: int = 200) -> HttpResponse:
    response = render(request, template, words, status=status)
    response.headers["Referrer-Policy"] = "same-origin"  # with no-referrer browsers call their origin "null"
    return response


def private(response: HttpResponse) -> HttpResponse:
    """A page with a secret in its address stays out of caches, of search engines and of other sites' logs."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def unkept(response: HttpResponse) -> HttpResponse:
    """An answer to what a reader wrote: nobody keeps it, and search engines leave it out."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
