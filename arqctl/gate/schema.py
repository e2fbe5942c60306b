"""The JSON schema of the report, as it is published in report.schema.json."""

import json

from arqctl.gate.report import Report

ID = "https://json-schema.org/draft/2020-12/schema"


def schema_text() -> str:
    """Write the schema that the report's models define; a test holds the published file to it."""
    schema = {"$schema": ID} | Report.model_json_schema(mode="serialization")
    return json.dumps(schema, indent=2) + "\n"
