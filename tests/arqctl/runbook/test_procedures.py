"""The sections of the pages, run in the orders that the pages describe."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from arqctl.core.assembly import Assembly, Stack
from arqctl.core.json_access import as_text
from arqctl.core.settings import Settings
from arqctl.deploy.preconditions import require_approval
from arqctl.runbook.databases import Database, find_databases
from arqctl.runbook.deployment import Deployment
from arqctl.runbook.page import Section, render
from arqctl.runbook.restore import restore_sections
from arqctl.runbook.shell import ADMINISTRATOR
from arqctl.runbook.upgrade import upgrade_sections
from tests.arqctl.runbook.shell_sessions import run_commands
from tests.arqctl.runbook.simulated_rds import SimulatedRds
from tests.arqctl.runbook.test_runbook import DEPLOYMENT, ENVIRONMENTS, SNAPSHOTS, database_of, stack_of
from tests.aws_commands import parse_aws_command

ROOT = Path(__file__).parents[3]
RESTORES = ("Restore to a point in time", "Or restore a snapshot")


@pytest.fixture
def production() -> Database:
    return database_of("production")


def commands_of(sections: Sequence[Section], headings: Sequence[str], folder: Path) -> list[list[str]]:
    """Run the sections with these headings as one page."""
    folder.mkdir(exist_ok=True)
    found = [section for section in sections if section.heading in headings]
    assert len(found) == len(headings)
    return run_commands(render("Page", found), folder)


@pytest.fixture
def with_standby() -> Database:
    """The production database, and its replica in the region of the standby."""
    text = (SNAPSHOTS / "production-standby.json").read_text()
    standby = Stack("production-standby", "production", SNAPSHOTS, text, json.loads(text))
    own = json.loads((SNAPSHOTS / "production.json").read_text())
    [database] = find_databases(stack_of(own), [standby])
    assert [each.identifier for each in database.region_replicas] == ["production-standby-database"]
    return database


def addresses_removed(commands: Sequence[Sequence[str]]) -> list[str]:
    return [command[-1] for command in commands if list(command[2:4]) == ["state", "rm"]]


@pytest.mark.parametrize("restore", RESTORES)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_restore_works_in_both_directions(environment: str, restore: str, tmp_path: Path) -> None:
    database = database_of(environment)
    sections = restore_sections(database, DEPLOYMENT)
    simulated = SimulatedRds(database)
    there = commands_of(sections, ["Prepare", restore, "Replace the instance"], tmp_path / "there")
    simulated.run(there)
    back = commands_of(sections, ["Undo"], tmp_path / "back")
    simulated.run(back)
    assert addresses_removed(there) == addresses_removed(back)
    dependents = (*database.backup_copies, *database.replicas, *database.proxy_targets)
    assert set(addresses_removed(back)) == {database.address, *(each.address for each in dependents)}
    names = {f"{database.identifier}-restored", database.identifier}
    assert simulated.status.keys() - {replica.name for replica in database.replicas} == names


@pytest.mark.parametrize("headings", [["Prepare", RESTORES[0], "Replace the instance"], ["Undo"]])
def test_a_restore_makes_the_replica_in_the_other_region_again(
    headings: Sequence[str], with_standby: Database, tmp_path: Path
) -> None:
    """It stays with the renamed instance, and the plan does not see it. The model refuses the rename then."""
    simulated = SimulatedRds(with_standby)
    if headings == ["Undo"]:
        simulated.status["production-database-broken"] = "available"
    commands = commands_of(restore_sections(with_standby, DEPLOYMENT), headings, tmp_path)
    simulated.run(commands)
    assert simulated.status["production-standby-database"] == "available"
    deletions = [each for each in commands if "delete-db-instance" in each]
    (deleted,) = (each for each in deletions if "production-standby-database" in each)
    assert deleted[deleted.index("--region") + 1] == "eu-central-1"


def test_a_restore_leaves_a_promoted_database_alone() -> None:
    """It serves requests, and the configuration still names its former source."""
    document = json.loads((SNAPSHOTS / "production-standby.json").read_text())
    document["resource"]["aws_db_instance"]["database"]["skip_final_snapshot"] = False
    standby = Stack("production-standby", "production", SNAPSHOTS, "", document)
    own = json.loads((SNAPSHOTS / "production.json").read_text())
    [database] = find_databases(stack_of(own), [standby])
    assert database.region_replicas == ()


def test_an_upgrade_deletes_the_replica_in_the_other_region_before_it(
    with_standby: Database, tmp_path: Path
) -> None:
    """RDS upgrades no replica in another region."""
    sections = upgrade_sections(with_standby, DEPLOYMENT)
    commands = commands_of(sections, ["Second deployment: upgrade"], tmp_path)
    deleted, deployed = (
        next(at for at, each in enumerate(commands) if words <= set(each))
        for words in ({"delete-db-instance", "production-standby-database"}, {"arqctl", "deploy"})
    )
    assert deleted < deployed


def test_the_production_database_has_a_dependent_of_each_kind(production: Database) -> None:
    assert production.replicas
    assert production.proxy_targets
    assert production.backup_copies


def test_the_clean_up_deletes_the_old_instance_and_the_logs_of_all_its_names(
    production: Database, tmp_path: Path
) -> None:
    commands = commands_of(restore_sections(production, DEPLOYMENT), ["Clean up"], tmp_path)
    groups = {command[-1] for command in commands if command[:3] == ["aws", "logs", "delete-log-group"]}
    assert groups == {
        f"/aws/rds/instance/production-database-{name}/{log}"
        for name in ("broken", "restored")
        for log in ("postgresql", "upgrade")
    }
    for name in ("production-database-broken", "production-database-restored"):
        simulated = SimulatedRds(production, {name: "available"})
        simulated.run(command for command in commands if name in command or command[0] == "sleep")
        assert name not in simulated.status


@pytest.mark.parametrize("parameter", ["FinalDBSnapshotIdentifier", "DBSnapshotIdentifier"])
def test_names_of_snapshots_are_unique(parameter: str, production: Database, tmp_path: Path) -> None:
    names = []
    for page, sections in (("restore", restore_sections), ("upgrade", upgrade_sections)):
        commands = run_page(sections(production, DEPLOYMENT), tmp_path / page)
        calls = [
            parse_aws_command(each) for each in commands if each[:2] == ["aws", "rds"] and each[2] != "wait"
        ]
        names += [
            as_text(given[parameter])
            for operation, given in calls
            if parameter in given and operation in ("DeleteDBInstance", "CreateDBSnapshot")
        ]
    assert names
    assert all(re.fullmatch(r"production-database-[a-z0-9-]+-\d{14}", name) for name in names)


def run_page(sections: Sequence[Section], folder: Path) -> list[list[str]]:
    folder.mkdir(exist_ok=True)
    return run_commands(render("Page", sections), folder)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("page", ["restore", "upgrade"])
def test_every_deployment_has_the_approval_that_the_settings_demand(
    environment: str, page: str, tmp_path: Path
) -> None:
    settings, database = Settings.load(ROOT), database_of(environment)
    deployment = Deployment.of(database, settings)
    sections = {"restore": restore_sections, "upgrade": upgrade_sections}[page](database, deployment)
    commands = run_page(sections, tmp_path / "session")
    stack = Stack(environment, environment, tmp_path, "", {})
    others = [Stack(name, name, tmp_path, "", {}) for name in settings.protected]
    assembly = Assembly(tmp_path, (stack, *others))
    deployments = [command for command in commands if command[:2] == ["arqctl", "deploy"]]
    assert len(deployments) >= 2
    for command in deployments:
        assert command[2] == environment
        require_approval(settings, assembly, [stack], is_approved="--approve" in command)
        assert ("--approve" in command) == (environment in settings.protected)
    reviews = [command for command in commands if command[:2] == ["arqctl", "review"]]
    assert len(reviews) == (len(deployments) if environment in settings.protected else 0)


def test_the_page_names_the_credentials_of_each_part(production: Database) -> None:
    for sections in (restore_sections, upgrade_sections):
        page = render("Page", sections(production, DEPLOYMENT))
        before = page[: page.index("aws rds restore-db-instance")]
        assert ADMINISTRATOR in before


def test_writes_stop_before_an_instance_is_replaced(production: Database) -> None:
    pages = {
        section.heading: render("", [section]) for section in restore_sections(production, DEPLOYMENT)
    } | {section.heading: render("", [section]) for section in upgrade_sections(production, DEPLOYMENT)}
    for heading in ("Undo", "Undo: restore the snapshot"):
        assert "Stop the workloads that write" in pages[heading]
    [prepare, *_] = restore_sections(production, DEPLOYMENT)
    assert "Stop the workloads that write" in render("", [prepare])


def test_the_rehearsal_leaves_nothing(production: Database, tmp_path: Path) -> None:
    commands = commands_of(upgrade_sections(production, DEPLOYMENT), ["Rehearse"], tmp_path)
    simulated = SimulatedRds(production)
    before = dict(simulated.status)
    simulated.run(commands)
    assert simulated.status == before
    calls = [parse_aws_command(each) for each in commands if each[:2] == ["aws", "rds"] and each[2] != "wait"]
    (_, restored), (_, upgraded), (_, deleted) = calls
    assert restored["TargetDBInstanceIdentifier"] == "production-database-rehearsal"
    assert (restored["MultiAZ"], restored["DeletionProtection"]) == (False, False)
    assert (upgraded["EngineVersion"], upgraded["DBParameterGroupName"]) == ("18", "default.postgres18")
    assert (deleted["SkipFinalSnapshot"], deleted["DeleteAutomatedBackups"]) == (True, True)
    assert sum("delete-log-group" in command for command in commands) == 2


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_way_back_of_an_upgrade_is_a_page_of_its_own(environment: str, tmp_path: Path) -> None:
    database = database_of(environment)
    sections = upgrade_sections(database, DEPLOYMENT)
    headings = [section.heading for section in sections if section.heading.startswith("Undo")]
    assert len(headings) == 4
    commands = commands_of(sections, headings[:3], tmp_path / "undo")
    simulated = SimulatedRds(database)
    simulated.run(commands)
    restored = [parse_aws_command(each)[1] for each in commands if "restore-db-instance" in " ".join(each)]
    assert [("DBParameterGroupName" in given) for given in restored] == [False], "it was deleted"
    order = [command[1] if command[0] == "arqctl" else command[2] for command in commands if command[2:]]
    assert order.index("deploy") < order.index("reboot-db-instance"), "the group applies after a restart"
    assert 'Set `version="17"`' in render("", sections[-4:-3])


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_upgrade_waits_for_each_change(environment: str, tmp_path: Path) -> None:
    database = database_of(environment)
    commands = run_page(upgrade_sections(database, DEPLOYMENT)[:-4], tmp_path)
    deployments = [index for index, each in enumerate(commands) if each[:2] == ["arqctl", "deploy"]]
    simulated = SimulatedRds(database)
    simulated.run(commands[: deployments[0]])
    assert set(simulated.status.values()) == {"available"}
