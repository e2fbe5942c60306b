"""Preparation of an account for the failover to a standby."""

from policies.audit_services import depends_on
from policies.regions import find_region
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, any_passes, is_expression, pass_if

# The library's account stack writes it.
_OUTPUT = "standby_region"


@rule(
    id="CKV2_ARQ_16",
    severity="HIGH",
    on=("aws",),
    why="Nobody can deploy the account stack while its region is lost: then images and backups are missing.",
    link="https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html",
)
def standby_prepared(provider: Block, stack: Stack) -> Verdict:
    """Accounts with a standby must replicate images into its region, and have a daily backup plan there.

    The stack's output standby_region names the region. Images go to the own account only, and into a
    repository of the stack: ECR would make another one, without its key.
    """
    if _OUTPUT not in stack.outputs or provider.get("alias") is not None:
        return Verdict.NOT_APPLICABLE
    region = at(stack.outputs[_OUTPUT], "value")
    if not isinstance(region, str) or is_expression(region):
        return Verdict.UNKNOWN
    accounts = as_list(provider.get("allowed_account_ids"))
    return all_pass(
        [
            any_passes(
                _copies_images(each, region, accounts, stack)
                for each in stack.of_type("aws_ecr_replication_configuration")
                if find_region(each, stack) == provider.get("region")
            ),
            any_passes(
                _backs_up(each, region, stack)
                for each in stack.of_type("aws_backup_plan")
                if find_region(each, stack) == region
            ),
        ]
    )


def _copies_images(replication: Block, region: str, accounts: list[Json], stack: Stack) -> Verdict:
    rules = as_list(replication.get("replication_configuration.rule"))
    targets = [target for each in rules for target in as_list(at(each, "destination"))]
    return all_pass(
        [
            *(pass_if(at(each, "registry_id") in accounts) for each in targets),
            any_passes(_copies_to(each, replication, region, stack) for each in rules),
        ]
    )


def _copies_to(replication_rule: Json, replication: Block, region: str, stack: Stack) -> Verdict:
    names = [at(each, "filter") for each in as_list(at(replication_rule, "repository_filter"))]
    copies = [
        each
        for each in stack.of_type("aws_ecr_repository")
        if find_region(each, stack) == region and depends_on(replication, each)
    ]
    regions = [at(each, "region") for each in as_list(at(replication_rule, "destination"))]
    return pass_if(
        region in regions
        and bool(names)
        and all(isinstance(name, str) and any(_begins(each, name) for each in copies) for name in names)
    )


def _begins(repository: Block, prefix: str) -> bool:
    return bool(prefix) and str(repository.get("name")).startswith(prefix)


def _backs_up(plan: Block, region: str, stack: Stack) -> Verdict:
    rules = plan.blocks("rule")
    vaults = [stack.resolve(at(each, "target_vault_name"), "aws_backup_vault") for each in rules]
    in_region = all(found and find_region(found[0], stack) == region for found in vaults)
    selections = stack.referrers(plan, "aws_backup_selection")
    return pass_if(
        bool(rules) and in_region and any(_selects_daily(each, region, stack) for each in selections)
    )


def _selects_daily(selection: Block, region: str, stack: Stack) -> bool:
    tags = selection.blocks("selection_tag")
    return find_region(selection, stack) == region and any(
        at(each, "key") == "backup" and at(each, "value") == "daily" for each in tags
    )
