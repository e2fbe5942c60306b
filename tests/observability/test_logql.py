"""The queries of the documentation are LogQL, and select labels that the logs have."""

import re
from pathlib import Path

import pytest

from constructs_arq.platform import log_pipeline, log_receiver_pipeline
from tests.observability.logql import errors_of

PAGES = sorted(Path("docs").rglob("*.md"))
QUERIES = [
    query
    for page in PAGES
    for block in re.findall(r"(?ms)^```logql\n(.*?)^```", page.read_text(encoding="utf-8"))
    for query in block.strip().split("\n\n")
]


def test_queries_of_the_documentation_are_logql() -> None:
    assert len(QUERIES) >= 5
    assert errors_of(QUERIES) == [[] for _ in QUERIES]


@pytest.mark.parametrize("query", QUERIES)
def test_queries_select_labels_of_the_logs(query: str) -> None:
    selectors = re.findall(r"\{([^{}]*)\}", query)
    selected = {name for selector in selectors for name in re.findall(r"(\w+)\s*[=!]", selector)}
    assert selected
    assert any(selected <= set(each.LABELS) for each in (log_pipeline, log_receiver_pipeline))


def test_invalid_queries_are_found() -> None:
    queries = ['{app="api"', '{app="api"} |= ', 'rate({app="api"})', 'sum by (app) (rate({app="api"}[5m])']
    assert all(errors_of(queries))
