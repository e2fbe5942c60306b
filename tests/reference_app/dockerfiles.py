"""Reads Dockerfiles, and builds them with buildah on empty bases, without a registry and a network."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
NAMES = ("api", "backup", "database", "migrator", "web")


@dataclass(frozen=True)
class Dockerfile:
    """The instructions of a Dockerfile, without comments and continued lines."""

    name: str

    @property
    def folder(self) -> Path:
        """The context of the build."""
        return ROOT / "services" / self.name

    @property
    def instructions(self) -> list[tuple[str, str]]:
        """Pairs of keyword and arguments."""
        text = re.sub(r"^#.*\n", "", (self.folder / "Dockerfile").read_text(), flags=re.MULTILINE)
        lines = re.sub(r"\\\n\s*", " ", text).splitlines()
        return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines if line]

    @property
    def bases(self) -> list[str]:
        """The images of the stages."""
        return [arguments.split()[0] for keyword, arguments in self.instructions if keyword == "FROM"]

    @property
    def last_stage(self) -> list[tuple[str, str]]:
        """The instructions of the image that is published."""
        start = max(i for i, (keyword, _) in enumerate(self.instructions) if keyword == "FROM")
        return self.instructions[start:]

    def arguments(self, keyword: str) -> list[str]:
        """Return the arguments of a keyword in the last stage."""
        return [arguments for each, arguments in self.last_stage if each == keyword]

    def copied_sources(self) -> Iterator[Path]:
        """Yield the files and folders that a build copies from its contexts."""
        for keyword, arguments in self.instructions:
            words = arguments.split()
            if keyword == "COPY" and words[0] == "--from=repository":
                yield from (ROOT / word for word in words[1:-1])
            elif keyword == "COPY" and not words[0].startswith("--from"):
                yield from (self.folder / word for word in words[:-1])


def build(dockerfile: Dockerfile, work: Path, results: Mapping[str, str]) -> tuple[dict[str, Any], Path]:
    """Build the image, and return its configuration and its files.

    The bases are empty, so no program runs. `results` are the files that programs of the first stage write,
    and its downloads. The instructions of the last stage are those of the Dockerfile, except RUN.
    """
    storage = ["--root", work / "root", "--runroot", work / "run", "--storage-driver", "vfs"]

    def buildah(*arguments: object) -> str:
        command = [shutil.which("buildah") or "buildah", *storage, *arguments]
        ran = subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, check=False, timeout=120
        )
        assert ran.returncode == 0, ran.stderr[-2000:]
        return ran.stdout.strip()

    first = work / "first"
    for name, content in results.items():
        (first / name.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
        (first / name.lstrip("/")).write_text(content)
    first.mkdir(exist_ok=True)
    (first / "base").write_text("")
    (first / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    isolated = ("--isolation", "chroot", "--pull-never", "--format", "docker")
    buildah("build", *isolated, "--tag", "first", first)
    lines = [f"{keyword} {arguments}" for keyword, arguments in dockerfile.last_stage if keyword != "RUN"]
    if len(dockerfile.bases) > 1:
        lines.insert(0, f"FROM {dockerfile.bases[0]} AS build")
    (work / "Dockerfile").write_text("\n".join(lines) + "\n")
    bases = [
        word
        for base in dockerfile.bases
        for word in ("--build-context", f"{base}=container-image://localhost/first")
    ]
    contexts = [*bases, "--build-context", f"repository={ROOT}"]
    buildah(
        "build",
        *isolated,
        *contexts,
        "--file",
        work / "Dockerfile",
        "--tag",
        dockerfile.name,
        dockerfile.folder,
    )
    configuration = json.loads(buildah("inspect", "--type", "image", dockerfile.name))["Docker"]["config"]
    return configuration, Path(buildah("mount", buildah("from", dockerfile.name)))
