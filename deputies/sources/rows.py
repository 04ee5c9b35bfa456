"""Rows of another table inside a row, as one column: what a page needs besides, without a query for each."""

from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import RangeField
from django.db.backends.postgresql.psycopg_any import Range
from django.db.models import F, Field, Model, QuerySet
from django.db.models.functions import JSONObject

AnyModel = TypeVar("AnyModel", bound=Model)
UNSEEN = frozenset({"content"})  # the bytes of a document are never part of a page


def inside(rows: "QuerySet[Any]", *related: str) -> ArraySubquery:
    """An expression with every column of `rows`, which refer to an OuterRef, and of their `related` rows."""
    columns = _columns(rows.model, "")
    for name in related:
        model: type[Model] = rows.model._meta.get_field(name).related_model
        columns |= _columns(model, f"{name}__")
    return ArraySubquery(rows.values(_row=JSONObject(**columns)))


def outside(model: type[AnyModel], row: dict[str, Any], *related: str) -> AnyModel:
    """The object that `inside` packed; related ones are None where there is none. It is for reading, not for saving."""
    made = model(**_values(model, row, ""))
    for name in related:
        target: Any = model._meta.get_field(name).related_model
        there = row[f"{name}__{target._meta.pk.attname}"] is not None
        setattr(made, name, target(**_values(target, row, f"{name}__")) if there else None)
    return made


def _columns(model: type[Model], prefix: str) -> dict[str, Any]:
    return {
        prefix + field.attname: _bounds(prefix + field.attname)
        if isinstance(field, RangeField)
        else F(prefix + field.attname)
        for field in _seen(model)
    }


def _bounds(name: str) -> JSONObject:
    return JSONObject(lower=f"{name}__startswith", upper=f"{name}__endswith")


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
