"""Questions whose SQL is worked out once: Django takes longer to word what a page asks than PostgreSQL to answer it."""

from collections.abc import Callable
from copy import copy
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connections
from django.db.models import BooleanField, Expression, F, Func, Model, QuerySet

Arguments = ParamSpec("Arguments")
Row = TypeVar("Row")


class Given(Expression):
    """The place of an argument in a question."""

    def __init__(self, nth: int) -> None:
        super().__init__()
        self.nth = nth

    def as_sql(self, *_: object) -> tuple[str, tuple["Given"]]:  # type: ignore[override]
        return "%s", (self,)


def among(column: str, values: object) -> Func:
    """Whether a column is one of the `values`, an argument that is a list."""
    return Func(F(column), values, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())


def prepared(question: "Callable[Arguments, QuerySet[Any, Row]]") -> Callable[Arguments, list[Row]]:
    """Make a function that builds a queryset one that answers with its rows.

    It is called once, with places for its arguments: rows, and what else the database knows, standing where values do.
    Nothing else may decide what it asks. Where an argument is None it is called once more, and sees that.
    """

    @cache
    def worded(*are_none: bool) -> "tuple[QuerySet[Any, Row], Any, str, tuple[object, ...]]":
        build: Callable[..., QuerySet[Any, Row]] = question
        rows = build(*(None if is_none else Given(nth) for nth, is_none in enumerate(are_none)))
        compiler = rows.query.get_compiler(rows.db)
        return rows, compiler, *compiler.as_sql()

    @wraps(question)
    def answers(*arguments: Arguments.args, **_: Arguments.kwargs) -> list[Row]:
        prototype, compiler, sql, places = worded(*(value is None for value in arguments))
        given = [value.pk if isinstance(value, Model) else value for value in arguments]
        values = tuple(given[place.nth] if isinstance(place, Given) else place for place in places)
        rows, compiler = prototype.all(), copy(compiler)
        compiler.connection, compiler.as_sql = connections[rows.db], lambda: (sql, values)
        rows.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        return list(rows)

    return answers
