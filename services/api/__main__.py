"""Runs the API: `python -m services.api`."""

import os
import sys

from services.api.app import make_app
from services.api.error_reports import error_reports
from services.api.health import Draining
from services.api.logs import configure_logs
from services.api.server import run_server
from services.api.settings import SettingsError, read_settings


def main() -> int:
    """Serve until a signal. Return 2 if the settings are invalid."""
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    service = settings.service
    configure_logs(service.log_level, release=service.release, environment=service.environment)
    draining = Draining()
    with error_reports(service, program="api"):
        run_server(make_app(settings, draining), draining, service)
    return 0


if __name__ == "__main__":
    sys.exit(main())
