"""Runs all checks of this machine."""

from arqctl.doctor.check import Check
from arqctl.doctor.machine.jsii_cache import check_jsii_cache
from arqctl.doctor.machine.programs import (
    check_cdktf_cli,
    check_git,
    check_node,
    check_terraform,
    check_terraform_configuration,
)
from arqctl.doctor.machine.python_packages import (
    PACKAGES,
    check_aws_extra,
    check_offline_extra,
    check_package,
    check_python,
)


def check_machine() -> list[Check]:
    """Check all prerequisites in the current folder and environment."""
    return [
        check_python(),
        *map(check_package, PACKAGES),
        check_node(),
        check_cdktf_cli(),
        check_terraform(),
        check_terraform_configuration(),
        check_offline_extra(),
        check_aws_extra(),
        check_jsii_cache(),
        check_git(),
    ]
