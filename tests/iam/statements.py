"""Writes policy documents for tests."""

from typing import Any

from tests.iam.simulator import Policy


def document(*statements: dict[str, Any]) -> Policy:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(*actions: str, on: str = "*", when: dict[str, Any] | None = None) -> dict[str, Any]:
    return _statement("Allow", {"Action": list(actions), "Resource": on}, when)


def deny(*actions: str, on: str = "*", when: dict[str, Any] | None = None) -> dict[str, Any]:
    return _statement("Deny", {"Action": list(actions), "Resource": on}, when)


def allow_principal(principal: str, *actions: str, on: str = "*") -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": list(actions), "Resource": on}


def _statement(effect: str, parts: dict[str, Any], when: dict[str, Any] | None) -> dict[str, Any]:
    return {"Effect": effect, **parts, **({"Condition": when} if when else {})}
