"""Rows of another table inside a row, as one column: what a page needs besides, without a query for each."""

from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import RangeField
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
    return {field.attname: _value(field, row[prefix + field.attname]) for field in _seen(model)}


def _value(field: "Field[Any, Any]", value: Any) -> Any:
    """A column as the model has it; of a range, which is half-open, JSON holds the two bounds."""
    if not isinstance(field, RangeField):
        return field.to_python(value)
    return value and field.range_type(*(field.base_field.to_python(value[bound]) for bound in ("lower", "upper")))
