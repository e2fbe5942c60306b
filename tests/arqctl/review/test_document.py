"""The review's JSON round-trips and matches its published schema."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

import arqctl.review
from arqctl.core.errors import InputError
from arqctl.gate.report import WaivedFinding
from arqctl.plan.parser import read_plan
from arqctl.review.builder import StackInput, build_review
from arqctl.review.document import from_json, schema_text, to_json
from arqctl.review.model import Cost, PolicyDelta, Review

PLANS = Path(__file__).with_name("plans")
SCHEMA = Path(arqctl.review.__file__).with_name("review.schema.json")


@pytest.fixture(name="review")
def _review() -> Review:
    text = (PLANS / "every_action.json").read_text(encoding="utf-8")
    waived = WaivedFinding(
        rule="CKV_AWS_1", severity="LOW", address="a.b", path="dev/b", message="m", stack="dev", owner="o",
        reason="r", ticket="T-1", expires=date(2027, 1, 1), days_left=36,
    )  # fmt: skip
    return build_review(
        [
            StackInput(
                read_plan(text, stack="dev", environment="dev", paths={}),
                policy=PolicyDelta(passed=7, waived=(waived,), fixed=1, is_compared=True),
                cost=Cost(Decimal("1234.50"), None, 90, 3, date(2026, 11, 1)),
                diagram="flowchart LR",
            )
        ],
        commit="abc",
    )


def test_a_review_round_trips(review: Review) -> None:
    assert from_json(to_json(review), where="review.json") == review


def test_the_document_has_the_verdict_and_matches_its_schema(review: Review) -> None:
    document = json.loads(to_json(review))
    assert document["version"] == 2
    assert document["verdict"] == "danger"
    assert [stack["fingerprint"] for stack in document["stacks"]] == [review.stacks[0].fingerprint]
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_the_published_schema_is_the_models(review: Review) -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()
    unknown = {**json.loads(to_json(review)), "verdict": "fine"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(unknown, json.loads(schema_text()))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "Input should be"),
        ("{}", "must have version 2, got None"),
        ('{"version": 1, "stacks": []}', "must have version 2, got 1"),
        ('{"version": 2}', "review.json stacks: Field required"),
        ('{"version": 2, "stacks": [], "fingerprint": 3}', "review.json fingerprint"),
        ("[" * 100_000, "is not JSON"),
    ],
)
def test_an_invalid_document_is_an_error(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as raised:
        from_json(text, where="review.json")
    assert "arqctl review" in str(raised.value)
