"""All planted defects."""

from tests.arqctl.offline.defects import (
    cluster,
    database,
    edge,
    identity,
    network,
    observability,
    scaling,
    storage,
    wiring,
)

DEFECTS = tuple(
    defect
    for area in (wiring, network, database, cluster, identity, edge, storage, scaling, observability)
    for defect in area.DEFECTS
)
