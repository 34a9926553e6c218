"""The rooms of the house: who may import whom, held by walking every import."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = "librechat_analytics"
SOURCE = Path(__file__).resolve().parent.parent / "src" / PACKAGE

# Every room may also import from itself, from the standard library and from `errors`.
ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "columns": {"numpy", "nanoarrow"},
    "formatting": set(),
    "plain_files": set(),
    "texts": set(),
    "zones": set(),
    "librechat": {"columns", "bson", "pymongo", "numpy"},
    "store": {"columns", "plain_files", "duckdb", "clickhouse_connect", "urllib3", "pandas", "numpy"},
    "sync": {"columns", "librechat", "store", "bson", "numpy", "pandas"},
    "usage": {"plain_files", "store", "numpy", "pandas"},
    "answer_cache": {"usage", "store", "flask", "flask_caching"},
    "finops": {"plain_files", "texts", "zones", "usage", "store", "formatting", "apprise", "numpy", "pandas"},
    "exports": {"usage", "finops", "formatting", "xlsxwriter"},
    "key_strength": set(),
    "logs": {"settings"},
    "settings": {
        "key_strength",
        "plain_files",
        "store.clickhouse.address",
        "texts",
        "zones",
        "dotenv",
        "pydantic",
    },
    "web": {
        "plain_files",
        "texts",
        "zones",
        "usage",
        "answer_cache",
        "finops",
        "exports",
        "key_strength",
        "flask",
        "flask_compress",
        "limits",
        "openapi_pydantic",
        "prometheus_client",
        "pydantic",
        "werkzeug",
    },
    "dashboard": {
        "zones",
        "usage",
        "finops",
        "exports",
        "formatting",
        "dash",
        "dash_bootstrap_components",
        "flask",
        "werkzeug",
    },
}
# Inside the dashboard, each module may also import from the floors below its own.
DASHBOARD_FLOORS: tuple[set[str], ...] = (
    {"amounts"},
    {"ids", "query", "charts", "html", "shortcuts"},
    {"list_query"},
    {"data", "links", "dash_seams"},
    {"words", "comboboxes"},
    {"panels"},
    {"views"},
    {"period_menu", "find", "unreadable", "contract"},
    {"page", "page_state"},
    {"callbacks"},
    {"app"},
)
# Where everything meets, or programs begin.
ENTRANCES = {"app", "assembly", "cli", "serving"}


def room_of(module: str) -> str:
    return module.split(".")[0]


def modules() -> dict[str, Path]:
    """Every module of the package by its name below it; a package's own module is named like the package."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        if name:
            found[name] = path
    return found


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Every module that a file imports, those inside functions and for types only included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            assert node.module
            if node.module == PACKAGE:
                found.update(f"{PACKAGE}.{alias.name}" for alias in node.names)
            else:
                found.add(node.module)
    return frozenset(found)


def may_import(module: str, imported: str) -> bool:
    name = imported.removeprefix(f"{PACKAGE}.")
    room = room_of(module)
    allowed = ROOMS[room] | {"errors"}
    if imported.startswith(f"{PACKAGE}."):
        return room_of(name) == room or any(name == one or name.startswith(f"{one}.") for one in allowed)
    top = room_of(imported)
    return top in sys.stdlib_module_names or top in allowed


@pytest.mark.parametrize("module", [name for name in modules() if room_of(name) not in ENTRANCES])
def test_a_module_imports_only_from_the_rooms_below_it(module: str) -> None:
    assert room_of(module) in ROOMS, f"{module} is in no room"
    upward = {name for name in imports_of(modules()[module]) if not may_import(module, name)}
    assert upward == set()


def dashboard_floor(module: str) -> int:
    (floor,) = (number for number, rooms in enumerate(DASHBOARD_FLOORS) if room_of(module) in rooms)
    return floor


def test_inside_the_dashboard_imports_run_down_its_floors() -> None:
    inside = {
        name.removeprefix("dashboard."): path
        for name, path in modules().items()
        if name.startswith("dashboard.")
    }
    for module, path in inside.items():
        for imported in imports_of(path):
            prefix, _, name = imported.partition("dashboard.")
            if prefix != f"{PACKAGE}." or name not in inside or room_of(name) == room_of(module):
                continue
            assert dashboard_floor(name) < dashboard_floor(module), f"{module} imports {name}"


def test_no_room_imports_an_entrance() -> None:
    for module, path in modules().items():
        if room_of(module) in ENTRANCES:
            continue
        ours = {name.removeprefix(f"{PACKAGE}.") for name in imports_of(path) if name.startswith(PACKAGE)}
        assert {room_of(name) for name in ours}.isdisjoint(ENTRANCES), module


def test_only_the_librechat_room_knows_mongodb_and_only_the_store_knows_duckdb() -> None:
    for module, path in modules().items():
        names = {room_of(name) for name in imports_of(path)}
        if room_of(module) != "librechat":
            assert "pymongo" not in names, module
        if room_of(module) != "store":
            assert "duckdb" not in names, module


def test_the_client_of_clickhouse_is_loaded_on_first_use_alone() -> None:
    module = "store.clickhouse.http_client"
    for name, path in modules().items():
        tree = ast.parse(path.read_text("utf-8"))
        at_the_start = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        loaded = {alias.name for node in at_the_start for alias in node.names}
        loaded |= {node.module or "" for node in at_the_start if isinstance(node, ast.ImportFrom)}
        assert f"{PACKAGE}.{module}" not in loaded, name
        if name != module:
            assert {room_of(each) for each in loaded}.isdisjoint({"clickhouse_connect", "urllib3"}), name


def test_only_the_librechat_room_names_librechats_fields() -> None:
    fields = ("tokenValue", "rawAmount", "conversationId", "isCreatedByUser", "initial_agent_id")
    for module, path in modules().items():
        if room_of(module) == "librechat":
            continue
        texts = {
            node.value
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert texts.isdisjoint(fields), module


def test_every_import_is_a_dependency_that_is_declared() -> None:
    declared = (SOURCE.parent.parent / "pyproject.toml").read_text("utf-8").replace("-", "_").lower()
    known_as = {"bson": "pymongo", "werkzeug": "flask", "numpy": "pandas", "rich": "rich"}
    for module, path in modules().items():
        for name in imports_of(path):
            top = room_of(name)
            if top in sys.stdlib_module_names or top == PACKAGE:
                continue
            assert known_as.get(top, top).lower() in declared, f"{module} imports {top}"
