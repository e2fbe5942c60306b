"""Reads arguments that expose a resource to the internet or disable authentication."""

from collections.abc import Iterator
from dataclasses import dataclass

from arqctl.core.json_access import KNOWN_AFTER_APPLY
from arqctl.plan.access.permission import ChangeSide, Kind, Permission, Reader
from arqctl.plan.access.policies import EVERYONE

_REACH = "reach it from the internet"
_UNASKED = "use it without signing in"


@dataclass(frozen=True, slots=True)
class _Switch:
    """An argument's path, and the values that open it to everyone."""

    path: str
    opens: tuple[str, ...]
    what: str


_PUBLIC = _Switch("publicly_accessible", ("true",), _REACH)
_FACING = _Switch("internal", ("false",), _REACH)
_ADDRESS = _Switch("associate_public_ip_address", ("true",), _REACH)
_SWITCHES: dict[str, tuple[_Switch, ...]] = {
    "aws_alb": (_FACING,),
    "aws_api_gateway_method": (_Switch("authorization", ("NONE",), _UNASKED),),
    "aws_apigatewayv2_route": (_Switch("authorization_type", ("NONE", ""), _UNASKED),),
    "aws_appsync_graphql_api": (
        _Switch("authentication_type", ("API_KEY",), "use it with a key that all share"),
    ),
    "aws_cognito_identity_pool": (
        _Switch("allow_unauthenticated_identities", ("true",), "get an identity without signing in"),
    ),
    "aws_cognito_user_pool": (
        _Switch("admin_create_user_config.allow_admin_create_user_only", ("false",), "sign up on their own"),
    ),
    "aws_db_instance": (_PUBLIC,),
    "aws_dms_replication_instance": (_PUBLIC,),
    "aws_docdb_cluster_instance": (_PUBLIC,),
    "aws_elasticache_user": (_Switch("no_password_required", ("true",), "sign in without a password"),),
    "aws_elb": (_FACING,),
    "aws_instance": (_ADDRESS,),
    "aws_launch_configuration": (_ADDRESS,),
    "aws_lb": (_FACING,),
    "aws_mq_broker": (_PUBLIC,),
    "aws_msk_cluster": (
        _Switch(
            "broker_node_group_info.connectivity_info.public_access.type", ("SERVICE_PROVIDED_EIPS",), _REACH
        ),
        _Switch("client_authentication.unauthenticated", ("true",), _UNASKED),
    ),
    "aws_neptune_cluster_instance": (_PUBLIC,),
    "aws_rds_cluster_instance": (_PUBLIC,),
    "aws_redshift_cluster": (_PUBLIC,),
    "aws_redshiftserverless_workgroup": (_PUBLIC,),
    "aws_subnet": (_Switch("map_public_ip_on_launch", ("true",), _REACH),),
    "aws_transfer_server": (_Switch("endpoint_type", ("PUBLIC",), _REACH),),
}


def _read(side: ChangeSide) -> Iterator[Permission]:
    for switch in _SWITCHES[side.type]:
        for block, name in side.values.within(switch.path):
            value = block.text(name)
            if value == KNOWN_AFTER_APPLY and side.is_created:
                continue  # AWS chooses it: an unset argument, which isn't public by default
            if value in (*switch.opens, KNOWN_AFTER_APPLY):
                what = KNOWN_AFTER_APPLY if value == KNOWN_AFTER_APPLY else switch.what
                yield Permission(Kind.PUBLIC_ACCESS, side.scope(side.address), EVERYONE, what, side.address)


READERS: dict[str, Reader] = dict.fromkeys(_SWITCHES, _read)
