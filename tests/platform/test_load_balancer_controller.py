import pytest

from constructs_arq.platform.load_balancer_controller import LoadBalancerController
from constructs_arq.platform.support_matrix import Chart
from tests.platform.addon_stack import Values, synthesize_addons, values_of
from tests.support import Synthesized


def _synthesize(*, protected: bool = True) -> Synthesized:
    return synthesize_addons(
        lambda stack, target, _: LoadBalancerController(stack, "controller", target=target),
        protected=protected,
    )


@pytest.fixture(scope="module")
def values() -> Values:
    return values_of(_synthesize(), Chart.AWS_LOAD_BALANCER_CONTROLLER)


def test_it_runs_as_the_workload_that_may_register_pods(values: Values) -> None:
    association = _synthesize().one(
        "aws_eks_pod_identity_association",
        "cluster/workloads/kube-system/aws-load-balancer-controller/Default",
    )
    account = (association["namespace"], association["service_account"])
    assert account == ("kube-system", values["serviceAccount"]["name"])
    assert values["serviceAccount"]["create"] is True


def test_it_needs_no_instance_metadata(values: Values) -> None:
    assert values["region"] == "eu-west-1"
    assert values["vpcId"].startswith("${aws_vpc.")


def test_it_makes_no_load_balancers(values: Values) -> None:
    gates = values["controllerConfig"]["featureGates"]
    assert not any(gates[name] for name in ("EnableServiceController", "ALBGatewayAPI", "NLBGatewayAPI"))
    assert values["createIngressClassResource"] is False
    assert values["enableBackendSecurityGroup"] is False


def test_services_and_upgrades_do_not_depend_on_its_webhooks(values: Values) -> None:
    assert values["enableServiceMutatorWebhook"] is False
    assert values["keepTLSSecret"] is True


def test_its_pods_are_restricted(values: Values) -> None:
    context = values["securityContext"]
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    assert (context["runAsNonRoot"], context["readOnlyRootFilesystem"]) == (True, True)


@pytest.mark.parametrize(("protected", "replicas"), [(True, 2), (False, 1)])
def test_protected_environments_have_a_second_replica(protected: bool, replicas: int) -> None:
    values = values_of(_synthesize(protected=protected), Chart.AWS_LOAD_BALANCER_CONTROLLER)
    assert values["replicaCount"] == replicas
