"""PostgreSQL's programs for a user that may be root: PostgreSQL itself refuses to run as root."""

from pathlib import Path

from tests.arqctl.database.postgres_server import server_user

_AS_OTHER_USER = """#!/bin/sh
# -D names the folder of the data.
[ "$1" = -D ] || exit 1
mkdir -p "$2"
chown {user} "$2"
chmod a+rx "$(dirname "$2")"
cd /
exec runuser --user {user} -- {program} "$@"
"""


def make_programs(folder: Path, installed: Path) -> Path:
    """Return a folder with the programs, those of the server as another user if needed."""
    user = server_user()
    if user is None:
        return installed
    folder.mkdir()
    for program in installed.iterdir():
        own = folder / program.name
        if program.name in {"initdb", "pg_ctl"}:
            own.write_text(_AS_OTHER_USER.format(user=user, program=program))
            own.chmod(0o755)
        else:
            own.symlink_to(program)
    return folder
