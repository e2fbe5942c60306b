"""Cases of pods in Kubernetes."""

from policies.stack import Json
from tests.policies.cases.example import Bodies, Example
from tests.policies.mutations import Regression

DIGEST = f"sha256:{'0' * 64}"
IMAGE: dict[str, Json] = {"name": "api", "image": f"${{data.aws_ecr_repository.it.repository_url}}@{DIGEST}"}
SAFE: dict[str, Json] = {"allow_privilege_escalation": False, "capabilities": {"drop": ["ALL"]}}
POD: dict[str, Json] = {"run_as_non_root": True, "seccomp_profile": {"type": "RuntimeDefault"}}
RESTRICTED: dict[str, Json] = {**IMAGE, "security_context": SAFE}


def deployment(*containers: Json, **spec: Json) -> Bodies:
    return {
        "kubernetes_deployment_v1.it": {"spec": {"template": {"spec": {"container": [*containers], **spec}}}}
    }


def restricted(container: dict[str, Json], **spec: Json) -> Bodies:
    return deployment(container, **{"security_context": POD, **spec})


def in_context(**settings: Json) -> Bodies:
    """Return a restricted pod with further settings in its security context."""
    return restricted(RESTRICTED, security_context={**POD, **settings})


def cron_job(container: Json) -> Bodies:
    template: Json = {"spec": {"container": [container]}}
    return {"kubernetes_cron_job_v1.it": {"spec": {"job_template": {"spec": {"template": template}}}}}


EXAMPLES = (
    Example(
        "CKV_ARQ_33",
        passes=(
            deployment(IMAGE),
            cron_job({"image": f"a/b:1.0@{DIGEST}"}),
            {"kubernetes_pod.it": {"spec": [{"container": [IMAGE]}]}},
        ),
        fails=(
            deployment({"image": "a/b:latest"}),
            deployment({"image": "a/b@sha256:12"}),
            deployment({"name": "api"}),
            deployment(IMAGE, init_container=[{"image": "a/b:1.0"}]),
            cron_job({"image": "a/b:1.0"}),
            deployment(),
            {"kubernetes_job_v1.it": {}},
        ),
        unknown=(
            deployment({"image": "${var.image}"}),
            {"kubernetes_deployment_v1.it": {"spec": {"template": {"spec": "${var.spec}"}}}},
        ),
        not_applicable=({"kubernetes_namespace_v1.it": {}},),
    ),
    Example(
        "CKV_ARQ_34",
        passes=(
            restricted(RESTRICTED),
            deployment({**IMAGE, "security_context": {**SAFE, **POD}}),
            restricted(RESTRICTED, host_network=False, volume=[{"name": "temporary", "empty_dir": {}}]),
            restricted(RESTRICTED, volume=[{"name": "it", "persistent_volume_claim": {}, "nfs": None}]),
            in_context(sysctl=[{"name": "net.ipv4.tcp_fin_timeout", "value": "10"}]),
            in_context(se_linux_options={"type": "container_t", "level": "s0"}),
        ),
        fails=(
            deployment(RESTRICTED),
            restricted(IMAGE),
            restricted(RESTRICTED, host_network=True),
            restricted(RESTRICTED, volume=[{"host_path": {"path": "/"}}]),
            restricted(RESTRICTED, volume=[{"name": "share", "nfs": {"path": "/", "server": "10.0.0.1"}}]),
            restricted(RESTRICTED, volume=[{"empty_dir": {}}, {"flex_volume": {"driver": "any"}}]),
            in_context(sysctl=[{"name": "kernel.msgmax", "value": "1"}]),
            in_context(se_linux_options={"type": "spc_t"}),
            in_context(se_linux_options={"user": "system_u"}),
            in_context(windows_options={"host_process": True}),
            restricted({**IMAGE, "security_context": {**SAFE, "se_linux_options": {"type": "spc_t"}}}),
            deployment(
                {**IMAGE, "security_context": {**SAFE, **POD}},
                security_context={"seccomp_profile": {"type": "Unconfined"}},
            ),
            restricted({**RESTRICTED, "readiness_probe": {"http_get": {"host": "10.0.0.1", "path": "/"}}}),
            restricted({**IMAGE, "security_context": {**SAFE, "privileged": True}}),
            restricted({**IMAGE, "security_context": {**SAFE, "run_as_user": "0"}}),
            restricted({**IMAGE, "security_context": {**SAFE, "run_as_non_root": False}}),
            restricted({**IMAGE, "security_context": {**SAFE, "capabilities": {"drop": ["KILL"]}}}),
            restricted(
                {**IMAGE, "security_context": {**SAFE, "capabilities": {"drop": ["ALL"], "add": ["KILL"]}}}
            ),
            restricted({**RESTRICTED, "port": [{"container_port": 80, "host_port": 80}]}),
            restricted(RESTRICTED, init_container=[IMAGE]),
            cron_job(RESTRICTED),
            {"kubernetes_stateful_set_v1.it": {}},
        ),
        unknown=(
            restricted(RESTRICTED, security_context={**POD, "run_as_non_root": "${var.it}"}),
            restricted(RESTRICTED, volume="${var.volumes}"),
            in_context(sysctl=[{"name": "${var.name}", "value": "1"}]),
            {"kubernetes_deployment_v1.it": {"spec": {"template": {"spec": "${var.spec}"}}}},
        ),
        not_applicable=({"kubernetes_namespace_v1.it": {}},),
    ),
)

REGRESSIONS: tuple[Regression, ...] = ()
