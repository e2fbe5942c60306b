"""Comparison of stacks with their snapshots."""

import json

import pytest

from arqctl.core.errors import InputError
from arqctl.gate import snapshot_text
from tests.arqctl.projects import Project

TOPIC = {"aws_sns_topic": {"alarms": {"display_name": "alarms", "tags": {"team": "a"}}}}


def write_snapshot(project: Project, name: str = "dev") -> None:
    text = (project.outdir / f"stacks/{name}/cdk.tf.json").read_text()
    project.write(f"tests/snapshots/{name}.json", snapshot_text(text))


def changes(project: Project) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(each.change, each.address, each.arguments) for each in project.evaluated().snapshot_changes}


def test_order_metadata_and_backend_path_make_no_difference(project: Project) -> None:
    project.stack("dev", TOPIC, terraform={"backend": {"local": {"path": "/home/a/x.tfstate"}}})
    write_snapshot(project)
    reordered = {"tags": {"team": "a"}, "display_name": "alarms", "//": {"metadata": {"path": "elsewhere"}}}
    document = {
        "terraform": {"backend": {"local": {"path": "/home/b/x.tfstate"}}},
        "resource": {"aws_sns_topic": {"alarms": reordered}},
        "//": {"metadata": {"stackName": "dev", "version": "0.22.0"}},
    }
    project.raw("dev", json.dumps(document))
    assert project.evaluated().snapshot == "match"


def test_a_stack_without_a_snapshot_fails(project: Project) -> None:
    project.stack("dev", TOPIC)
    environment = project.evaluated()
    assert (environment.snapshot, environment.passes) == ("missing", False)


def test_a_change_has_address_and_arguments(project: Project) -> None:
    project.stack("dev", TOPIC | {"aws_sqs_queue": {"old": {"fifo_queue": True}}}, output={"a": {"value": 1}})
    write_snapshot(project)
    changed = {"aws_sns_topic": {"alarms": {"display_name": "ALARMS", "tags": {"team": "b"}, "policy": "{}"}}}
    project.stack(
        "dev", changed | {"aws_sqs_queue": {"new": {"fifo_queue": True}}}, output={"a": {"value": 2}}
    )
    assert project.evaluated().snapshot == "differs"
    assert changes(project) == {
        ("changed", "aws_sns_topic.alarms", ("display_name", "policy", "tags.team")),
        ("removed", "aws_sqs_queue.old", ()),
        ("added", "aws_sqs_queue.new", ()),
        ("changed", "output.a", ("value",)),
    }


def test_lists_are_compared_element_by_element_unless_their_length_changed(project: Project) -> None:
    def listener(*ports: int) -> dict[str, dict[str, dict[str, object]]]:
        return {"aws_lb": {"main": {"listener": [{"port": port, "protocol": "TLS"} for port in ports]}}}

    project.stack("dev", listener(80, 443))
    write_snapshot(project)
    project.stack("dev", listener(80, 444))
    assert changes(project) == {("changed", "aws_lb.main", ("listener.port",))}
    project.stack("dev", listener(80))
    assert changes(project) == {("changed", "aws_lb.main", ("listener",))}


def test_an_environment_misses_its_snapshot_if_one_stack_does(project: Project) -> None:
    project.stack("dev", TOPIC)
    write_snapshot(project)
    project.stack("dev-platform", TOPIC)
    assert project.evaluated().snapshot == "missing"


def test_a_snapshot_that_is_not_json_is_invalid_input(project: Project) -> None:
    project.stack("dev", TOPIC)
    project.write("tests/snapshots/dev.json", "<<<<<<< HEAD")
    with pytest.raises(InputError, match=r"dev\.json"):
        project.evaluate()
