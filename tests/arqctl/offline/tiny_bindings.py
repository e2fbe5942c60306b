"""Minimal packages of bindings."""

import base64
import io
import json
import tarfile
from pathlib import Path

from arqctl.offline.bindings import Binding

TINY = {"name": "registry.terraform.io/arq/tiny", "version": "4.5.6"}


def install_bindings(package: Path, files: dict[str, bytes]) -> Binding:
    """Make a package of bindings with these files in its tarball."""
    (package / "_jsii").mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('must not be imported')")
    tarball = package / "_jsii/provider-tiny@1.2.3.jsii.tgz"
    with tarfile.open(tarball, "w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return Binding(package.name, "1.2.3", tarball)


def tiny_files(modules: dict[str, str]) -> dict[str, bytes]:
    """Return the files of a tarball with these submodules, given as TypeScript."""
    files = {"package/package.json": json.dumps({"cdktn": {"provider": TINY}}).encode()}
    for name, text in modules.items():
        sources = base64.b64encode(json.dumps({"sourcesContent": [text]}).encode())
        marker = b"//# sourceMappingURL=data:application/json;base64,"
        files[f"package/lib/{name}/index.js"] = marker + sources
    return files
