"""The two tables of published parameters: arqctl never imports the library, so it has its own."""

import itertools

from arqctl.versions import node_releases
from constructs_arq.cluster import node_release
from constructs_arq.cluster.instance_types import OperatingSystem
from constructs_arq.core.instance_types import Architecture


def test_the_command_reads_the_parameters_that_node_groups_read() -> None:
    library = {
        f"{system}-{architecture}": node_release._PARAMETERS[system].format(
            version="1.35", architecture=architecture
        )
        for system, architecture in itertools.product(OperatingSystem, Architecture)
    }
    command = {
        image: parameter.format(kubernetes="1.35") for image, parameter in node_releases._PARAMETERS.items()
    }
    assert command == library
