"""The tables of node images: arqctl never imports the library, so it has its own."""

import itertools

import pytest

from arqctl.core.node_images import is_node_image, node_image, release_parameter
from constructs_arq.cluster import node_release
from constructs_arq.cluster.instance_types import OperatingSystem, ami_type
from constructs_arq.core.instance_types import Architecture

IMAGES = list(itertools.product(OperatingSystem, Architecture))
TYPES = {Architecture.ARM64: "m7g.large", Architecture.X86_64: "m7i.large"}


@pytest.mark.parametrize(("system", "architecture"), IMAGES)
def test_arqctl_reads_the_parameters_that_node_groups_read(
    system: OperatingSystem, architecture: Architecture
) -> None:
    expected = node_release._PARAMETERS[system].format(version="1.35", architecture=architecture)
    assert release_parameter(f"{system}-{architecture}", kubernetes="1.35") == expected


@pytest.mark.parametrize(("system", "architecture"), IMAGES)
def test_arqctl_knows_the_image_of_each_node_group(
    system: OperatingSystem, architecture: Architecture
) -> None:
    image = node_image(ami_type(system, [TYPES[architecture]]))
    assert image == f"{system}-{architecture}"
    assert is_node_image(image)


def test_other_images_have_no_published_release() -> None:
    assert node_image("CUSTOM") == ""
    assert not is_node_image("coredns")
