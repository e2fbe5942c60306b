"""Data sources: computed if possible, else looked up in the resource store, else simulated.

`aws_iam_policy_document` is exact. Existing resources are found by arguments, filters and tags. Other values
are simulated: of the right type, and equal in every run.
"""

from collections.abc import Mapping

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.computed_attributes import compute_attribute
from arqctl.offline.aws.data_sources.computed import COMPUTED, DEFAULTS
from arqctl.offline.aws.data_sources.listings import is_listing, list_resources
from arqctl.offline.aws.data_sources.lookup import find_matching
from arqctl.offline.aws.data_sources.policy_document import policy_document
from arqctl.offline.aws.data_sources.roles import ROLE_LOOKUPS
from arqctl.offline.aws.pseudorandom import digest
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.aws.simulated_resource import SimulatedResource
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.schema.model import Block, NestedBlock
from arqctl.offline.values import UNKNOWN, Path, Value

# Data sources that read a resource of another type.
_RESOURCE_TYPES = {
    "aws_alb": "aws_lb",
    "aws_alb_listener": "aws_lb_listener",
    "aws_alb_target_group": "aws_lb_target_group",
}


def read_data_source(
    type: str,
    block: Block,
    config: Mapping[str, Value],
    account: Account,
    store: ResourceStore,
    default_tags: Mapping[str, Value],
) -> tuple[dict[str, Value], list[Diagnostic]]:
    """Return all values of a data source for a fully known configuration, or what is wrong with it.

    Arguments are returned as given. Every computed attribute has a value of its type.
    """
    account = account.for_resource(config)
    if type == "aws_iam_policy_document":
        found, problems = policy_document(config)
    elif type in ROLE_LOOKUPS:
        found, problems = ROLE_LOOKUPS[type](config, account, store)
    else:
        found, problems = _find_values(type, block, config, account, store, default_tags), []
    if problems:
        return {}, problems
    return _complete(type, block, config, found, account, store), []


def _find_values(
    type: str,
    block: Block,
    config: Mapping[str, Value],
    account: Account,
    store: ResourceStore,
    default_tags: Mapping[str, Value],
) -> dict[str, Value]:
    if type == "aws_default_tags":
        return {"id": account.partition, "tags": {**default_tags}}
    if type in COMPUTED:
        return COMPUTED[type](config, account)
    if is_listing(type):
        return list_resources(type, config, account, store)
    if "ids" in block.attributes and type.endswith("s"):
        return _ids_of_type(type.removesuffix("s"), config, account, store)
    resources = find_matching(store, account, _RESOURCE_TYPES.get(type, type), config)
    if resources:
        return {"id": resources[0].id, **resources[0].state}
    return DEFAULTS[type](config, account) if type in DEFAULTS else {}


def _ids_of_type(
    type: str, config: Mapping[str, Value], account: Account, store: ResourceStore
) -> dict[str, Value]:
    resources = find_matching(store, account, type, config)
    ids: list[Value] = [each.id for each in resources]
    if not ids and type == "aws_subnet":
        # A network that is not in the store: simulate one subnet per zone.
        subnets = [_simulate(type, {**config, "name": name}, account, store) for name in "abc"]
        ids = [f"subnet-{digest(each.seed)[:17]}" for each in subnets]
    return {"id": account.region, "ids": ids, "arns": [each.state.get("arn") for each in resources]}


def _complete(
    type: str,
    block: Block,
    config: Mapping[str, Value],
    found: Mapping[str, Value],
    account: Account,
    store: ResourceStore,
) -> dict[str, Value]:
    given = {name: value for name, value in config.items() if value is not None}
    values: dict[str, Value] = {name: given.get(name) for name in (*block.attributes, *block.blocks)}
    computed = [name for name, each in block.attributes.items() if each.computed and name not in given]
    for name in computed:
        values[name] = found[name] if found.get(name) is not None else UNKNOWN
    resource = _simulate(type, config, account, store, values)
    for name in computed:
        if values[name] == UNKNOWN:
            values[name] = compute_attribute(resource, (name,), block.attributes[name].type)
    for name, nested in block.blocks.items():
        values[name] = _complete_blocks(resource, nested, values[name], (name,))
    return values


def _complete_blocks(resource: SimulatedResource, nested: NestedBlock, given: Value, path: Path) -> Value:
    if isinstance(given, list):
        return [
            _complete_block(resource, nested.block, each, (*path, number))
            for number, each in enumerate(given)
        ]
    return _complete_block(resource, nested.block, given, path)


def _complete_block(resource: SimulatedResource, block: Block, given: Value, path: Path) -> Value:
    if not isinstance(given, dict):
        return given
    values = dict(given)
    for name, attribute in block.attributes.items():
        if attribute.computed and values.get(name) is None:
            values[name] = compute_attribute(resource, (*path, name), attribute.type)
    for name, nested in block.blocks.items():
        values[name] = _complete_blocks(resource, nested, values.get(name), (*path, name))
    return values


def _simulate(
    type: str,
    config: Mapping[str, Value],
    account: Account,
    store: ResourceStore,
    values: Mapping[str, Value] | None = None,
) -> SimulatedResource:
    def find(resource_type: str, id: str) -> Mapping[str, Value] | None:
        stored = store.find(account, resource_type, id)
        return stored.state if stored else None

    # Different configurations get different values.
    ordinal = int(digest(type, dict(config))[:4], 16)
    return SimulatedResource(type, config, values or config, account, ordinal, find=find)
