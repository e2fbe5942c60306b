"""Names that Kubernetes accepts for services and jobs."""

from constructs import Construct

from constructs_arq.core.errors import ConstructError

LONGEST_SERVICE = 63
"""The longest name of a Service. https://kubernetes.io/docs/concepts/overview/working-with-objects/names/"""
LONGEST_JOB = 52
"""The longest id of a Job: its name has at most 63 characters, of which a hash and its hyphen take 11."""
LONGEST_CRON_JOB = 52
"""The longest name of a CronJob, to which Kubernetes adds 11 characters for each job.

https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
"""


def require_short_name(scope: Construct, *, longest: int, why: str) -> None:
    """Refuse an id that makes a name too long.

    Raises:
        ConstructError: if the id of `scope` has more than `longest` characters.
    """
    name = scope.node.id
    if len(name) > longest:
        raise ConstructError(
            scope.node.path,
            f"the id must have at most {longest} characters, got {len(name)}: {why}",
            fix=f"Shorten it by {len(name) - longest}.",
        )


def require_service_name(scope: Construct, *, suffix: str = "") -> None:
    """Refuse an id that is no name of a Service, with `suffix`.

    Raises:
        ConstructError: if the id of `scope` is too long, or begins with another character than a letter.
    """
    name, longest = scope.node.id, LONGEST_SERVICE - len(suffix)
    require_short_name(
        scope, longest=longest, why=f"the name of a Service has at most {LONGEST_SERVICE} characters"
    )
    if not name[:1].isalpha():
        raise ConstructError(
            scope.node.path,
            f"the id must begin with a letter, because the name of a Service does, got {name[:1]!r}",
            fix="Put a letter first.",
        )
