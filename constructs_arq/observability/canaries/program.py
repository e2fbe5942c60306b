"""The code of the canaries as a zip file."""

from pathlib import Path

from cdktf import AssetType, TerraformAsset

from constructs_arq.core.code_archive import make_archive
from constructs_arq.core.stack import Stack

_CODE = Path(__file__).parent / "code"
_ASSET_ID = "canary-code"


def program_path(stack: Stack, runtime: str) -> str:
    """Return the path of the zip file in the stack's folder, where synthesis copies it.

    Terraform compares only the path, so it contains a hash of the code, and the runtime: without new code,
    Synthetics rejects a change of the runtime.
    https://github.com/hashicorp/terraform-provider-aws/issues/46792
    Runtimes from 11.0 on find the handler in the root of the file.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_WritingCanary_Nodejs_Pup.html
    """
    existing = stack.node.try_find_child(_ASSET_ID)
    if isinstance(existing, TerraformAsset):
        return existing.path
    archive = make_archive(runtime, {each.name: each.read_bytes() for each in _CODE.glob("*.js")})
    return TerraformAsset(stack, _ASSET_ID, path=str(archive.path), type=AssetType.FILE).path
