"""Says what is wrong with ClickHouse, or with how it is reached, and what to do."""

from __future__ import annotations

import re
import ssl
from typing import TYPE_CHECKING

from librechat_analytics.errors import AwayError
from librechat_analytics.store.errors import StoreError

if TYPE_CHECKING:
    from librechat_analytics.store.clickhouse.address import StoreAddress

WRONG_USER = {192, 193, 194, 516}
NO_DATABASE = {81}
NOT_ALLOWED = {164, 452, 497}
NO_MEMORY = {173, 241}
TOO_SLOW = {159, 160, 209}
ENDED = {236, 394}
NO_SPACE = {243}
TOO_BUSY = {202}

VERSION = re.compile(r"\s*\(version [^)]*(?:\([^)]*\)[^)]*)*\)\s*$")
CODE = re.compile(r"Code: (\d+)\. (?:DB::Exception: )?", re.DOTALL)
NAME = re.compile(r"\s*\([A-Z][A-Z0-9_]+\)\s*$")
READONLY_SETTING = re.compile(r"Setting (\w+) is readonly")
READONLY = 164
ROW = re.compile(r"(?: before: '.*|: \(at row ).*")
LONGEST_REASON = 300
OLDEST_VERSION = (26, 8)


class UnreachableError(StoreError, AwayError):
    """ClickHouse did not answer, or not to the end; asking again may help."""


class RefusedError(StoreError):
    """ClickHouse answered with an error; ``code`` is its number."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


def require_new_enough(address: StoreAddress, version: str) -> None:
    """Raise StoreError if this version of ClickHouse, such as ``26.8.2.1``, is too old."""
    found = tuple(int(part) for part in re.findall(r"[0-9]+", version)[:2])
    if found < OLDEST_VERSION:
        oldest = ".".join(str(part) for part in OLDEST_VERSION)
        raise StoreError(f"ClickHouse at {address} is version {version}. Update it to {oldest} or later.")


def refused(address: StoreAddress, words: str, code: int | None) -> RefusedError:
    """Explain an error of ClickHouse from its own words and number."""
    found = CODE.search(words)
    number = code if code is not None else int(found[1]) if found else 0
    reason = _reason(words[found.end() :] if found else words)
    return RefusedError(_refusal(address, number, reason, words), number)


def _refusal(address: StoreAddress, code: int, reason: str, words: str) -> str:
    if code in WRONG_USER:
        return (
            f"ClickHouse refuses the user {address.user} at {address}. Check the user and the password in"
            " STORE_URL; special characters must be percent-encoded."
        )
    if code in NO_DATABASE:
        return (
            f"ClickHouse at {address} has no database {address.database}. Correct STORE_URL, or create it:"
            f" CREATE DATABASE `{address.database}`."
        )
    if code in NOT_ALLOWED:
        return (
            f"ClickHouse does not allow this to the user {address.user}: {reason}. Use a user that may, or"
            " grant it the right."
        )
    if code in NO_MEMORY:
        if "(total)" in words or "User memory" in words:
            return f"ClickHouse has too little memory for this query: {reason}. Give its server more."
        return f"A query needs more memory than it may use in ClickHouse: {reason}. Raise STORE_MEMORY_LIMIT."
    if code in TOO_SLOW:
        return (
            f"A query took too long in ClickHouse and was ended: {reason}. Give its server more processors."
        )
    if code in ENDED:
        return f"A query was ended in ClickHouse before it was done: {reason}. Try again."
    if code in NO_SPACE:
        return f"The disk of ClickHouse is full: {reason}. Give it more space."
    if code in TOO_BUSY:
        return f"ClickHouse runs too many queries at a time: {reason}. Raise its max_concurrent_queries."
    return f"ClickHouse at {address} refuses a query: {reason}."


def _reason(words: str) -> str:
    """Return ClickHouse's own words without version, name and stack, and without the row that was wrong."""
    text = NAME.sub("", VERSION.sub("", words.partition("Stack trace")[0].strip()))
    return ROW.sub("", " ".join(text.split()))[:LONGEST_REASON].rstrip(" .:,?")


def unreachable(address: StoreAddress, error: BaseException) -> StoreError:
    """Explain why no answer of ClickHouse came."""
    if found := READONLY_SETTING.search(str(error)):
        return RefusedError(
            f"ClickHouse does not let the user {address.user} change the setting {found[1]}. Set readonly = 2"
            " in this user's profile, not 1.",
            READONLY,
        )
    chain = [error, *_causes(error)]
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in chain):
        return UnreachableError(_about_certificate(address, chain))
    texts = " ".join(str(each) for each in chain)
    if any(isinstance(each, ssl.SSLError) for each in chain) or "SSL" in texts:
        return UnreachableError(
            f"{address} does not speak TLS as expected: check the port in STORE_URL, or leave ?secure=1 out"
            " if the server has no TLS."
        )
    return UnreachableError(f"{_place(address)} {_about_network(address, chain, texts)}")


def _place(address: StoreAddress) -> str:
    return f"ClickHouse at {address}"


def _about_network(address: StoreAddress, chain: list[BaseException], texts: str) -> str:
    kinds = {type(each).__name__ for each in chain}
    if kinds & {"NameResolutionError", "gaierror"}:
        return "cannot be found: no host has this name. Check the host in STORE_URL."
    if "ConnectTimeoutError" in kinds or "No route to host" in texts or "unreachable" in texts:
        return "does not answer. Check the host and the port in STORE_URL, and whether a firewall is between."
    if "ConnectionRefusedError" in kinds or "NewConnectionError" in kinds:
        return "refuses connections: it is not running, or listens on another port. Check STORE_URL."
    if "ReadTimeoutError" in kinds or "TimeoutError" in kinds:
        return "has stopped answering. Check whether it is overloaded or stopped."
    hint = "" if address.secure else " If the port is for TLS, add ?secure=1 to STORE_URL."
    return f"closed the connection before its answer was whole. Check that it runs and speaks HTTP.{hint}"


def _about_certificate(address: StoreAddress, chain: list[BaseException]) -> str:
    failed = next(each for each in chain if isinstance(each, ssl.SSLCertVerificationError))
    reason = failed.verify_message or "it cannot be checked"
    if "ostname mismatch" in reason or "IP address mismatch" in reason:
        return f"The certificate of {address} is for another host: {reason}. Correct the host in STORE_URL."
    file = address.ca_file
    what = (
        f"Check that {file} (STORE_CA_FILE) has the certificate of the authority that signed it."
        if file
        else "Set STORE_CA_FILE to a file with the certificate of the authority that signed it."
    )
    return f"The certificate of {address} is not trusted: {reason}. {what}"


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(found) < 20:
        each = waiting.pop()
        if isinstance(each, BaseException) and each not in found:
            found.append(each)
            waiting += [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
    return found
