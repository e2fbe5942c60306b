"""Print the test paths of source paths: `select_tests.py constructs_arq/data`, or `--changed-since main`."""

import argparse
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
SNAPSHOTS = ("tests/environments/test_snapshots.py", "tests/environments/test_addresses.py")
DOCUMENTATION = tuple(f"tests/test_{name}.py" for name in ("docs", "prose", "readme", "repository"))


def main() -> None:
    """Print one line with the selected paths, separated by spaces."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a source file or folder")
    parser.add_argument("--changed-since", metavar="REF", help="select by what differs from this branch")
    arguments = parser.parse_args()
    paths = arguments.paths + (changed_paths(arguments.changed_since) if arguments.changed_since else [])
    selected = {test for path in paths for test in tests_of(Path(path))}
    print(*sorted(without_nested(selected)))


def changed_paths(ref: str) -> list[str]:
    """Return the files that differ from the merge base with `ref`, uncommitted and untracked ones too."""
    base = git("merge-base", "HEAD", ref)[0]
    return git("diff", "--name-only", base) + git("ls-files", "--others", "--exclude-standard")


def git(*arguments: str) -> list[str]:
    """Return the output lines of a git command."""
    command = ["git", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()


def tests_of(path: Path) -> tuple[str, ...]:
    """Return the test files and folders that cover a source path."""
    match path.parts:
        case ("tests", *_):
            return (existing(path if path.name.startswith("test_") else path.parent),)
        case ("constructs_arq", *inner):
            return (existing(Path("tests", *inner[:1])), *SNAPSHOTS)
        case ("arqctl", *inner):
            return (existing(Path("tests", "arqctl", *inner[:1])),)
        case ("environments" | "examples" | "policies" as package, *_):
            return (f"tests/{package}",)
        case (".github", *_) | (".gitlab-ci.yml",):
            return ("tests/workflows",)
        case _:
            return DOCUMENTATION


def existing(path: Path) -> str:
    """Return the path, or the nearest folder above that exists."""
    while not (ROOT / path).exists():
        path = path.parent
    return str(path)


def without_nested(paths: set[str]) -> set[str]:
    """Return the paths without those inside another."""
    return {path for path in paths if not any(str(above) in paths for above in Path(path).parents)}


if __name__ == "__main__":
    main()
