"""Registration of a service's pods in a target group."""

from constructs import Construct

from constructs_arq.kubernetes.content_hash import content_hash
from constructs_arq.kubernetes.custom_objects import CustomObject

READINESS_GATES = {"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled"}
"""Labels of a namespace whose pods are unready until the load balancer sends them requests.

https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/
"""


def target_group_binding(
    scope: Construct, *, name: str, namespace: str, service: str, port: int, target_group_arn: str
) -> CustomObject:
    """Return the object with which the AWS Load Balancer Controller registers the pods of `service`.

    The controller refuses another target group for an existing binding, so the name has a hash of it. Create
    it before the pods: the controller adds readiness gates only to pods that start after it.
    https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/v3.5.0/webhooks/elbv2/targetgroupbinding_validator.go
    """
    targets_hash = content_hash(scope, "targets", {"arn": target_group_arn})
    return CustomObject(
        api_version="elbv2.k8s.aws/v1beta1",
        kind="TargetGroupBinding",
        name=f"{name}-{targets_hash}",
        namespace=namespace,
        spec={
            "serviceRef": {"name": service, "port": port},
            "targetGroupARN": target_group_arn,
            "targetType": "ip",
        },
    )
