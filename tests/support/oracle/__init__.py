"""The API's figures, computed a second time: plain loops over LibreChat's documents and exact fractions.

Written from the contract of the API and from what LibreChat stores, sharing nothing with the program but
Python's calendar and BSON's types, so that what both say is unlikely to be wrong twice.
"""

from __future__ import annotations

from tests.support.oracle.answers import ENDPOINTS, Oracle
from tests.support.oracle.evidence import Evidence
from tests.support.oracle.fields import date_of, text, user_id
from tests.support.oracle.figures import Body
from tests.support.oracle.ledger import COLLECTIONS, DECODED, Document, Ledger
from tests.support.oracle.periods import TooManyPointsError
from tests.support.oracle.rows import Row

__all__ = [
    "COLLECTIONS",
    "DECODED",
    "ENDPOINTS",
    "Body",
    "Document",
    "Evidence",
    "Ledger",
    "Oracle",
    "Row",
    "TooManyPointsError",
    "date_of",
    "text",
    "user_id",
]
