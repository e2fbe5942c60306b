"""PostgreSQL parameter groups."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_parameter_group import DbParameterGroup, DbParameterGroupParameter
from constructs import Construct

from constructs_arq.core.stack import Stack, logical_name

_SLOW_MILLISECONDS = "1000"
_PARAMETERS = {
    "rds.force_ssl": "1",
    "log_connections": "1",
    "log_disconnections": "1",
    "log_lock_waits": "1",
    "log_statement": "ddl",
    "log_min_duration_statement": _SLOW_MILLISECONDS,
}


class ParameterGroup(Construct):
    """A parameter group that requires TLS and logs sessions, schema changes, slow statements and lock waits.

    The name contains the family: a new major version creates a new group before it deletes the old one, which
    the database may still use. All parameters take effect without a restart.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html
    """

    def __init__(self, scope: Construct, id: str, *, version: str) -> None:
        super().__init__(scope, id)
        family = f"postgres{version}"
        group = DbParameterGroup(
            self,
            "Default",
            name_prefix=f"{Stack.of(self).physical_name(logical_name(scope))}-{family}-",
            family=family,
            description=f"{family} with TLS required and slow statements logged",
            parameter=[
                DbParameterGroupParameter(name=name, value=value) for name, value in _PARAMETERS.items()
            ],
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self.name: str = group.name
