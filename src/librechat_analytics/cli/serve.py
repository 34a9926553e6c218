"""The commands that serve: ``serve`` and ``demo``."""

from __future__ import annotations

import secrets
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from librechat_analytics.cli.console import print_message, progress_bar
from librechat_analytics.cli.resources import log_to_stderr, opened_store, refuse_clickhouse
from librechat_analytics.errors import OperatorError
from librechat_analytics.plain_files import UnreadableFileError, read_text
from librechat_analytics.settings import load_settings, require_a_key
from librechat_analytics.texts import trimmed

DEMO_TRANSACTIONS = 60_000
DEMO_SEED = 20231031


def serve() -> None:
    """Serve dashboard and API, and keep the store up to date with LibreChat's MongoDB (MONGO_URI).

    With STORE_URL it only serves, from ClickHouse: `sync --follow` keeps that up to date.
    """
    from librechat_analytics.serving.server import serve as serve_until_stopped

    settings = load_settings()
    require_a_key(settings)
    log_to_stderr(settings)
    serve_until_stopped(settings)


def demo() -> None:
    """Serve a generated LibreChat database to look around; reads and changes nothing else."""
    from librechat_analytics.cli.demo_definitions import write_demo_definitions
    from librechat_analytics.cli.demo_receiver import start_demo_receiver
    from librechat_analytics.cli.fill import import_into
    from librechat_analytics.librechat.dump import DumpSource
    from librechat_analytics.librechat.sample.writer import write_sample
    from librechat_analytics.serving.server import address_of
    from librechat_analytics.serving.server import serve as serve_until_stopped
    from librechat_analytics.store.removal import discard

    settings = load_settings(mongo_uri=None)
    refuse_clickhouse(settings, "The demo is a store of its own, in a file. Unset STORE_URL to look at it.")
    log_to_stderr(settings)
    # A folder of its own: a demo's figures must never meet real ones.
    folder = settings.data_dir / "demo"
    key = settings.dashboard_api_key.get_secret_value() if settings.dashboard_api_key else _demo_key(folder)
    settings = load_settings(
        mongo_uri=None, dashboard_api_key=key, data_dir=folder, finops_file=folder / "finops.toml"
    )
    with tempfile.TemporaryDirectory(prefix="librechat-analytics-demo-") as scratch:
        with progress_bar() as progress:
            task = progress.add_task("Making a LibreChat database", total=DEMO_TRANSACTIONS)
            write_sample(
                Path(scratch) / "dump",
                transactions=DEMO_TRANSACTIONS,
                seed=DEMO_SEED,
                until=datetime.now(UTC).replace(microsecond=0),
                progress=lambda written: progress.update(task, completed=written),
            )
        discard(folder)
        with opened_store(settings) as store:
            import_into(store, DumpSource(Path(scratch) / "dump"))
            receiver = start_demo_receiver(lambda text: print_message(f"Message: {text}"))
            zone = ZoneInfo(settings.dashboard_timezone)
            write_demo_definitions(folder, store, zone, now=datetime.now(UTC), receiver=receiver)
    print_message(
        f"\nDemo: {address_of(settings)}\nKey:  {key}\nCost centres and budgets: {settings.finops_file}\n"
    )
    serve_until_stopped(settings)


def _demo_key(folder: Path) -> str:
    """Return the key of earlier demos in this folder, or a new one."""
    path = folder / "key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24), "utf-8")
    try:
        return trimmed(read_text(path))
    except UnreadableFileError as error:
        raise OperatorError(f"{path} {error} Remove it; the next demo makes a new one.") from None
