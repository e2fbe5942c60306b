"""Asks the API in its container whether it is alive: the HEALTHCHECK of the image, without a shell."""

import http.client
import os
import sys

_SECONDS = 2


def main() -> int:
    """Return 0 if the API answers."""
    port = int(os.environ.get("PORT", "8080"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return 0 if connection.getresponse().status == http.HTTPStatus.OK else 1
    except OSError:
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
