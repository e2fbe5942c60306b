"""Planted values in lines of log groups don't reach Loki. A small interpreter runs the configured stages."""

import json
import re
from collections.abc import Sequence

import pytest

from constructs_arq.platform.log_receiver_pipeline import LABELS, receiver_configuration
from constructs_arq.platform.log_redaction import Redaction
from tests.observability.logql import errors_of
from tests.platform.alloy_components import validate_alloy
from tests.platform.alloy_parser import ParsedBlock
from tests.platform.test_log_redaction import redact

PREFIX = "2026-11-29 22:00:00 UTC:10.40.12.7(52144):api@shop:[2941]:"
AUDIT = {
    "kind": "Event",
    "level": "RequestResponse",
    "auditID": "4e1e5b1a-0c55-4b42-9b1a-1a5d0d4ad3d1",
    "requestURI": "/apis/apps/v1/namespaces/shop/deployments/api",
    "verb": "patch",
    "user": {"username": "arn:aws:sts::210987654321:assumed-role/admin/anna@arq.example"},
}
END = {"requestReceivedTimestamp": "2026-11-29T22:00:00.000000Z", "annotations": {"decision": "allow"}}
OBJECT = {"env": [{"name": "DB_PASSWORD", "value": "hunter2"}], "list": [{"note": "a}, {b"}]}


def stages() -> list[ParsedBlock]:
    text = receiver_configuration(
        port=8443, tls_folder="/tls", lines_per_second=1000, url="http://loki:3100", tenant="test"
    )
    assert not re.search(r"\{\{|\$\{|%\{", text), "Helm or Terraform would evaluate it"
    [process] = [each for each in validate_alloy(text) if each.name == "loki.process"]
    return process.blocks


STAGES = stages()


def selects(selector: str, source: str, line: str) -> bool:
    """Return whether a selector with the label `source`, and perhaps one filter, finds a line."""
    found = re.fullmatch(r'\{source(=|!~)"([^"]*)"\}(?: (!~|\|~) (".*"))?', selector)
    assert found, selector
    label, values, operator, expression = found.groups()
    if bool(re.fullmatch(values, source)) is (label == "!~"):
        return False
    return operator is None or bool(re.search(json.loads(expression), line, re.ASCII)) is (operator == "|~")


def run(source: str, line: str, blocks: Sequence[ParsedBlock] = STAGES) -> tuple[str | None, str | None]:
    """Return the line after the stages, or None if they drop it, and its level."""
    level = None
    for block in blocks:
        match block.name:
            case "stage.regex":
                found = re.search(block.arguments["expression"], line, re.ASCII)
                level = found and found["level"]
            case "stage.replace" if "source" in block.arguments:
                each = Redaction(
                    name="",
                    expression=block.arguments["expression"],
                    replacement=block.arguments["replace"],
                )
                level = level and redact(level, [each])
            case "stage.replace":
                text = block.arguments["replace"]
                each = Redaction(name="", expression=block.arguments["expression"], replacement=text)
                line = redact(line, [each])
            case "stage.match" if selects(block.arguments["selector"], source, line):
                if block.arguments.get("action") == "drop":
                    return None, None
                inner, inner_level = run(source, line, block.blocks)
                assert inner is not None
                line, level = inner, inner_level or level
            case "stage.match" | "stage.drop" | "stage.labels" | "stage.label_keep" | "stage.limit":
                pass
            case _:
                pytest.fail(f"no such stage: {block.name}")
    return line, level


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("STATEMENT:  INSERT INTO customers (name) VALUES ('Anna Klein')", ["Anna", "Klein"]),
        ("STATEMENT:  SELECT E'it\\'s' , 'Anna' FROM a", ["it", "Anna"]),
        ("STATEMENT:  SELECT $tag$Anna$tag$, name FROM customers", ["Anna"]),
        ("STATEMENT:  SELECT 1 -- it's\n FROM a WHERE name = 'Anna'", ["Anna"]),
        ("STATEMENT:  /* don't */ UPDATE a SET name = 'Anna'", ["Anna", "don"]),
        ("STATEMENT:  UPDATE accounts SET pin=4711 WHERE id = 8", ["4711"]),
        ("STATEMENT:  SELECT *\n\tFROM a\n\tWHERE name = 'Anna'", ["Anna"]),
        ("LOG:  duration: 1234.567 ms  statement: SELECT * FROM a WHERE name = 'Anna'", ["Anna"]),
        ("LOG:  duration: 12.5 ms  execute <unnamed>: SELECT f(4711)", ["4711"]),
        ("LOG:  duration: 12.5 ms  plan:\n\tQuery Text: SELECT 4711", ["4711"]),
        ("LOG:  statement: ALTER USER dba PASSWORD 'hunter2'", ["hunter2"]),
        ("LOG:  execute S_1: SELECT name FROM a WHERE pin = 4711", ["4711"]),
        ("DETAIL:  Key (name)=(Anna Klein) already exists.", ["Anna"]),
        ("DETAIL:  Failing row contains (1, Anna Klein, 1980-01-01).", ["Anna", "1980"]),
        ("DETAIL:  parameters: $1 = 'Anna', $2 = '4711'", ["Anna", "4711"]),
        ("DETAIL:  Process 7 waits.\n\tProcess 7: UPDATE a SET pin = 4711", ["4711"]),
        ('CONTEXT:  COPY customers, line 1, column name: "Anna"', ["Anna"]),
        ("CONTEXT:  unnamed portal with parameters: $1 = 'Anna'", ["Anna"]),
        ("QUERY:  SELECT name FROM a WHERE pin = 4711", ["4711"]),
        ('ERROR:  invalid input syntax for type integer: "Anna"', ["Anna"]),
        ('ERROR:  value "4711" is out of range for type smallint', ["4711"]),
        ('ERROR:  syntax error at or near "Klein" at character 8', ["Klein"]),
        ('ERROR:  unterminated quoted string at or near "\'Anna" at character 8', ["Anna"]),
        ("ERROR:  mail to anna@arq.example failed", ["anna@arq.example"]),
        (
            'LOG:  AUDIT: SESSION,1,1,WRITE,INSERT,TABLE,a,"insert into a values (4711, Anna)",<none>',
            ["4711", "Anna"],
        ),
        ("LOG:  AUDIT: SESSION,1,1,READ,SELECT,,,select f($1),Anna", ["Anna"]),
        ("NOTICE:  AUDIT: OBJECT,2,1,READ,SELECT,TABLE,a,select Anna,4711", ["Anna", "4711"]),
        ("LOG:  cron job 1 starting: SELECT charge(4711)", ["4711"]),
        ("STATEMENT:  SELECT name FROM a WHERE x=.4711", ["4711"]),
        ("ERROR:  extra data after last expected column: Anna;Klein", ["Anna", "Klein"]),
        ('ERROR:  key "Anna" not present', ["Anna"]),
        ('WARNING:  key "a" not present in: Anna', ["Anna"]),
        ("HINT:  Perhaps you meant Anna", ["Anna"]),
        ("LOG:  could not connect to postgresql://app:hunter2@database/app", ["hunter2"]),
    ],
)
def test_values_of_postgresql_are_removed(text: str, values: Sequence[str]) -> None:
    assert all(each in text for each in values)
    line, _ = run("postgresql", PREFIX + text)
    assert line is not None
    assert line.startswith(PREFIX)
    assert not [each for each in values if each in line]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("STATEMENT:  SELECT name FROM t1 WHERE id = $1", "STATEMENT:  SELECT name FROM t1 WHERE id = $1"),
        (
            "STATEMENT:  INSERT INTO customers (name) VALUES ('Anna')",
            "STATEMENT:  INSERT INTO customers (name) VALUES ([redacted:values]",
        ),
        (
            'ERROR:  duplicate key value violates unique constraint "customers_pkey"',
            'ERROR:  duplicate key value violates unique constraint "customers_pkey"',
        ),
        (
            "LOG:  AUDIT: SESSION,1,1,READ,SELECT,TABLE,a,select 4711",
            "LOG:  AUDIT: SESSION,1,1,READ,SELECT,[redacted:values]",
        ),
        (
            "FATAL:  could not open file: Permission denied",
            "FATAL:  could not open file: Permission denied",
        ),
        ("LOG:  cron job 1 starting: SELECT 1", "LOG:  cron job 1 starting: [redacted:values]"),
        ('ERROR:  relation "orders" does not exist', 'ERROR:  relation "orders" does not exist'),
        ("LOG:  checkpoint complete: wrote 12 buffers", "LOG:  checkpoint complete: wrote 12 buffers"),
        (
            'FATAL:  password authentication failed for user "api"',
            'FATAL:  password authentication failed for user "api"',
        ),
    ],
)
def test_the_rest_of_postgresql_stays(text: str, kept: str) -> None:
    assert run("postgresql", PREFIX + text)[0] == PREFIX + kept


@pytest.mark.parametrize(
    "line",
    [
        "\tVALUES ('Anna', 4711);",
        "Anna Klein",
        "2026-11-29 Anna:[1]:ERROR",
        "2026-11-29 22:00:00 UTC:10.0.0.1(5):a[b@shop:[2941]:STATEMENT:  SELECT 4711",
    ],
)
def test_continued_statements_of_postgresql_are_dropped(line: str) -> None:
    assert run("postgresql", line)[0] is None


@pytest.mark.parametrize(
    ("prefix", "level", "label"),
    [
        (PREFIX, "ERROR", "error"),
        (PREFIX, "FATAL", "critical"),
        (PREFIX, "PANIC", "critical"),
        (PREFIX, "WARNING", "warning"),
        (PREFIX, "LOG", None),
        ("2026-11-29 22:00:00 UTC::@:[5]:", "ERROR", "error"),
        ("2026-11-29 22:00:00 UTC:[local]:dba@shop:[5]:", "ERROR", "error"),
    ],
)
def test_levels_of_postgresql_are_those_of_pods(prefix: str, level: str, label: str | None) -> None:
    line = f"{prefix}{level}:  text"
    assert run("postgresql", line) == (line, label)


def test_a_level_in_the_text_is_no_level() -> None:
    assert run("postgresql", f"{PREFIX}LOG:  a:[1]:ERROR:  b")[1] is None


def test_arguments_of_valkey_are_removed() -> None:
    entry = {"Id": 7, "Duration (us)": 12000, "Command": 'SET user:Anna "hunter2" EX', "ClientName": "api"}
    line, _ = run("valkey", json.dumps(entry))
    assert json.loads(line or "") == {**entry, "Command": "SET[redacted:arguments]"}
    # A line that CloudWatch cut.
    assert (
        run("valkey", '{"Id":7,"Command":"AUTH hunt\\"er2')[0]
        == '{"Id":7,"Command":"AUTH[redacted:arguments]'
    )


def test_objects_of_audit_events_are_removed() -> None:
    event = {**AUDIT, "requestObject": OBJECT, "responseObject": OBJECT, **END}
    line, _ = run("control-plane", json.dumps(event))
    assert line is not None
    assert "hunter2" not in line
    assert "anna@" not in line
    kept = json.loads(line)
    assert kept.keys() == event.keys() - {"responseObject"}
    assert (kept["verb"], kept["annotations"]) == ("patch", {"decision": "allow"})


@pytest.mark.parametrize(
    "line",
    [
        '{"requestURI":"/api/v1/namespaces/shop/pods/api-1/exec?command=psql\\u0026command=hunter2","verb":"get"}',
        '{"requestURI":"/api/v1/namespaces/shop/services/api/proxy/login?password=hunter2","verb":"get"}',
        'httplog.go:132] "HTTP" URI="/api/v1/namespaces/shop/pods/api/attach?stdin=hunter2" latency="1s"',
        "requestURI=/api/v1/namespaces/shop/pods/api/exec?command=hunter2 verb=get",
    ],
)
def test_commands_in_pods_are_removed(line: str) -> None:
    found, _ = run("control-plane", line)
    assert found is not None
    assert "hunter2" not in found
    assert "?[redacted:query]" in found


@pytest.mark.parametrize("length", range(0, 200, 7))
def test_a_cut_audit_event_has_no_object(length: int) -> None:
    event = json.dumps({**AUDIT, "requestObject": OBJECT, "responseObject": OBJECT})
    line, _ = run("control-plane", event[: len(event) - length])
    assert "hunter2" not in (line or "")


@pytest.mark.parametrize(
    "line",
    [
        "I1129 22:00:00.000000      10 scheduler.go:231] bound pod shop/api-6d4cf56db6-x2x4z",
        json.dumps({**AUDIT, "user": {"username": "system:node"}, **END}),
        '{"requestURI":"/api/v1/namespaces/shop/pods?limit=500","verb":"list"}',
    ],
)
def test_the_rest_of_the_control_plane_stays(line: str) -> None:
    assert run("control-plane", line) == (line, None)


def test_lines_of_other_sources_are_dropped() -> None:
    assert run("vpn", "line")[0] is None


def test_streams_have_few_labels() -> None:
    *_, keep, limit = STAGES
    assert tuple(keep.arguments["values"]) == LABELS == ("source", "log_group", "level")
    assert (limit.arguments["by_label_name"], limit.arguments["drop"]) == ("log_group", True)


def test_selectors_are_logql() -> None:
    found = [each.arguments["selector"] for each in STAGES if each.name == "stage.match"]
    assert len(found) == 6
    assert errors_of(found) == [[] for _ in found]
