"""The step that deletes a database's replica in another region. The next deployment makes it again."""

from arqctl.runbook.databases import Database
from arqctl.runbook.instance import delete, describe
from arqctl.runbook.page import Step
from arqctl.runbook.terraform import remove_from_state, terraform


def delete_region_replica(replica: Database) -> Step:
    """Return the step. It stops before a promoted instance, which is the database of the environment."""
    return Step(
        f"Delete `{replica.identifier}` in {replica.region}, which follows the present instance. If the "
        "first command prints null, it is promoted and serves requests: stop. No failover to that region is "
        "possible until the deployment below has made it again, which takes hours for a large database.",
        (
            describe(replica, replica.identifier, "ReadReplicaSourceDBInstanceIdentifier"),
            *delete(replica, replica.identifier),
            terraform(replica.stack, "init -input=false"),
            remove_from_state(replica.stack, replica.address),
        ),
    )
