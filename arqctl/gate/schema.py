"""Generates the JSON schema of the report, which is committed as report.schema.json."""

import json

from arqctl.gate.report import Report

ID = "https://json-schema.org/draft/2020-12/schema"


def schema_text() -> str:
    """Return the JSON schema of the report models."""
    schema = {"$schema": ID} | Report.model_json_schema(mode="serialization")
    return json.dumps(schema, indent=2) + "\n"
