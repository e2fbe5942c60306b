"""Prints the child pipeline that looks for drift and vulnerable images in the clusters.

Usage: audit_pipeline.py AUDIT_ROLES CLUSTERS. The first is a JSON object with the ARN of each environment's
role, and the second is the JSON list of `arqctl environments --clusters`. The output is JSON, which GitLab
parses as YAML.
"""

import json
import sys
from typing import Any


def audit_pipeline(audit_roles: dict[str, str], clusters: list[dict[str, str]]) -> dict[str, Any]:
    """Return the child pipeline: two jobs for each cluster, on a runner in its VPC."""
    pipeline: dict[str, Any] = {"include": [{"local": ".gitlab/base.yml"}]}
    for each in clusters:
        name = each["cluster"]
        stack = f"{name}-platform"
        variables = {
            "CLUSTER": name,
            "STACK": stack,
            "REGION": each["region"],
            "AWS_ROLE_ARN": audit_roles[each["environment"]],
        }
        common = {"tags": [f"{name}-delivery-runner"], "variables": variables}
        pipeline[f"drift-{stack}"] = {"extends": ".drift-cluster", **common}
        pipeline[f"vulnerabilities-{name}"] = {"extends": ".vulnerabilities", **common}
    return pipeline


if __name__ == "__main__":
    print(json.dumps(audit_pipeline(*map(json.loads, sys.argv[1:])), indent=2))
