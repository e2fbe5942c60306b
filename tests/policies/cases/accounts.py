"""Accounts, regions, tags and state."""

from policies.stack import Json
from tests.policies.cases.example import Example
from tests.policies.mutations import edit_backend, edit_provider, regression, remove_value, set_value

TAGS: dict[str, Json] = {
    "environment": "production",
    "project": "arq",
    "owner": "platform",
    "cost-center": "4711",
    "managed-by": "cdktf",
}
BACKEND: dict[str, Json] = {"encrypt": True, "use_lockfile": True, "kms_key_id": "alias/state"}

EXAMPLES = (
    Example(
        "CKV_ARQ_1",
        passes=({"provider.aws": {"allowed_account_ids": ["210987654321"]}},),
        fails=(
            {"provider.aws": {"region": "eu-west-1"}},
            {"provider.aws": {"allowed_account_ids": []}},
            {"provider.aws": {"allowed_account_ids": ["${var.account}"]}},
            {"provider.aws": {"allowed_account_ids": ["12345"]}},
            {"provider.aws": {"allowed_account_ids": ["210987654321", "*"]}},
        ),
    ),
    Example(
        "CKV_ARQ_2",
        passes=({"provider.aws": {"region": "eu-west-1"}}, {"provider.aws": {"region": "us-gov-east-1"}}),
        fails=({"provider.aws": {}}, {"provider.aws": {"region": "${var.region}"}}),
    ),
    Example(
        "CKV_ARQ_3",
        passes=(
            {"provider.aws": {"default_tags": [{"tags": TAGS}]}},
            {"provider.aws": {"default_tags": {"tags": {**TAGS, "team": "x"}}}},
        ),
        fails=(
            {"provider.aws": {}},
            {"provider.aws": {"default_tags": [{"tags": {**TAGS, "owner": ""}}]}},
            {"provider.aws": {"default_tags": [{"tags": {"environment": "production"}}]}},
        ),
        unknown=({"provider.aws": {"default_tags": [{"tags": {**TAGS, "owner": "${upper(var.o)}"}}]}},),
    ),
    Example(
        "CKV_ARQ_30",
        passes=({"backend.s3": BACKEND},),
        fails=(
            {"backend.s3": {**BACKEND, "encrypt": False}},
            {"backend.s3": {**BACKEND, "use_lockfile": False}},
            {"backend.s3": {"encrypt": True, "use_lockfile": True}},
        ),
        not_applicable=({"backend.local": {"path": "terraform.tfstate"}},),
    ),
)

REGRESSIONS = (
    regression(
        "provider without allowed accounts", edit_provider(remove_value("allowed_account_ids")), "CKV_ARQ_1"
    ),
    regression(
        "allowed account from a variable",
        edit_provider(set_value("allowed_account_ids", ["${var.account}"])),
        "CKV_ARQ_1",
    ),
    regression("provider without region", edit_provider(remove_value("region")), "CKV_ARQ_2"),
    regression("provider without default tags", edit_provider(remove_value("default_tags")), "CKV_ARQ_3"),
    regression(
        "empty cost center tag", edit_provider(set_value("default_tags.tags.cost-center", "")), "CKV_ARQ_3"
    ),
    regression(
        "credentials in the provider",
        edit_provider(set_value("access_key", "AKIAIOSFODNN7EXAMPLE")),
        "CKV_AWS_41",
    ),
    regression("state without encryption", edit_backend(set_value("encrypt", False)), "CKV_ARQ_30"),
    regression("state without lock", edit_backend(remove_value("use_lockfile")), "CKV_ARQ_30"),
)
