import re
from typing import Any

import pytest

from scripts.derive_crd_schemas import count_rules, derive, local_flags


def version(name: str, spec: dict[str, Any], *, served: bool = True) -> dict[str, Any]:
    properties = {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"type": "object"},
        "spec": spec,
        "status": {"type": "object"},
    }
    schema = {"type": "object", "properties": properties, "required": ["metadata", "spec"]}
    return {"name": name, "served": served, "schema": {"openAPIV3Schema": schema}}


def definition(*versions: dict[str, Any]) -> dict[str, Any]:
    return {
        "spec": {
            "group": "example.dev",
            "scope": "Namespaced",
            "names": {"kind": "Route"},
            "versions": list(versions),
        }
    }


SPEC: dict[str, Any] = {
    "type": "object",
    "description": "The desired state.",
    "properties": {
        # A field whose name is that of a keyword.
        "description": {"type": "string", "default": ""},
        "provider": {"type": "object", "properties": {"aws": {"type": "object"}, "gcp": {"type": "object"}}},
    },
    "x-kubernetes-validations": [{"rule": "self.a"}, {"rule": "self.b"}],
}


def test_schema_has_constraints_and_no_descriptions() -> None:
    derived = derive(definition(version("v1", SPEC)), {"spec.provider": {"aws"}})
    assert derived == {
        "group": "example.dev",
        "scope": "Namespaced",
        "cel_rules": 2,
        "schemas": [
            {
                "versions": ["v1"],
                "schema": {
                    "properties": {
                        "spec": {
                            "type": "object",
                            "properties": {
                                "description": {"type": "string"},
                                "provider": {"type": "object", "properties": {"aws": {"type": "object"}}},
                            },
                        }
                    },
                    "required": ["spec"],
                },
            }
        ],
    }


def test_versions_with_one_schema_share_it_and_others_have_their_own() -> None:
    other = {"type": "object"}
    derived = derive(
        definition(
            version("v1", SPEC),
            version("v1beta1", SPEC),
            version("v1alpha1", other),
            version("v0", other, served=False),
        ),
        {},
    )
    assert [each["versions"] for each in derived["schemas"]] == [["v1", "v1beta1"], ["v1alpha1"]]


def test_rules_are_counted_at_all_depths() -> None:
    assert count_rules({"items": {"x-kubernetes-validations": [{}]}, "allOf": [SPEC]}) == 3


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("^[a-z]+$", "^[a-z]+$"),
        ("^(?i)(abort|warn)?$", "^(?i:(abort|warn)?$)"),
        ("^((?i)sun|mon)day((?i)am|pm)$", "^((?i:sun|mon))day((?i:am|pm))$"),
    ],
)
def test_flags_of_patterns_apply_to_their_group(pattern: str, expected: str) -> None:
    assert local_flags(pattern) == expected
    re.compile(expected)
