"""Prints the child pipeline that looks for drift and vulnerable images in the clusters.

Usage: audit_pipeline.py AUDIT_ROLES, a JSON object with the ARN of each environment's role. The output is
JSON, which GitLab parses as YAML.
"""

import json
import sys
from typing import Any


def audit_pipeline(audit_roles: dict[str, str]) -> dict[str, Any]:
    """Return the child pipeline: two jobs for each cluster, on a runner in its VPC."""
    pipeline: dict[str, Any] = {"include": [{"local": ".gitlab/base.yml"}]}
    for name, role in audit_roles.items():
        stack = f"{name}-platform"
        variables = {"ENVIRONMENT": name, "STACK": stack, "AWS_ROLE_ARN": role}
        common = {"tags": [f"{name}-delivery-runner"], "variables": variables}
        pipeline[f"drift-{stack}"] = {"extends": ".drift-cluster", **common}
        pipeline[f"vulnerabilities-{name}"] = {"extends": ".vulnerabilities", **common}
    return pipeline


if __name__ == "__main__":
    print(json.dumps(audit_pipeline(json.loads(sys.argv[1])), indent=2))
