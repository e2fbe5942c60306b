"""How Terraform runs against offline AWS: by variables alone."""

from arqctl.core.terraform_cli import BINARY, terraform_name
from arqctl.offline.home import VARIABLE, Home


def offline_environment(home: Home) -> dict[str, str]:
    """The variables by which Terraform installs the stand-in from the mirror, and asks nobody anything."""
    return {
        BINARY: terraform_name(),
        "TF_CLI_CONFIG_FILE": str(home.cli_configuration),
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        VARIABLE: str(home.folder),
    }
