"""Rows of another table inside a row, as one column: what a page needs besides, without a query for each."""

from functools import cache
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import RangeField
from django.db.backends.postgresql.psycopg_any import Range
from django.db.models import F, Field, Func, JSONField, Model, QuerySet

AnyModel = TypeVar("AnyModel", bound=Model)
UNSEEN = frozenset({"content"})  # the bytes of a document are never part of a page


class Written(Func):
    """A value beside each row, in SQL of its own, which names columns of the row as {0}, {1} and so on.

    It is for what many pages ask: the same in expressions, worked out anew for each page, costs a millisecond.
    """

    def __init__(self, sql: str, *columns: str, output_field: "Field[Any, Any] | None" = None) -> None:
        self._sql = sql
        super().__init__(*map(F, columns), output_field=output_field or JSONField())

    def as_sql(self, compiler: Any, *args: Any, **more: Any) -> tuple[str, tuple[str | int, ...]]:  # noqa: ANN401
        columns = [compiler.compile(column)[0] for column in self.get_source_expressions()]
        return f"({self._sql.format(*columns)})", ()


class _Packed(Func):
    """The seen columns of rows as one JSON object.

    Written out as text: a page asks for some sixty columns so, and an expression for each would cost it milliseconds.
    """

    output_field = JSONField()

    def __init__(self, *models: tuple[str, type[Model]]) -> None:
        self._models = models
        super().__init__(*(F(prefix + _seen(model)[-1].attname) for prefix, model in models))

    def as_sql(self, compiler: Any, *args: Any, **more: Any) -> tuple[str, tuple[str | int, ...]]:  # noqa: ANN401
        parts = [
            packed(model, compiler.quote_name_unless_alias(column.alias), prefix)
            for column, (prefix, model) in zip(self.get_source_expressions(), self._models, strict=True)
        ]
        return " || ".join(parts), ()


def packed(model: type[Model], alias: str, prefix: str = "") -> str:
    """The SQL of the seen columns of a row as one JSON object, for `outside`."""
    pairs = []
    for field in _seen(model):
        column = f'{alias}."{field.column}"'
        if isinstance(field, RangeField):
            column = f"jsonb_build_object('lower', lower({column}), 'upper', upper({column}))"
        pairs.append(f"'{prefix}{field.attname}', {column}")
    return f"jsonb_build_object({', '.join(pairs)})"


def inside(rows: "QuerySet[Any]", *related: str) -> ArraySubquery:
    """An expression with every column of `rows`, which refer to an OuterRef, and of their `related` rows."""
    models = [("", rows.model)]
    for name in related:
        models.append((f"{name}__", rows.model._meta.get_field(name).related_model))
    return ArraySubquery(rows.values(_row=_Packed(*models)))


def outside(model: type[AnyModel], row: dict[str, Any], *related: str) -> AnyModel:
    """The object that `inside` packed; related ones are None where there is none. It is for reading, not for saving."""
    made = model(**_values(model, row, ""))
    for name in related:
        target: Any = model._meta.get_field(name).related_model
        there = row[f"{name}__{target._meta.pk.attname}"] is not None
        setattr(made, name, target(**_values(target, row, f"{name}__")) if there else None)
    return made


@cache
def _seen(model: type[Model]) -> "list[Field[Any, Any]]":
    return [field for field in model._meta.concrete_fields if field.attname not in UNSEEN]


def _values(model: type[Model], row: dict[str, Any], prefix: str) -> dict[str, Any]:
    values = {field: row[prefix + field.attname] for field in _seen(model)}
    return {
        field.attname: _period(field, value) if isinstance(field, RangeField) else field.to_python(value)
        for field, value in values.items()
    }


def _period(field: "RangeField[Any]", bounds: dict[str, str | None]) -> Range[Any]:
    """A half-open period, of which JSON holds the two bounds."""
    base: Field[Any, Any] = field.base_field  # type: ignore[assignment]
    period: Range[Any] = field.range_type(*(base.to_python(bounds[name]) for name in ("lower", "upper")))
    return period
