"""Accounts, regions, tags and state."""

from tests.policies.planting import caught, drop, on_backend, on_provider, put

REGRESSIONS = (
    caught("a provider without an account guard", on_provider(drop("allowed_account_ids")), "CKV_ARQ_1"),
    caught(
        "an account from a variable", on_provider(put("allowed_account_ids", ["${var.account}"])), "CKV_ARQ_1"
    ),
    caught("a region from the shell", on_provider(drop("region")), "CKV_ARQ_2"),
    caught("resources without an owner", on_provider(drop("default_tags")), "CKV_ARQ_3"),
    caught("a cost center left empty", on_provider(put("default_tags.tags.cost-center", "")), "CKV_ARQ_3"),
    caught(
        "credentials in the provider", on_provider(put("access_key", "AKIAIOSFODNN7EXAMPLE")), "CKV_AWS_41"
    ),
    caught("state without encryption", on_backend(put("encrypt", False)), "CKV_ARQ_30"),
    caught("state without a lock", on_backend(drop("use_lockfile")), "CKV_ARQ_30"),
)
