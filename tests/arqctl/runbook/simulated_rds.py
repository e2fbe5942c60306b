"""A model of RDS that refuses the commands which RDS refuses while an instance changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from arqctl.core.json_access import Json, as_text
from arqctl.runbook.databases import Database
from tests.aws_commands import parse_aws_command

_CHANGES = ("ModifyDBInstance", "RebootDBInstance", "DeleteDBInstance", "PromoteReadReplica")
_NAMES = ("DBInstanceIdentifier", "TargetDBInstanceIdentifier")


@dataclass
class SimulatedRds:
    """Instances with their status, and the dependents of the instance that Terraform manages.

    A change is `requested` first. The waiter returns at once then, because it still sees `available`.
    """

    database: Database
    status: dict[str, str] = field(default_factory=dict)
    managed: set[str] = field(default_factory=set)
    attached: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        replicas = (replica.name for replica in self.database.replicas)
        self.status |= dict.fromkeys((self.database.identifier, *replicas, *self._standbys), "available")
        self._deploy()

    @property
    def _standbys(self) -> tuple[str, ...]:
        return tuple(each.identifier for each in self.database.region_replicas)

    def run(self, commands: Iterable[Sequence[str]]) -> None:
        """Run commands. An assertion fails for one that RDS or Terraform would refuse."""
        for command in commands:
            match list(command):
                case ["aws", "rds", "wait", "db-snapshot-available", *_]:
                    pass
                case ["aws", "rds", "wait", condition, *_, name]:
                    self._wait(condition, name)
                case ["aws", "rds", *_]:
                    self._call(*parse_aws_command(list(command)))
                case ["sleep", *_]:
                    self._advance()
                case ["terraform", folder, "state", "rm", address]:
                    stack = folder.rpartition("/")[2]
                    self.managed.discard(
                        address if stack == self.database.stack else _in_stack(stack, address)
                    )
                case ["terraform", _, "import", _, name]:
                    assert self.status[name] == "available"
                case ["arqctl", "deploy", *_]:
                    self._deploy()

    def _deploy(self) -> None:
        assert set(self.status.values()) == {"available"}
        database = self.database
        dependents = (*database.replicas, *database.proxy_targets, *database.backup_copies)
        assert not self.managed - self.attached, "stale dependents"
        self.managed = {each.address for each in dependents}
        self.managed |= {_in_stack(each.stack, each.address) for each in database.region_replicas}
        self.attached = set(self.managed)
        names = (*(replica.name for replica in database.replicas), *self._standbys)
        self.status |= dict.fromkeys(names, "available")

    def _advance(self) -> None:
        for name, status in self.status.items():
            if status == "requested":
                self.status[name] = "modifying"

    def _wait(self, condition: str, name: str) -> None:
        if condition == "db-instance-deleted":
            del self.status[name]
        elif self.status[name] != "requested":
            self.status[name] = "available"

    def _call(self, operation: str, given: Mapping[str, Json]) -> None:
        name = next((as_text(given[each]) for each in reversed(_NAMES) if each in given), "")
        if operation.startswith(("Restore", "CreateDBInstanceReadReplica")):
            assert name not in self.status
            self.status[name] = "creating"
        elif operation == "StopDBInstanceAutomatedBackupsReplication":
            self._detach(each.address for each in self.database.backup_copies)
            self.status[as_text(given["SourceDBInstanceArn"]).rpartition(":")[2]] = "requested"
        elif operation == "DeregisterDBProxyTargets":
            self._detach(each.address for each in self.database.proxy_targets)
        elif operation in _CHANGES:
            assert self.status[name] == "available", f"{operation} of {name} while it is {self.status[name]}"
            self._change(operation, name, as_text(given.get("NewDBInstanceIdentifier")))

    def _change(self, operation: str, name: str, new: str) -> None:
        self.status[name] = "deleting" if operation == "DeleteDBInstance" else "requested"
        self._detach(each.address for each in self.database.replicas if each.name == name)
        self._detach(
            _in_stack(each.stack, each.address)
            for each in self.database.region_replicas
            if each.identifier == name
        )
        if new:
            assert self.attached == set(), "resources still belong to the renamed instance"
            assert new not in self.status
            del self.status[name]
            self.status[new] = "renaming"

    def _detach(self, addresses: Iterable[str]) -> None:
        self.attached -= set(addresses)


def _in_stack(stack: str, address: str) -> str:
    return f"{stack}: {address}"
