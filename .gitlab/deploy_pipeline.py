"""Prints the child pipeline that plans and deploys the environments, one after the other.

Usage: deploy_pipeline.py UNPROTECTED PROTECTED PLAN_ROLES DEPLOY_ROLES CLUSTER_ROLES CLUSTERS. The first two
are JSON lists of names. The next three are JSON objects with the ARN of each environment's role. The last is
the JSON list of `arqctl environments --clusters`. Protected environments are deployed last and are started by
hand. The output is JSON, which GitLab parses as YAML.
"""

import json
import sys
from typing import Any

Jobs = dict[str, Any]


def deploy_pipeline(
    unprotected: list[str],
    protected: list[str],
    plan_roles: dict[str, str],
    deploy_roles: dict[str, str],
    cluster_roles: dict[str, str],
    clusters: list[dict[str, str]],
) -> Jobs:
    """Return the child pipeline: a stage for each environment, with its stacks and its site.

    The cluster of a standby is deployed after that of its environment.
    """
    names = [*unprotected, *protected]
    pipeline: Jobs = {
        "include": [{"local": ".gitlab/base.yml"}, {"local": ".gitlab/publish.yml"}],
        "stages": ["build", *names],
        "build-site": {"extends": ".build-site", "stage": "build"},
    }
    for name in names:
        # By rules, a manual job blocks the later stages.
        rules = [{"when": "manual" if name in protected else "on_success"}]
        pipeline |= aws_jobs(name, rules, plan_role=plan_roles[name], deploy_role=deploy_roles[name])
        after = name
        for cluster in (each for each in clusters if each["environment"] == name):
            pipeline |= cluster_jobs(cluster, rules, role=cluster_roles[name], after=after)
            after = f"record-{cluster['cluster']}-platform"
        pipeline[f"site-{name}"] = {
            "extends": ".publish-site",
            "stage": name,
            "needs": [name, "build-site"],
            "rules": rules,
            "variables": {"ENVIRONMENT": name, "SITE": "services/web/dist"},
        }
    return pipeline


def aws_jobs(name: str, rules: list[Jobs], *, plan_role: str, deploy_role: str) -> Jobs:
    """Return the jobs of the AWS stack."""
    return {
        f"plan-{name}": {
            "extends": ".plan",
            "stage": name,
            "variables": {"ENVIRONMENT": name, "AWS_ROLE_ARN": plan_role},
        },
        name: {
            "extends": ".deploy",
            "stage": name,
            "needs": [f"plan-{name}"],
            "environment": name,
            "resource_group": name,
            "rules": rules,
            "variables": {"ENVIRONMENT": name, "AWS_ROLE_ARN": deploy_role},
        },
    }


def cluster_jobs(cluster: dict[str, str], rules: list[Jobs], *, role: str, after: str) -> Jobs:
    """Return the jobs of a cluster stack, on a runner in its VPC, after the job `after`."""
    environment, name = cluster["environment"], cluster["cluster"]
    stack = f"{name}-platform"
    common = {
        "stage": environment,
        "tags": [f"{name}-delivery-runner"],
        "variables": {
            "CLUSTER": name,
            "STACK": stack,
            "REGION": cluster["region"],
            "AWS_ROLE_ARN": role,
        },
    }
    return {
        f"plan-{stack}": {"extends": ".plan-cluster", "needs": [after], **common},
        stack: {
            "extends": ".deploy-cluster",
            "needs": [f"plan-{stack}"],
            "environment": f"{environment}-cluster",
            "resource_group": stack,
            "rules": rules,
            **common,
        },
        f"watch-{stack}": {
            "extends": ".watch-cluster",
            "needs": [stack],
            # A failed deployment can have changed something.
            "when": "always",
            "resource_group": stack,
            **common,
        },
        f"record-{stack}": {
            "extends": ".record-cluster",
            "needs": [stack, f"watch-{stack}"],
            "resource_group": stack,
            **common,
        },
    }


if __name__ == "__main__":
    print(json.dumps(deploy_pipeline(*map(json.loads, sys.argv[1:])), indent=2))
