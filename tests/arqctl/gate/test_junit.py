"""JUnit XML conforms to the schema that Jenkins publishes."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from arqctl.gate import Finding, Report
from arqctl.gate.junit import render_junit
from tests.arqctl.gate.reports import CLEAN, FULL, PUBLIC, WAIVED, environment
from tests.arqctl.projects import xml

SCHEMA = xmlschema.XMLSchema(Path(__file__).with_name("schemas") / "junit-10.xsd")


@pytest.mark.parametrize("report", [CLEAN, FULL, Report(environments={})])
def test_the_document_conforms_to_the_schema_of_jenkins(report: Report) -> None:
    SCHEMA.validate(render_junit(report))


def test_the_schema_rejects_an_invalid_document() -> None:
    invalid = render_junit(FULL).replace("<failure", "<failed", 1).replace("</failure>", "</failed>", 1)
    assert not SCHEMA.is_valid(invalid)


@given(text=st.text(st.characters(), min_size=1))
def test_the_document_conforms_for_any_text_of_a_stack_or_waiver(text: str) -> None:
    texts = {"message": text, "path": text, "address": text}
    unusual = Finding.model_validate(PUBLIC.model_dump() | texts)
    waived = type(WAIVED).model_validate(WAIVED.model_dump() | texts | {"reason": text, "owner": text})
    SCHEMA.validate(
        render_junit(Report(environments={"dev": environment(findings=(unusual,), waived=(waived,))}))
    )


def test_the_counts_match_the_cases() -> None:
    root = xml(render_junit(FULL))
    assert root.tag == "testsuites"
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.get("tests", "")) == len(cases)
        assert int(suite.get("failures", "")) == sum(case.find("failure") is not None for case in cases)
        assert int(suite.get("skipped", "")) == sum(case.find("skipped") is not None for case in cases)
        assert all(case.get("name") and case.get("classname") for case in cases)
    assert (root.get("tests"), root.get("failures")) == ("9", "6")
    assert xml(render_junit(CLEAN)).get("failures") == "0"


def cases(text: str) -> list[ET.Element]:
    found = xml(render_junit(FULL)).iter("testcase")
    return [case for case in found if text in f"{case.get('classname')} {case.get('name')}"]


def test_a_failure_has_the_source_locations_of_its_construct() -> None:
    [case] = cases("CKV_AWS_226")
    assert "environments/platform.py:34\nconstructs_arq/data/postgres.py:120" in (
        case.findtext("failure") or ""
    )
    [other] = cases("dev/replica")
    assert "platform.py" not in (other.findtext("failure") or "")
