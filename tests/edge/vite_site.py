"""A small React application, built by Vite."""

import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path

import mkdocs

NODE_FOLDER = Path(__file__).parents[1] / "node"
NODE = Path(sys.executable).with_name("node")


def run_node(
    *arguments: str | Path, timeout: int, environ: Mapping[str, str] = os.environ, input: str = ""
) -> str:
    """Run a script in the folder of Node packages, and return its output."""
    ran = subprocess.run(
        [NODE, *arguments],
        cwd=NODE_FOLDER,
        capture_output=True,
        check=False,
        env=environ,
        input=input,
        text=True,
        timeout=timeout,
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-4000:]
    return ran.stdout


def build_site(folder: Path) -> Path:
    """Build the site and return its folder."""
    generated = folder / "generated"
    generated.mkdir()
    (generated / "dot.png").write_bytes(make_png())
    font = Path(mkdocs.__file__).parent / "themes/mkdocs/webfonts/fa-v4compatibility.woff2"
    (generated / "font.woff2").write_bytes(font.read_bytes())
    site = folder / "site"
    vite = NODE_FOLDER / "node_modules/vite/bin/vite.js"
    run_node(
        *(vite, "build", NODE_FOLDER / "site", "--outDir", site, "--logLevel", "warn"),
        timeout=120,
        environ={**os.environ, "GENERATED_FOLDER": str(generated)},
    )
    return site


def make_png() -> bytes:
    """Return a blue image of four by four pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\0\0\xff" * 4) * 4)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
