import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from constructs_arq.cluster.access import AccessConfig
from constructs_arq.cluster.config import ClusterConfig
from constructs_arq.cluster.instance_types import OperatingSystem, ami_type
from constructs_arq.cluster.node_group import Capacity, NodeGroupConfig
from constructs_arq.cluster.node_schedule import ScheduledNodes
from constructs_arq.core.config import collect_problems
from constructs_arq.core.errors import ConfigError
from tests.cluster.cluster_builders import CONFIG, DEPLOYER


def cluster(**values: object) -> ClusterConfig:
    return ClusterConfig(
        **{"version": "1.35", "access": CONFIG.access, "node_groups": CONFIG.node_groups, **values}
    )


def rejection(**values: object) -> str:
    with pytest.raises(ConfigError) as error:
        cluster(**values)
    return str(error.value)


@pytest.mark.parametrize(
    "cidr", ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "20.0.0.0/8", "::/0", "2001:db8::/64"]
)
def test_wide_api_ranges_are_rejected(cidr: str) -> None:
    text = rejection(public_access_cidrs=("203.0.113.0/24", cidr))
    assert "public_access_cidrs.1" in text
    assert cidr in text


def test_at_least_one_admin_is_required() -> None:
    with pytest.raises(ConfigError, match="admins"):
        AccessConfig(admins=())


def test_access_entries_are_unique_roles() -> None:
    with pytest.raises(ConfigError, match="duplicates: deployer") as error:
        AccessConfig(admins=(DEPLOYER,), viewers=("Deployer",))
    assert "Keep each role only in the list with the most permissions" in str(error.value)


@pytest.mark.parametrize("role", ["arn:aws:iam::111122223333:role/alice", "people/alice", ""])
def test_roles_are_names_without_arn_and_path(role: str) -> None:
    with pytest.raises(ConfigError, match=r"operators\.0"):
        AccessConfig(admins=(DEPLOYER,), operators=(role,))


def test_at_least_one_node_group_is_required() -> None:
    assert "node_groups" in rejection(node_groups={})


def test_node_group_names_leave_room_for_the_terraform_suffix() -> None:
    longest, too_long = "a" * 36, "a" * 37
    cluster(node_groups={longest: CONFIG.node_groups["system"]})
    assert too_long in rejection(node_groups={too_long: CONFIG.node_groups["system"]})


@pytest.mark.parametrize(
    ("instance_types", "fix"),
    [
        (("m7i.large", "m7g.large"), "Use types of one of them"),
        (("m7i.large", "m7i.large"), "Remove the repeated type"),
        (("g5.xlarge",), "Use a Karpenter node pool for g5.xlarge"),
        (("m7i",), 'Write it like "m7g.large"'),
        ((), 'Add one, such as "m7g.large"'),
        (tuple(f"m{generation}i.large" for generation in range(1, 22)), "at most 20"),
    ],
)
def test_instance_types_must_share_one_standard_image(instance_types: tuple[str, ...], fix: str) -> None:
    with pytest.raises(ConfigError, match="instance_types") as error:
        NodeGroupConfig(instance_types=instance_types, nodes=2)
    assert fix in str(error.value)


def test_spot_needs_three_instance_types() -> None:
    with pytest.raises(ConfigError, match="at least 3 instance types"):
        NodeGroupConfig(instance_types=("m7i.large", "m6i.large"), capacity=Capacity.SPOT, nodes=2)
    NodeGroupConfig(instance_types=("m7i.large", "m6i.large", "m6a.large"), capacity=Capacity.SPOT, nodes=2)


@pytest.mark.parametrize(
    ("instance_type", "architecture"),
    [
        ("t3.medium", "x86_64"),
        ("m7i-flex.large", "x86_64"),
        ("r6idn.2xlarge", "x86_64"),
        ("u-6tb1.metal", "x86_64"),
        ("t4g.small", "ARM_64"),
        ("c7gn.16xlarge", "ARM_64"),
        ("im4gn.large", "ARM_64"),
        ("is4gen.medium", "ARM_64"),
        ("x2gd.metal", "ARM_64"),
        ("a1.large", "ARM_64"),
    ],
)
def test_the_image_matches_the_architecture_of_the_instance_types(
    instance_type: str, architecture: str
) -> None:
    NodeGroupConfig(instance_types=(instance_type,), nodes=2)
    assert ami_type(OperatingSystem.AL2023, [instance_type]) == f"AL2023_{architecture}_STANDARD"
    assert ami_type(OperatingSystem.BOTTLEROCKET, [instance_type]) == f"BOTTLEROCKET_{architecture}"


@given(text=st.text(max_size=20))
def test_invalid_instance_types_are_rejected(text: str) -> None:
    assume(not re.fullmatch(r"[a-z0-9-]+\.[a-z0-9-]+", text))
    with pytest.raises(ConfigError) as error:
        NodeGroupConfig(instance_types=(text,), nodes=2)
    assert [problem.path for problem in error.value.problems] == ["instance_types.0"]


def test_all_problems_are_reported_at_once_with_their_path() -> None:
    with pytest.raises(ConfigError) as error, collect_problems("test"):
        cluster(
            version="1.20",
            public_access_cidrs=("0.0.0.0/0",),
            node_groups={"system": NodeGroupConfig(instance_types=("nonsense",), nodes=2)},
            log_retention_days=6,
            addon_versions={"no-such-addon": "v1"},
        )
    assert {problem.path.split(".")[0] for problem in error.value.problems} == {
        "version",
        "public_access_cidrs",
        "node_groups",
        "log_retention_days",
        "addon_versions",
    }
    assert "node_groups.system.instance_types.0" in {problem.path for problem in error.value.problems}


@pytest.mark.parametrize("names", [("night",), ("night", "night")])
def test_a_schedule_needs_two_entries_with_different_names(names: tuple[str, ...]) -> None:
    schedule = tuple(ScheduledNodes(name=name, cron="0 20 * * *", nodes=0) for name in names)
    with pytest.raises(ConfigError, match="at least two entries with different names"):
        NodeGroupConfig(instance_types=("m7i.large",), nodes=2, schedule=schedule)


def test_a_pinned_release_must_be_of_the_version_of_the_cluster() -> None:
    nodes = CONFIG.node_groups["system"].model_copy(update={"release": "1.34.2-20260101"})
    assert "node group system has release 1.34.2-20260101" in rejection(node_groups={"system": nodes})
    bottlerocket = nodes.model_copy(
        update={"release": "1.57.0-beaadc52", "operating_system": OperatingSystem.BOTTLEROCKET}
    )
    cluster(node_groups={"system": bottlerocket})
