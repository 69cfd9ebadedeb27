"""Are these the parameters Stripe takes? Judged by the SDK's own TypedDicts, which are made from the same description as its API.

Stricter than the SDK: unknown names, missing required ones, wrong scalars and values outside an enumeration are refused by name.
"""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin

import typing_extensions
from stripe._request_options import RequestOptions

WHOLE = re.compile(r"-?\d+")


class ParameterFault(Exception):
    """What is wrong, and with which parameter."""

    def __init__(self, parameter: str, sentence: str, code: str) -> None:
        super().__init__(f"{sentence}: {parameter}")
        self.parameter = parameter
        self.code = code


def check(given: dict[str, Any], wanted: type, path: str = "") -> dict[str, Any]:
    """The parameters as the types they stand for. Raises ParameterFault."""
    fields = fields_of(wanted)
    for name in given:
        if name not in fields:
            raise ParameterFault(inside(path, name), "Received unknown parameter", "parameter_unknown")
    for name, hint in fields.items():
        if get_origin(hint) not in (NotRequired, typing_extensions.NotRequired) and name not in given:
            raise ParameterFault(inside(path, name), "Missing required param", "parameter_missing")
    return {name: value_of(value, fields[name], inside(path, name)) for name, value in given.items()}


@cache
def fields_of(wanted: type) -> dict[str, Any]:
    """The parameters a TypedDict names, without the options the SDK keeps to itself."""
    known = vars(sys.modules[wanted.__module__]) | {"StripeContext": Any, "Mapping": Mapping}  # for type checkers only
    hints = typing_extensions.get_type_hints(wanted, known, include_extras=True)
    options = RequestOptions.__annotations__ if wanted.__name__.endswith("Params") else {}
    return {name: hint for name, hint in hints.items() if name not in options}


def inside(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def value_of(value: Any, hint: Any, path: str) -> Any:
    origin = get_origin(hint)
    if origin in (NotRequired, Required, typing_extensions.NotRequired, typing_extensions.Required):
        return value_of(value, get_args(hint)[0], path)
    if origin in (Union, types.UnionType):
        return of_one(value, get_args(hint), path)
    if origin is Literal:
        if value not in get_args(hint):
            raise ParameterFault(path, f"Invalid value {value!r}, must be one of {get_args(hint)}", "parameter_invalid")
        return value
    if origin in (list, list):
        if not isinstance(value, list):
            raise ParameterFault(path, "Invalid array", "parameter_invalid")
        return [value_of(one, get_args(hint)[0], f"{path}[{place}]") for place, one in enumerate(value)]
    if origin is dict:
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            raise ParameterFault(path, "Invalid hash", "parameter_invalid")
        return value
    if typing_extensions.is_typeddict(hint):
        if not isinstance(value, dict):
            raise ParameterFault(path, "Invalid object", "parameter_invalid")
        return check(value, hint, path)
    return scalar(value, hint, path)


def of_one(value: Any, options: tuple[Any, ...], path: str) -> Any:
    """One of several types. Beside an enumeration a plain `str` is only the SDK being patient with the future: the enumeration
    holds."""
    closed = any(get_origin(option) is Literal and get_args(option) != ("",) for option in options)
    faults = []
    for option in options:
        if option is str and closed:
            continue
        try:
            return value_of(value, option, path)
        except ParameterFault as fault:
            faults.append(fault)
    raise faults[0]


def scalar(value: Any, hint: Any, path: str) -> Any:
    if not isinstance(value, str):
        raise ParameterFault(path, "Invalid scalar", "parameter_invalid")
    if hint is int:
        if WHOLE.fullmatch(value) is None:
            raise ParameterFault(path, f"Invalid integer {value!r}", "parameter_invalid_integer")
        return int(value)
    if hint is bool:
        if value not in ("true", "false"):
            raise ParameterFault(path, f"Invalid boolean {value!r}", "parameter_invalid")
        return value == "true"
    if hint is float:
        return float(value)
    if hint is str:
        return value
    raise ParameterFault(path, f"no value of this parameter can be {value!r}", "parameter_invalid")
