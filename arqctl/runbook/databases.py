"""The databases of a stack, with everything that depends on their instance."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from arqctl.core.assembly import Block, Stack
from arqctl.core.default_provider import block_region, find_provider
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Json, as_list, as_object, as_text

# Terraform's argument for a replica can't set them, and a restore without them turns on paid support.
_OF_SOURCES: Final[Mapping[str, Json]] = {
    "engine": "postgres",
    "engine_lifecycle_support": "open-source-rds-extended-support-disabled",
}


@dataclass(frozen=True)
class Dependent:
    """A resource that belongs to an instance: its Terraform address, name and region."""

    address: str
    name: str
    region: str


@dataclass(frozen=True)
class Database:
    """An instance with its arguments and tags, and its replicas, proxy targets and backup copies.

    `region_replicas` are its replicas in other regions, which other stacks have.
    """

    stack: str
    environment: str
    address: str
    identifier: str
    region: str
    account_id: str
    arguments: Mapping[str, Json]
    tags: Mapping[str, str]
    replicas: tuple[Dependent, ...]
    proxy_targets: tuple[Dependent, ...]
    backup_copies: tuple[Dependent, ...]
    region_replicas: tuple["Database", ...] = ()

    @property
    def arn(self) -> str:
        """The ARN, which follows the identifier."""
        return f"arn:aws:rds:{self.region}:{self.account_id}:db:{self.identifier}"

    @property
    def deployed_as(self) -> str:
        """The name for `arqctl deploy`: the environment, or the stack of a database in the backup region.

        The region of the environment's other stacks can be lost.
        """
        return self.stack if self.arguments.get("replicate_source_db") else self.environment

    @property
    def is_protected(self) -> bool:
        """Whether RDS refuses to delete the instance."""
        return self.arguments.get("deletion_protection") is True

    @property
    def is_replica(self) -> bool:
        """Whether it is a replica by configuration. RDS takes no final snapshot of one, until a promotion.

        https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html
        """
        source, skips = self.arguments.get("replicate_source_db"), self.arguments.get("skip_final_snapshot")
        return bool(source) and skips is True


def find_databases(stack: Stack, others: Iterable[Stack] = ()) -> tuple[Database, ...]:
    """Return the PostgreSQL databases of a stack, with their replicas in the stacks `others`.

    Raises:
        InputError: if the name, region or account of one is not literal text.
    """
    replicas = [each for other in others for each in find_region_replicas(other) if each.is_replica]
    databases = (
        _database(stack, block)
        for block in stack.resources
        if block.type == "aws_db_instance" and block.body.get("engine") == "postgres"
    )
    return tuple(replace(each, region_replicas=tuple(_followers(each, replicas))) for each in databases)


def find_region_replicas(stack: Stack) -> tuple[Database, ...]:
    """Return the replicas of databases in another region. Their source is an ARN.

    Raises:
        InputError: if the name, region or account of one is not literal text.
    """
    return tuple(
        _database(stack, block)
        for block in stack.resources
        if block.type == "aws_db_instance"
        and as_text(block.body.get("replicate_source_db")).startswith("arn:")
    )


def find_promoted(stack: Stack) -> tuple[Database, ...]:
    """Return the promoted replicas of databases in another region. They take the writes of the environment.

    Raises:
        InputError: if the name, region or account of one is not literal text.
    """
    promoted = (each for each in find_region_replicas(stack) if not each.is_replica)
    return tuple(replace(each, arguments={**_OF_SOURCES, **each.arguments}) for each in promoted)


def _followers(database: Database, replicas: Iterable[Database]) -> Iterator[Database]:
    return (each for each in replicas if each.arguments["replicate_source_db"] == database.arn)


def _database(stack: Stack, block: Block) -> Database:
    provider = find_provider(stack, "")
    accounts = as_list(provider.get("allowed_account_ids"))
    return Database(
        stack=stack.name,
        environment=stack.environment,
        address=block.address,
        identifier=_literal(block.address, "identifier", block.body.get("identifier")),
        region=_literal(block.address, "region", provider.get("region")),
        account_id=_literal(block.address, "allowed_account_ids", accounts[0] if accounts else None),
        arguments=block.body,
        tags=_tags(provider, block),
        replicas=tuple(_dependents(stack, block, "aws_db_instance", "replicate_source_db", "identifier")),
        proxy_targets=tuple(
            _dependents(stack, block, "aws_db_proxy_target", "db_instance_identifier", "db_proxy_name")
        ),
        backup_copies=tuple(
            _dependents(
                stack,
                block,
                "aws_db_instance_automated_backups_replication",
                "source_db_instance_arn",
                "source_db_instance_arn",
            )
        ),
    )


def _dependents(stack: Stack, block: Block, type_: str, reference: str, name: str) -> Iterator[Dependent]:
    """Yield the resources of a type whose argument `reference` refers to the instance."""
    for other in stack.resources:
        if other.type == type_ and as_text(other.body.get(reference)).startswith(f"${{{block.address}."):
            resolved = _resolve(stack, as_text(other.body.get(name)))
            yield Dependent(other.address, resolved, block_region(stack, other))


def _resolve(stack: Stack, value: str) -> str:
    """Return the literal argument that a reference such as `${aws_db_proxy.main.name}` points to."""
    if not (value.startswith("${") and value.endswith("}")):
        return value
    address, _, argument = value[2:-1].rpartition(".")
    target = stack.blocks.get(address)
    return as_text(target.body.get(argument)) if target else ""


def _tags(provider: Mapping[str, Json], block: Block) -> Mapping[str, str]:
    defaults = [as_object(as_object(each).get("tags")) for each in as_list(provider.get("default_tags"))]
    tags = {
        name: value for each in (*defaults, as_object(block.body.get("tags"))) for name, value in each.items()
    }
    return {name: str(value) for name, value in tags.items()}


def _literal(address: str, argument: str, value: Json) -> str:
    if not isinstance(value, str) or not value or "${" in value:
        what = f"{argument} must be literal text, got {value!r}"
        raise InputError([Problem(address, what, "Set it in the configuration")])
    return value
