"""The JSON schema of the evidence, as it is published in evidence.schema.json."""

import json

from arqctl.evidence.model import Evidence
from arqctl.gate.schema import ID


def schema_text() -> str:
    """Write the schema that the models define; a test holds the published file to it."""
    return json.dumps({"$schema": ID} | Evidence.model_json_schema(mode="serialization"), indent=2) + "\n"
