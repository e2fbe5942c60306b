"""The database connections of all pods of a stack."""

from collections.abc import Iterator, Sequence

from constructs import ConstructOrder, IConstruct

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.pod_group import PodGroup
from constructs_arq.core.protocols import Grantee
from constructs_arq.data.login import Login
from constructs_arq.services.capacity import ConnectionPool
from constructs_arq.services.cron_job import CronJob
from constructs_arq.services.job import Job
from constructs_arq.services.web_service import WebService
from constructs_arq.services.worker import Worker

_WITH_IDENTITY = (WebService, Worker, Job, CronJob)


def find_pools(root: IConstruct, logins: Sequence[Login]) -> Sequence[ConnectionPool]:
    """Return the pools of a database's logins, with the number of pods that `root` runs for each.

    A login without pods in `root` is one client.

    Raises:
        ConstructError: if a login has no pool_size, so that no check counts its connections.
    """
    programs = list(_find_programs(root))
    return [_make_pool(root, login, programs) for login in logins]


def _find_programs(root: IConstruct) -> Iterator[tuple[Grantee, PodGroup]]:
    for construct in root.node.find_all(ConstructOrder.PREORDER):
        if isinstance(construct, _WITH_IDENTITY):
            for group in construct.pod_groups:
                yield construct.identity, group


def _make_pool(
    root: IConstruct, login: Login, programs: Sequence[tuple[Grantee, PodGroup]]
) -> ConnectionPool:
    groups = [group for identity, group in programs if identity is login.grantee]
    name = groups[0].name if groups else login.user
    if login.pool_size is None:
        raise ConstructError(
            root.node.path,
            f"{name} may log in to a database as {login.user}, and its connections are not stated",
            fix=f'Set the most connections of a pod: grant_connect(…, user="{login.user}", pool_size=…).',
        )
    pods = sum(group.pods for group in groups) or 1
    return ConnectionPool(name=name, pods=pods, connections=login.pool_size)
