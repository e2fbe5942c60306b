"""Locks of backup vaults."""

from policies.rule import rule
from policies.stack import Block, Json, Stack
from policies.verdict import Verdict, all_pass, any_passes, as_number, is_expression, pass_if


@rule(
    id="CKV2_ARQ_14",
    severity="HIGH",
    on=("aws_backup_vault",),
    why="An attacker deletes backups first, and a lock that nobody can remove keeps each mistake for years.",
    link="https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html",
)
def backup_vault_locked(vault: Block, stack: Stack) -> Verdict:
    """Vaults must have a KMS key, and a lock in governance mode with the shortest and longest retention."""
    locks = stack.referrers(vault, "aws_backup_vault_lock_configuration")
    key = vault.get("kms_key_arn")
    return all_pass([pass_if(bool(key)), any_passes(_governs(lock) for lock in locks)])


def _governs(lock: Block) -> Verdict:
    shortest, longest = lock.get("min_retention_days"), lock.get("max_retention_days")
    if is_expression(shortest) or is_expression(longest):
        return Verdict.UNKNOWN
    # With this argument, AWS makes the lock permanent after these days.
    is_permanent = lock.get("changeable_for_days") is not None
    return pass_if(not is_permanent and _is_range(shortest, longest))


def _is_range(shortest: Json, longest: Json) -> bool:
    least, most = as_number(shortest), as_number(longest)
    return least is not None and most is not None and 1 <= least <= most
