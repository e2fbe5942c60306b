"""Locks of backup vaults."""

from policies.policy_documents import policy_documents, string_items
from policies.rule import rule
from policies.stack import Block, Json, Stack
from policies.verdict import Verdict, all_pass, any_passes, as_number, is_expression, pass_if

# The shortest retention of daily backups that a configuration accepts.
_DAYS = 7
_REMOVAL = "backup:DeleteRecoveryPoint"


@rule(
    id="CKV2_ARQ_14",
    severity="HIGH",
    on=("aws_backup_vault",),
    why="An attacker deletes backups first, and a lock that nobody can remove keeps each mistake for years.",
    link="https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html",
)
def backup_vault_locked(vault: Block, stack: Stack) -> Verdict:
    """Vaults must have an own KMS key, a lock in governance mode of 7 days, and a policy against deletion."""
    locks = stack.referrers(vault, "aws_backup_vault_lock_configuration")
    policies = stack.referrers(vault, "aws_backup_vault_policy")
    return all_pass(
        [
            _is_own_key(vault.get("kms_key_arn"), stack),
            any_passes(_governs(lock) for lock in locks),
            any_passes(_denies_removal(policy) for policy in policies),
        ]
    )


def _is_own_key(key: Json, stack: Stack) -> Verdict:
    """Pass a key of the stack. The ARN of another one does not show whether AWS manages that key."""
    if not isinstance(key, str) or not key.strip() or "alias/aws/" in key:
        return Verdict.FAIL
    return Verdict.PASS if stack.resolve(key, "aws_kms_key") else Verdict.UNKNOWN


def _governs(lock: Block) -> Verdict:
    shortest, longest = lock.get("min_retention_days"), lock.get("max_retention_days")
    if is_expression(shortest) or is_expression(longest):
        return Verdict.UNKNOWN
    # With this argument, AWS makes the lock permanent after these days.
    is_permanent = lock.get("changeable_for_days") is not None
    return pass_if(not is_permanent and _is_range(shortest, longest))


def _is_range(shortest: Json, longest: Json) -> bool:
    least, most = as_number(shortest), as_number(longest)
    return least is not None and most is not None and _DAYS <= least <= most


def _denies_removal(policy: Block) -> Verdict:
    documents = policy_documents(policy)
    if not all(each.is_readable for each in documents):
        return Verdict.UNKNOWN
    return pass_if(
        any(
            statement.get("Effect") == "Deny" and _REMOVAL in string_items(statement.get("Action"))
            for document in documents
            for statement in document.statements
        )
    )
