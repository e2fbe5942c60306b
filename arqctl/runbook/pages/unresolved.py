"""A name that an environment does not have."""


class UnresolvedError(Exception):
    """A command names something that the environment does not have. The message is the reason."""
