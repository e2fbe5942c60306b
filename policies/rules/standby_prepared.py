"""Preparation of an account for the failover to a standby."""

from policies.audit_services import depends_on, is_of_account
from policies.backup_plans import is_scheduled, selects, selects_all
from policies.regions import find_region
from policies.rule import rule
from policies.stack import Block, Json, Stack, as_list, at
from policies.verdict import Verdict, all_pass, any_passes, is_expression, pass_if

# The library's account stack writes them.
_OUTPUT, _REPOSITORIES = "standby_region", "standby_repositories"
_REASON_LENGTH = 20


@rule(
    id="CKV2_ARQ_16",
    severity="HIGH",
    on=("aws",),
    why="Nobody can deploy the account stack while its region is lost: then images and backups are missing.",
    link="https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html",
)
def standby_prepared(provider: Block, stack: Stack) -> Verdict:
    """Accounts with a standby must replicate images into its region, and have a daily backup plan there.

    The stack's output standby_region names the region. Without a standby it is empty, and its description
    gives the reason. The output standby_repositories names the repositories of images that the environment
    uses. Images go to the own account only, and into a repository of the stack with the same name: ECR would
    make another one, without its key.
    """
    is_needed = is_of_account(stack) or _OUTPUT in stack.outputs
    if not is_needed or provider.get("alias") is not None:
        return Verdict.NOT_APPLICABLE
    output = stack.outputs.get(_OUTPUT)
    region = at(output, "value")
    if is_expression(region):
        return Verdict.UNKNOWN
    if not isinstance(region, str):
        return Verdict.FAIL
    if not region:
        reason = str(at(output, "description") or "").strip()
        return Verdict.NOT_APPLICABLE if len(reason) >= _REASON_LENGTH else Verdict.FAIL
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
    used = as_list(at(stack.outputs.get(_REPOSITORIES), "value"))
    filters = [each for rule_ in rules for each in _filters(rule_, region)]
    copies = [
        each.get("name")
        for each in stack.of_type("aws_ecr_repository")
        if find_region(each, stack) == region and depends_on(replication, each)
    ]
    return all_pass(
        [
            *(pass_if(at(each, "registry_id") in accounts) for each in targets),
            pass_if(bool(used) and all(each in filters for each in used)),
            pass_if(all(each in copies for each in filters)),
        ]
    )


def _filters(replication_rule: Json, region: str) -> list[Json]:
    """Return the filters of a rule that copies to a region: each is the beginning of names."""
    regions = [at(each, "region") for each in as_list(at(replication_rule, "destination"))]
    filters = as_list(at(replication_rule, "repository_filter"))
    return [at(each, "filter") for each in filters] if region in regions else []


def _backs_up(plan: Block, region: str, stack: Stack) -> Verdict:
    rules = plan.blocks("rule")
    vaults = [stack.resolve(at(each, "target_vault_name"), "aws_backup_vault") for each in rules]
    in_region = all(found and find_region(found[0], stack) == region for found in vaults)
    selections = stack.referrers(plan, "aws_backup_selection")
    return all_pass(
        [
            pass_if(in_region),
            any_passes(is_scheduled(each, "daily") for each in rules),
            any_passes(
                selects_all(each)
                for each in selections
                if find_region(each, stack) == region and selects(each, "daily")
            ),
        ]
    )
