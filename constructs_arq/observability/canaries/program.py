"""The code of the canaries as a zip file."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from cdktf import AssetType, TerraformAsset

from constructs_arq.core.stack import Stack

_CODE = Path(__file__).parent / "code"
_ASSET_ID = "canary-code"
# Zip files have no earlier date. Equal code must give an equal file.
_DATE = (1980, 1, 1, 0, 0, 0)


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
    return TerraformAsset(stack, _ASSET_ID, path=str(_make_zip(runtime)), type=AssetType.FILE).path


@cache
def _make_zip(runtime: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="canary-code-"))
    # cdktf copies the file at synthesis.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / f"{runtime}.zip"
    with ZipFile(path, "w", ZIP_STORED) as file:
        for each in sorted(_CODE.glob("*.js")):
            entry = ZipInfo(each.name, _DATE)
            entry.external_attr = 0o644 << 16
            file.writestr(entry, each.read_bytes())
    return path
