"""Checks Python, its virtual environment and the packages that are installed there."""

import importlib.util
import platform
import re
import sys
from importlib import metadata
from pathlib import Path

from arqctl.doctor.check import Check, Status

PACKAGES = ("cdktf", "cdktf-cdktf-provider-aws", "checkov")
# The packages of the extras, by import name.
_OFFLINE = ("botocore", "cfnlint", "cryptography", "grpc", "msgpack", "platformdirs")
_AWS = ("boto3", "dns")
_LOCK = Path("requirements.lock")
_SETUP = "make setup"


def check_python() -> Check:
    """Check that the venv is activated; pip itself refuses a Python that is too old."""
    name, found, venv = "Python", platform.python_version(), Path(".venv")
    if venv.is_dir() and Path(sys.prefix).resolve() != venv.resolve():
        return Check(name, Status.WARN, f"{found} of {sys.prefix}, not of .venv", "source .venv/bin/activate")
    return Check(name, Status.OK, found)


def check_package(name: str) -> Check:
    """Check that a package is installed, and has the locked version if there is a lock."""
    locked = _locked_versions().get(name)
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        fix = _SETUP if locked else "pip install 'arqctl[gate]'"
        return Check(name, Status.MISSING, "not installed", fix)
    if locked in {None, version}:
        return Check(name, Status.OK, version)
    return Check(name, Status.WARN, f"{version}, but {_LOCK} has {locked}", f"touch {_LOCK} && {_SETUP}")


def _locked_versions() -> dict[str, str]:
    if not _LOCK.is_file():
        return {}
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", _LOCK.read_text(encoding="utf-8"), re.MULTILINE))


def check_offline_extra() -> Check:
    """Check the extra `offline`, which only offline AWS needs."""
    return _extra("offline AWS", "offline", _OFFLINE)


def check_aws_extra() -> Check:
    """Check the extra `aws`, which only commands that call AWS need."""
    return _extra("AWS's API", "aws", _AWS)


def _extra(name: str, extra: str, packages: tuple[str, ...]) -> Check:
    missing = [each for each in packages if importlib.util.find_spec(each) is None]
    if missing:
        found = f"{', '.join(missing)} not installed: {name} needs them"
        return Check(name, Status.WARN, found, f"pip install 'arqctl[{extra}]'")
    return Check(name, Status.OK, "installed")
