"""nginx with the configurations of the reference application."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.reference_app.nginx_process import main_configuration, running_nginx
from tests.reference_app.ports import free_port

SERVICES = Path(__file__).parents[2] / "services"


@contextmanager
def running_front(*, api: int, web: int) -> Iterator[tuple[str, Path]]:
    """Start nginx with the local configuration in front of two ports. Yield its URL and its log."""
    port = free_port()
    replaced = {
        "listen 8080;": f"listen 127.0.0.1:{port};",
        "server api:8080;": f"server 127.0.0.1:{api};",
        "server web:8080;": f"server 127.0.0.1:{web};",
    }

    def configure(folder: Path) -> str:
        return main_configuration(folder, _replace(SERVICES / "nginx/local.conf", replaced))

    with running_nginx(configure, port=port) as process:
        yield f"http://127.0.0.1:{port}", process.access_log


@contextmanager
def running_web(site: Path) -> Iterator[int]:
    """Start nginx with the configuration of the web image and a built site. Yield its port."""
    port = free_port()

    def configure(folder: Path) -> str:
        # nginx's workers can't open the folders of tests.
        copy = shutil.copytree(site, folder / "site")
        replaced = {"listen 8080;": f"listen 127.0.0.1:{port};", "/usr/share/nginx/html": str(copy)}
        server = _replace(SERVICES / "web/nginx.conf", replaced)
        return main_configuration(folder, f"include /etc/nginx/mime.types;\n{server}")

    with running_nginx(configure, port=port):
        yield port


def _replace(source: Path, replaced: Mapping[str, str]) -> str:
    text = source.read_text()
    for before, after in replaced.items():
        assert before in text
        text = text.replace(before, after)
    return text
