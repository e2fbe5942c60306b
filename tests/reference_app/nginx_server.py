"""Debian's nginx on loopback, with configurations of the project."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.reference_app.ports import free_port, wait_for_port

SERVICES = Path(__file__).parents[2] / "services"
_MAIN = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    include /etc/nginx/mime.types;
    {temporary}
    include {folder}/server.conf;
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@contextmanager
def running_front(*, api: int, web: int) -> Iterator[tuple[str, Path]]:
    """Start nginx with the local configuration in front of two ports. Yield its URL and its log."""
    folder, port = Path(tempfile.mkdtemp(prefix="arq-front-")), free_port()
    replaced = {
        "listen 8080;": f"listen 127.0.0.1:{port};",
        "/dev/stdout": f"{folder}/access.log",
        "server api:8080;": f"server 127.0.0.1:{api};",
        "server web:8080;": f"server 127.0.0.1:{web};",
    }
    with _running(folder, SERVICES / "nginx/local.conf", replaced, port):
        yield f"http://127.0.0.1:{port}", folder / "access.log"


@contextmanager
def running_web(site: Path) -> Iterator[int]:
    """Start nginx with the configuration of the web image and a built site. Yield its port."""
    folder, port = Path(tempfile.mkdtemp(prefix="arq-web-")), free_port()
    shutil.copytree(site, folder / "site")
    # nginx's workers have another user than root.
    folder.chmod(0o755)
    replaced = {"listen 8080;": f"listen 127.0.0.1:{port};", "/usr/share/nginx/html": f"{folder}/site"}
    with _running(folder, SERVICES / "web/nginx.conf", replaced, port):
        yield port


@contextmanager
def _running(folder: Path, source: Path, replaced: Mapping[str, str], port: int) -> Iterator[None]:
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert program, "nginx is not installed: run scripts/install_test_programs"
    text = source.read_text()
    for before, after in replaced.items():
        assert before in text
        text = text.replace(before, after)
    (folder / "server.conf").write_text(text)
    temporary = "\n".join(f"{name}_temp_path {folder}/{name};" for name in _TEMPORARY)
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, temporary=temporary))
    process = subprocess.Popen([program, "-c", folder / "nginx.conf", "-e", folder / "error.log"])
    try:
        wait_for_port(port)
        yield
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)
