"""Helm verifies the digest in the reference of an OCI chart: it pulls from a registry on loopback."""

import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from constructs_arq.platform.support_matrix import Chart, ChartRelease
from tests.kubernetes.programs import run_helm

_MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
_CONFIG_TYPE = "application/vnd.cncf.helm.config.v1+json"
_LAYER_TYPE = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class Registry:
    """The chart karpenter 1.0.0 in an OCI registry."""

    def __init__(self, folder: Path) -> None:
        chart = folder / "karpenter"
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text("apiVersion: v2\nname: karpenter\nversion: 1.0.0\n")
        run_helm("package", chart, "--destination", folder, folder=folder)
        config = json.dumps({"apiVersion": "v2", "name": "karpenter", "version": "1.0.0"}).encode()
        archive = (folder / "karpenter-1.0.0.tgz").read_bytes()
        self.manifest = self._manifest(config, archive)
        self.contents = {digest_of(each): each for each in (config, archive, self.manifest)}
        self.contents["1.0.0"] = self.manifest
        self.port = 0

    @staticmethod
    def _manifest(config: bytes, archive: bytes) -> bytes:
        parts = [
            {"mediaType": media_type, "digest": digest_of(content), "size": len(content)}
            for media_type, content in ((_CONFIG_TYPE, config), (_LAYER_TYPE, archive))
        ]
        manifest = {
            "schemaVersion": 2,
            "mediaType": _MANIFEST_TYPE,
            "config": parts[0],
            "layers": parts[1:],
        }
        return json.dumps(manifest).encode()

    def pull(self, digest: str, folder: Path) -> str:
        """Pull the chart by the reference and the version that an add-on passes to Helm."""
        release = ChartRelease(
            chart=Chart.KARPENTER,
            repository=f"oci://127.0.0.1:{self.port}/charts",
            version="1.0.0",
            app_version="1.0.0",
            kubernetes=("1.33", "1.35"),
            digest=digest,
            sources=("https://example.com",),
        )
        source = f"{release.repository}/{release.reference}"
        folder.mkdir()
        version = ("--version", release.version)
        return run_helm("pull", source, *version, "--plain-http", "--destination", folder, folder=folder)


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    registry = Registry(tmp_path)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = registry.contents.get(self.path.rpartition("/")[2], b"")
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", _MANIFEST_TYPE if "manifests" in self.path else _LAYER_TYPE)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Docker-Content-Digest", digest_of(content))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(content)

        do_HEAD = do_GET  # noqa: N815 - the name that the server calls

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        registry.port = server.server_address[1]
        Thread(target=server.serve_forever, daemon=True).start()
        yield registry
        server.shutdown()


def test_chart_with_the_digest_is_pulled(registry: Registry, tmp_path: Path) -> None:
    pulled = tmp_path / "out"
    registry.pull(digest_of(registry.manifest), pulled)
    assert len(list(pulled.glob("karpenter@*.tgz"))) == 1


def test_tag_that_moved_to_another_chart_is_refused(registry: Registry, tmp_path: Path) -> None:
    pinned = digest_of(registry.manifest)
    changed = registry.manifest + b"\n"
    registry.contents |= {"1.0.0": changed, digest_of(changed): changed}
    with pytest.raises(AssertionError, match=f"digest mismatch: {digest_of(changed)} is not {pinned}"):
        registry.pull(pinned, tmp_path / "out")


def test_registry_that_serves_other_content_is_refused(registry: Registry, tmp_path: Path) -> None:
    pinned = digest_of(registry.manifest)
    registry.contents[pinned] = registry.manifest + b"\n"
    registry.contents["1.0.0"] = registry.manifest
    with pytest.raises(AssertionError, match=r"mismatch|failed"):
        registry.pull(pinned, tmp_path / "out")
