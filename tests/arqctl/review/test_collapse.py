"""Changes that are only counted are of no interest to a reviewer."""

import pytest

from arqctl.core.json_access import Json
from arqctl.plan.diff import differences
from arqctl.plan.model import Action, Change
from arqctl.review.collapse import collapsed_change
from arqctl.review.model import CollapsedChange

HASHES = ("d41d8cd98f00b204e9800998ecf8427e", "0cc175b9c0f1b6a831c399e269772661")


def collapse(
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
    assert collapse(before, after) is CollapsedChange.TAGS


def test_tags_known_after_apply() -> None:
    unknown: Json = {"tags_all": True}
    assert collapse({"tags": {"a": "1"}}, {"tags": {"a": "2"}}, unknown=unknown) is CollapsedChange.TAGS


def test_only_autoscaling_groups_have_tag_blocks() -> None:
    def side(value: str) -> Json:
        return {"tag": [{"key": "a", "value": value}, {"key": "b", "value": value}]}

    sides = side("1"), side("2")
    assert collapse(*sides, type="aws_autoscaling_group") is CollapsedChange.TAGS
    assert collapse(*sides, type="aws_other") is None


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
def test_functional_tags_are_listed(tag: str) -> None:
    assert collapse({"tags": {"a": "1", tag: "1"}}, {"tags": {"a": "2", tag: "2"}}) is None
    assert collapse({"tags": None}, {"tags": {tag: "2"}}) is None


@pytest.mark.parametrize("type", ["aws_iam_role", "aws_iam_user"])
def test_tags_of_principals_are_listed(type: str) -> None:
    assert collapse({"tags": {"a": "1"}}, {"tags": {"a": "2"}}, type=type) is None


@pytest.mark.parametrize(
    ("before", "after", "unknown"),
    [
        ({"source_code_hash": HASHES[0]}, {"source_code_hash": HASHES[1]}, {"last_modified": True}),
        ({"etag": HASHES[0]}, {}, {"etag": True, "version_id": True}),
        ({"filename": f"assets/{HASHES[0]}/a.zip"}, {"filename": f"assets/{HASHES[1]}/a.zip"}, False),
    ],
)
def test_hashes(before: Json, after: Json, unknown: Json) -> None:
    assert collapse(before, after, unknown=unknown, type="aws_lambda_function") is CollapsedChange.HASHES


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
def test_other_differences_are_listed(before: Json, after: Json) -> None:
    assert collapse(before, after) is None


def test_secret_and_forcing_differences_are_listed() -> None:
    assert collapse({"tags": {"a": "1"}}, {"tags": {"a": "2"}}, forces="tags") is None
    assert collapse({"tags": {"a": "1"}}, {"tags": {"a": "2"}}, secret={"tags": {"a": True}}) is None
    assert collapse({}, {}, unknown={"last_modified": True}) is None
