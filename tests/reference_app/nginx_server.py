"""Debian's nginx on loopback, with a configuration of the project."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.reference_app.ports import free_port, wait_for_port

LOCAL_CONF = Path(__file__).parents[2] / "services/nginx/local.conf"
_MAIN = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    {temporary}
    include {folder}/server.conf;
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@contextmanager
def running_nginx(upstreams: Mapping[str, int]) -> Iterator[tuple[str, Path]]:
    """Start nginx with the local configuration, and ports on loopback as upstreams. Yield its URL and log."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert program, "nginx is not installed: run scripts/install_test_programs"
    folder, port = Path(tempfile.mkdtemp(prefix="arq-nginx-")), free_port()
    temporary = "\n".join(f"{name}_temp_path {folder}/{name};" for name in _TEMPORARY)
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, temporary=temporary))
    (folder / "server.conf").write_text(_on_loopback(LOCAL_CONF.read_text(), port, upstreams, folder))
    process = subprocess.Popen([program, "-c", folder / "nginx.conf", "-e", folder / "error.log"])
    try:
        wait_for_port(port)
        yield f"http://127.0.0.1:{port}", folder / "access.log"
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def _on_loopback(text: str, port: int, upstreams: Mapping[str, int], folder: Path) -> str:
    replaced = {"listen 8080;": f"listen 127.0.0.1:{port};", "/dev/stdout": f"{folder}/access.log"}
    replaced |= {f"server {name}:8080;": f"server 127.0.0.1:{each};" for name, each in upstreams.items()}
    for before, after in replaced.items():
        assert before in text
        text = text.replace(before, after)
    return text
