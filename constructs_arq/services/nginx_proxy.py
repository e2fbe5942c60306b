"""The nginx pods of a gateway: their proxy settings, number, spread and termination."""

from collections.abc import Mapping

from constructs_arq.core.pod_group import PodGroup, most_pods
from constructs_arq.core.scaling import ScalingPolicy
from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.platform.pod_settings import Resources
from constructs_arq.services import nginx_settings as nginx

_RESOURCES = Resources(cpu="250m", memory="256Mi")
_CONTAINER: Mapping[str, Json] = {
    "lifecycle": {"preStop": {"exec": {"command": list(nginx.drain_command())}}},
    "resources": _RESOURCES.values(),
}


def nginx_proxy(
    labels: Mapping[str, str], *, trusted_range: str, scaling: ScalingPolicy
) -> Mapping[str, Json]:
    """Return the NginxProxy of pods with these labels, which believe `X-Forwarded-For` of `trusted_range`.

    https://docs.nginx.com/nginx-gateway-fabric/how-to/data-plane-configuration/
    """
    return {
        "ipFamily": "ipv4",
        "disableSNIHostValidation": True,
        "serverTokens": "off",
        "rewriteClientIP": {
            "mode": "XForwardedFor",
            "setIPRecursively": True,
            "trustedAddresses": [{"type": "CIDR", "value": trusted_range}],
        },
        "logging": {
            "errorLevel": "warn",
            "accessLog": {"format": nginx.access_log_format(), "escape": "json"},
        },
        "kubernetes": {
            "service": {"type": "ClusterIP"},
            "deployment": {
                "autoscaling": _autoscaling(scaling),
                "pod": _pod(labels),
                "container": _CONTAINER,
            },
        },
    }


def nginx_pods(name: str, scaling: ScalingPolicy) -> PodGroup:
    """Return the pods at their largest number, during an update."""
    return _RESOURCES.pods(name, most=most_pods(scaling.max_size))


def _pod(labels: Mapping[str, str]) -> Mapping[str, Json]:
    return {
        "terminationGracePeriodSeconds": nginx.DEREGISTRATION_SECONDS + nginx.SHUTDOWN_SECONDS + 5,
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": key,
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": labels},
            }
            for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ],
    }


def _autoscaling(scaling: ScalingPolicy) -> Mapping[str, Json]:
    targets = {
        "targetCPUUtilizationPercentage": scaling.target_cpu_percent,
        "targetMemoryUtilizationPercentage": scaling.target_memory_percent,
    }
    return {
        "enable": True,
        "minReplicas": scaling.min_size,
        "maxReplicas": scaling.max_size,
        **{name: value for name, value in targets.items() if value is not None},
    }
