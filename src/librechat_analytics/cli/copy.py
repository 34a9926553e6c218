"""The command that copies the store into ClickHouse, or out of it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from librechat_analytics.cli.console import print_message, progress_bar
from librechat_analytics.cli.resources import opened_store, require_store
from librechat_analytics.errors import OperatorError
from librechat_analytics.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from librechat_analytics.settings import Settings
    from librechat_analytics.store.clickhouse.address import StoreAddress
    from librechat_analytics.store.clickhouse.copying import Comparison

ONE_DIRECTION = "Give one of --to and --from."


def copy(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="Where ClickHouse is, as in STORE_URL.", show_default=False)
    ] = "",
    *,
    to: Annotated[bool, typer.Option("--to", help="Copy the store into ClickHouse.")] = False,
    from_: Annotated[bool, typer.Option("--from", help="Fill the store from ClickHouse.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what is there, even if it is another ledger.")
    ] = False,
) -> None:
    """Copy all that the store holds into ClickHouse or out of it, and compare the sums of each month.

    Better set STORE_URL than give a URL, because the list of processes shows the password in it. A copy that
    was interrupted goes on where it was. Stop the server and the follower first.
    """
    from librechat_analytics.assembly.opening import require_client

    settings = load_settings()
    if to == from_:
        raise OperatorError(ONE_DIRECTION)
    address = _address(settings, url)
    require_client()
    compared = _copy_to(settings, address, replace) if to else _copy_from(settings, address, replace)
    if compared.different:
        raise OperatorError(
            f"The copy differs from the original in {', '.join(compared.different)}. Was anything written"
            " meanwhile? Copy again with --replace."
        )
    print_message(
        f"Copied {compared.rows:,} rows. Rows, cost and tokens of all {compared.months:,} months are equal."
    )


def _copy_to(settings: Settings, address: StoreAddress, is_replacing: bool) -> Comparison:
    from librechat_analytics.assembly.publishing import follower_id
    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.clickhouse.copying import copy_to

    require_store(settings)
    connection = Connection(address)
    try:
        with opened_store(settings) as store, _copying() as report:
            follower = follower_id(settings.data_dir)
            return copy_to(store, connection, report, follower=follower, is_replacing=is_replacing)
    finally:
        connection.close()


def _copy_from(settings: Settings, address: StoreAddress, is_replacing: bool) -> Comparison:
    from librechat_analytics.store.clickhouse.connection import Connection
    from librechat_analytics.store.clickhouse.copying import copy_from

    connection = Connection(address)
    try:
        with opened_store(settings, for_copying=True) as store, _copying() as report:
            compared = copy_from(store, connection, report, is_replacing=is_replacing)
            if settings.anonymize_users:
                store.erase_names()
            return compared
    finally:
        connection.close()


def _address(settings: Settings, url: str) -> StoreAddress:
    from librechat_analytics.store.clickhouse.address import parse_store_url

    if not url:
        if settings.store_address is None:
            raise OperatorError("Set STORE_URL to the address of ClickHouse.")
        return settings.store_address
    try:
        return parse_store_url(url, settings.store_ca_file)
    except ValueError as error:
        raise OperatorError(f"The address {error}.") from None


@contextmanager
def _copying() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar; gives the function that the copy reports to."""
    with progress_bar() as progress:
        task = progress.add_task("Copying", total=None)
        yield lambda _, done, rows: progress.update(task, completed=done, total=rows)
