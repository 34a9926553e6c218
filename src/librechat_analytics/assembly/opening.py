"""Opens what the settings name: the store, LibreChat's MongoDB, price list, definitions and keys."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING

from librechat_analytics.finops.definitions_file import DefinitionsFile
from librechat_analytics.librechat.mongo import MongoSource
from librechat_analytics.settings import name_users, require_a_key, whole_environment
from librechat_analytics.store.errors import StoreError
from librechat_analytics.store.leftovers import UNFINISHED_COPY
from librechat_analytics.store.notes import end_notes
from librechat_analytics.store.store import Store
from librechat_analytics.sync.mending import mend_names, mend_providers
from librechat_analytics.sync.summing_up import sum_up_stored
from librechat_analytics.usage.prices import read_price_list
from librechat_analytics.web.gatekeeper import Gatekeeper
from librechat_analytics.web.keys import KeyRing
from librechat_analytics.web.keys_file import KeysFileError, read_keys_now

if TYPE_CHECKING:
    from librechat_analytics.settings import Settings
    from librechat_analytics.usage.prices import PriceList

log = logging.getLogger(__name__)


def open_store(settings: Settings, *, for_copying: bool = False) -> Store:
    """Open the store of DATA_DIR; raises StoreError if it cannot be used.

    A store that a copy out of ClickHouse was to fill cannot be used before the copy has ended, except
    ``for_copying`` and by a follower, which goes on with it.
    """
    store = Store(settings.data_dir, memory_limit=f"{settings.store_memory_limit}B")
    if not for_copying and settings.store_address is None:
        refuse_half_copied(settings, store)
    if settings.anonymize_users:
        store.erase_names()
    mend_names(store)
    mend_providers(store)
    sum_up_stored(store, datetime.now(UTC))
    return store


def refuse_half_copied(settings: Settings, store: Store) -> None:
    """Close the store and raise StoreError if a copy was interrupted that was to fill it, and it is empty."""
    if not (store.has_unfinished_copy() and store.is_empty()):
        return
    store.close()
    raise StoreError(
        f"The copy out of ClickHouse into {settings.data_dir} was interrupted. To go on with it, start what"
        " began it: the follower with STORE_URL, or librechat-analytics copy --from. To begin without what is"
        f" in ClickHouse, delete the folder {UNFINISHED_COPY} in it."
    )


def end_publishing(store: Store) -> None:
    """Note no changes for a follower any more, in the store of a process without STORE_URL."""
    if end_notes(store):
        log.warning(
            "This store was published to ClickHouse. Without STORE_URL it keeps no list of what is not"
            " published yet; before a follower can use it again, run librechat-analytics copy --to --replace."
        )


def open_source(settings: Settings) -> MongoSource | None:
    """Make the source of MONGO_URI, None without one; raises SourceError if it cannot be used."""
    if settings.mongo_uri is None:
        return None
    return MongoSource.at(settings.mongo_uri.get_secret_value(), anonymous=settings.anonymize_users)


def require_client() -> None:
    """Raise StoreError where the package that speaks to ClickHouse is not installed."""
    if find_spec("clickhouse_connect") is None:
        raise StoreError(
            "STORE_URL needs the package clickhouse-connect, which is not installed:"
            " pip install 'librechat-analytics[clickhouse]'."
        )


def open_prices(settings: Settings) -> PriceList | None:
    """Read the price list of PRICES_FILE, None without one; raises PriceListError if it cannot be read."""
    return read_price_list(settings.prices_file) if settings.prices_file else None


def open_definitions(settings: Settings) -> DefinitionsFile:
    """Read the definitions of FINOPS_FILE; its ``problem`` says why it cannot be used."""
    return DefinitionsFile(settings.finops_file, settings.dashboard_timezone, whole_environment)


def require_keys(settings: Settings) -> None:
    """Raise SettingsError or KeysFileError if no key would be accepted, or the key file is missing."""
    require_a_key(settings)
    if settings.dashboard_api_keys_file is None:
        return
    file = read_keys_now(settings.dashboard_api_keys_file)
    is_shut = settings.dashboard_api_key is None and not file.keys and not file.waits
    if file.unreadable or (is_shut and file.problems):
        raise KeysFileError("\n".join(file.problems))


def open_keys(settings: Settings) -> KeyRing:
    """Read all keys; raises SettingsError if there can be none."""
    require_a_key(settings)
    own_key = settings.dashboard_api_key
    return KeyRing(own_key.get_secret_value() if own_key else None, settings.dashboard_api_keys_file)


def make_gatekeeper(settings: Settings, keys: KeyRing) -> Gatekeeper:
    """Make the gatekeeper for these keys."""
    return Gatekeeper(
        keys,
        trusted_proxies=settings.trusted_proxies,
        auth_proxies=name_users(settings),
        signed_in_header=settings.auth_proxy_header,
    )
