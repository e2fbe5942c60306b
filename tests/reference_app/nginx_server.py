"""nginx with the configurations of the reference application."""

import runpy
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.reference_app.api_process import ROOT
from tests.reference_app.nginx_process import main_configuration, nginx_version, running_nginx
from tests.reference_app.ports import free_port

_LOCAL = runpy.run_path(str(ROOT / "scripts/local_nginx.py"))


@contextmanager
def running_front(*, api: int, web: int) -> Iterator[tuple[str, Path]]:
    """Start nginx with the local configuration in front of two ports. Yield its URL and its log."""
    port, readiness_port = free_port(), free_port()

    def configure(folder: Path) -> str:
        server = replace(
            _LOCAL["SERVER"],
            listen=f"127.0.0.1:{port}",
            version=nginx_version(),
            folder=str(folder),
            readiness_address=f"127.0.0.1:{readiness_port}",
        )
        configuration: str = _LOCAL["render_local"](server, api=f"127.0.0.1:{api}", web=f"127.0.0.1:{web}")
        return configuration

    with running_nginx(configure, port=port) as process:
        yield f"http://127.0.0.1:{port}", process.access_log


@contextmanager
def running_web(site: Path) -> Iterator[int]:
    """Start nginx with the configuration of the web image and a built site. Yield its port."""
    port = free_port()

    def configure(folder: Path) -> str:
        # nginx's workers can't open the folders of tests.
        copy = shutil.copytree(site, folder / "site")
        text = (ROOT / "services/web/nginx.conf").read_text()
        replaced = {"listen 8080;": f"listen 127.0.0.1:{port};", "/usr/share/nginx/html": str(copy)}
        for before, after in replaced.items():
            assert before in text
            text = text.replace(before, after)
        return main_configuration(folder, f"include /etc/nginx/mime.types;\n{text}")

    with running_nginx(configure, port=port):
        yield port
