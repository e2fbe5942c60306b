"""Reusable CDKTF constructs for AWS: private, encrypted, observed and highly available by default.

Import this package before `cdktf`: it starts the fast engine (see `constructs_arq.core.engine`), which has
to be in place before the bindings start their Node process. Imported later, everything works, only slower.
"""

from constructs_arq.core import engine

engine.start()
