"""Accounts, regions, tags and state."""

from tests.policies.mutations import edit_backend, edit_provider, regression, remove_value, set_value

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
