"""Print the test paths of source paths: `select_tests.py constructs_arq/data`, or `--changed-since main`."""

import argparse
import subprocess
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
SNAPSHOTS = ("tests/environments/test_snapshots.py", "tests/environments/test_addresses.py")
DOCUMENTATION = ("tests/test_docs.py", "tests/test_readme.py", "tests/test_prose.py")
SETUP = ("tests/test_setup.py", "tests/test_packaging.py")


def main() -> None:
    """Print one line with the selected paths, separated by spaces. Exit with 2 if a path does not exist."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a source file or folder")
    parser.add_argument("--changed-since", metavar="REF", help="select by what differs from this branch")
    arguments = parser.parse_args()
    missing = [path for path in arguments.paths if not (ROOT / path).exists()]
    if missing:
        parser.error(f"no such file or folder: {', '.join(missing)}")
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
    tests: tuple[str, ...] = DOCUMENTATION
    match path.parts:
        case ("tests", "snapshots" | "addresses", *_):
            tests = SNAPSHOTS
        case ("tests", *_):
            tests = (existing(path if path.name.startswith("test_") else path.parent),)
        case (*_, "pyproject.toml") | ("Makefile" | "requirements.lock",) | ("scripts", *_):
            tests = SETUP
        case ("constructs_arq", package, *_) if (ROOT / "tests" / package).is_dir():
            tests = (f"tests/{package}", *SNAPSHOTS)
        case ("arqctl", package, *_) if (ROOT / "tests/arqctl" / package).is_dir():
            tests = tuple(f"tests/arqctl/{each}" for each in (package, *dependents(package)))
        case ("constructs_arq" | "arqctl", *_):
            tests = ("tests",)
        case ("policies" | "environments" | "examples" as package, *_):
            tests = (f"tests/{package}", "tests/environments")
        case ("services", *_) | ("compose.yaml",):
            tests = ("tests/reference_app",)
        case (".github" | ".gitlab", *_) | (".gitlab-ci.yml",):
            tests = ("tests/workflows",)
    return tests


def dependents(package: str) -> list[str]:
    """Return the packages of arqctl that import this one, directly or indirectly, and have tests."""
    modules = grimp.build_graph("arqctl").find_downstream_modules(f"arqctl.{package}", as_package=True)
    packages = {module.split(".")[1] for module in modules if "." in module}
    return sorted(each for each in packages if (ROOT / "tests/arqctl" / each).is_dir())


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
