"""What is told by a count is nothing that a reviewer must see."""

import pytest

from arqctl.core.assembly import Json
from arqctl.plan.diff import differences
from arqctl.plan.model import Action, Change
from arqctl.review.collapse import collapsed_change
from arqctl.review.model import CollapsedChange

HASHES = ("d41d8cd98f00b204e9800998ecf8427e", "0cc175b9c0f1b6a831c399e269772661")


def found(
    before: Json, after: Json, *, type: str = "aws_s3_bucket", unknown: Json = False, **more: Json
) -> CollapsedChange | None:
    change = Change(
        action=Action.UPDATE,
        before=before,
        after=after,
        after_unknown=unknown,
        after_sensitive=more.get("secret", False),
        replace_paths=((more["forces"],),) if "forces" in more else (),
    )
    return collapsed_change(type, differences(change))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"tags": {"a": "1"}, "tags_all": {"a": "1"}}, {"tags": {"a": "2"}, "tags_all": {"a": "2"}}),
        ({"tags": None}, {"tags": {"release": "2026.47", "Name": "x"}}),
        ({"tags": {"a": "1", "b": "2"}}, {"tags": {"a": "1"}}),
    ],
)
def test_tags(before: Json, after: Json) -> None:
    assert found(before, after) is CollapsedChange.TAGS


def test_tags_that_are_known_after_apply() -> None:
    unknown: Json = {"tags_all": True}
    assert found({"tags": {"a": "1"}}, {"tags": {"a": "2"}}, unknown=unknown) is CollapsedChange.TAGS


def test_blocks_of_tags_are_those_of_autoscaling_groups() -> None:
    def side(value: str) -> Json:
        return {"tag": [{"key": "a", "value": value}, {"key": "b", "value": value}]}

    sides = side("1"), side("2")
    assert found(*sides, type="aws_autoscaling_group") is CollapsedChange.TAGS
    assert found(*sides, type="aws_other") is None


@pytest.mark.parametrize(
    "tag",
    [
        "kubernetes.io/role/elb",
        "karpenter.sh/discovery",
        "backup",
        "SnapshotPolicy",
        "access-level",
        "DataClassification",
    ],
)
def test_tags_that_mean_something_are_told(tag: str) -> None:
    assert found({"tags": {"a": "1", tag: "1"}}, {"tags": {"a": "2", tag: "2"}}) is None
    assert found({"tags": None}, {"tags": {tag: "2"}}) is None


@pytest.mark.parametrize("type", ["aws_iam_role", "aws_iam_user"])
def test_tags_of_principals_are_told(type: str) -> None:
    assert found({"tags": {"a": "1"}}, {"tags": {"a": "2"}}, type=type) is None


@pytest.mark.parametrize(
    ("before", "after", "unknown"),
    [
        ({"source_code_hash": HASHES[0]}, {"source_code_hash": HASHES[1]}, {"last_modified": True}),
        ({"etag": HASHES[0]}, {}, {"etag": True, "version_id": True}),
        ({"filename": f"assets/{HASHES[0]}/a.zip"}, {"filename": f"assets/{HASHES[1]}/a.zip"}, False),
    ],
)
def test_hashes(before: Json, after: Json, unknown: Json) -> None:
    assert found(before, after, unknown=unknown, type="aws_lambda_function") is CollapsedChange.HASHES


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {}),
        ({"a": 1}, {"a": 2}),
        ({"tags": {"a": "1"}, "acl": "private"}, {"tags": {"a": "2"}, "acl": "public-read"}),
        ({"tags": {"password": "tulip"}}, {"tags": {"password": "harbor"}}),
        ({"tags": {"a": "1"}, "etag": "x"}, {"tags": {"a": "2"}, "etag": "y"}),
        ({"source_code_hash": HASHES[0], "role": "a"}, {"source_code_hash": HASHES[1], "role": "b"}),
        ({"filename": f"a/{HASHES[0]}"}, {"filename": f"b/{HASHES[1]}"}),
        ({"thumbprint": HASHES[0]}, {"thumbprint": HASHES[1]}),
    ],
)
def test_whatever_else_differs_is_told(before: Json, after: Json) -> None:
    assert found(before, after) is None


def test_what_forces_or_is_secret_is_told() -> None:
    assert found({"tags": {"a": "1"}}, {"tags": {"a": "2"}}, forces="tags") is None
    assert found({"tags": {"a": "1"}}, {"tags": {"a": "2"}}, secret={"tags": {"a": True}}) is None
    assert found({}, {}, unknown={"last_modified": True}) is None
