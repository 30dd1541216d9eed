"""A corpus that every installation has: the documentation inside Python's standard library."""

import ast
import inspect
import sysconfig
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from models.data.records import Document
from models.events import Progress, Skipped

# Tests, bundled tools and tables of data, whose docstrings document nothing for a reader.
_LEFT_OUT = frozenset(
    [
        "test",
        "tests",
        "idlelib",
        "lib2to3",
        "turtledemo",
        "site-packages",
        "dist-packages",
        "ensurepip",
        "pydoc_data",
        "encodings",
        "distutils",
        "lib-dynload",
        "msilib",
    ]
)
# Written in C, so without source to read. Importing them has no effect but the import.
_COMPILED = [
    "builtins",
    "cmath",
    "errno",
    "gc",
    "itertools",
    "marshal",
    "math",
    "operator",
    "select",
    "sys",
    "time",
    "zlib",
]
_SHORTEST, _LONGEST = 60, 40_000


def read_python_docs() -> Iterator[Document | Progress | Skipped]:
    """Reads the language reference's topics and the docstrings of the standard library.

    Source files are parsed, never imported. Each document's title is what it documents
    ("json.dumps"); its fields are ``kind`` (topic, module, class or function) and ``module``.
    Modules, classes and functions with a leading underscore are left out.

    Yields:
        Documents in a fixed order with different ids; Progress; Skipped if the library's sources
        are not installed or one does not parse.
    """
    seen: set[str] = set()
    for document in _everything():
        if isinstance(document, Document):
            # A name may be defined twice, once for each platform; the first stands for both.
            if document.id in seen or not _SHORTEST <= len(document.text) <= _LONGEST:
                continue
            seen.add(document.id)
        yield document


def _everything() -> Iterator[Document | Progress | Skipped]:
    from pydoc_data.topics import topics

    yield Progress("Reading")
    for name, text in sorted(topics.items()):
        fields = {"kind": "topic", "module": ""}
        yield Document(f"topic/{name}", name, text.strip(), "pydoc_data/topics.py", fields)
    root = Path(sysconfig.get_path("stdlib"))
    files = sorted(path for path in root.rglob("*.py") if _is_public(path.relative_to(root)))
    if not files:
        yield Skipped(str(root), "The sources of Python's standard library are not installed.")
    for number, path in enumerate(files):
        if number % 20 == 0:
            yield Progress("Reading", number, len(files), "files")
        yield from _module(path, path.relative_to(root))
    yield Progress("Reading", len(files), len(files), "files")
    for name in _COMPILED:
        yield from _compiled(name)


def _is_public(path: Path) -> bool:
    parts = (*path.parts[:-1], "" if path.name == "__init__.py" else path.name)
    return not any(
        part in _LEFT_OUT or part.startswith(("_", "config-")) or part == "__pycache__"
        for part in parts
    )


def _module(path: Path, relative: Path) -> Iterator[Document | Skipped]:
    source = relative.as_posix()
    module = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError) as error:
        yield Skipped(source, f"It could not be parsed ({error}).")
        return
    yield _document(module, "module", module, ast.get_docstring(tree), source)
    yield from _members(tree.body, module, module, source)


def _members(
    body: list[ast.stmt], prefix: str, module: str, source: str
) -> Iterator[Document | Skipped]:
    """Public classes and functions, also those defined under a condition."""
    for node in body:
        if isinstance(node, ast.If | ast.Try):
            branches = [*node.body, *node.orelse]
            if isinstance(node, ast.Try):
                branches += [child for handler in node.handlers for child in handler.body]
            yield from _members(branches, prefix, module, source)
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.startswith("_"):
                continue
            name = f"{prefix}.{node.name}"
            kind = "class" if isinstance(node, ast.ClassDef) else "function"
            yield _document(name, kind, module, ast.get_docstring(node), source)
            if isinstance(node, ast.ClassDef):
                yield from _members(node.body, name, module, source)


def _compiled(module: str) -> Iterator[Document]:
    value = import_module(module)
    yield _document(module, "module", module, value.__doc__, module)
    for name, member in sorted(vars(value).items()):
        if name.startswith("_") or not (inspect.isclass(member) or inspect.isbuiltin(member)):
            continue
        title = name if module == "builtins" else f"{module}.{name}"
        kind = "class" if inspect.isclass(member) else "function"
        yield _document(title, kind, module, member.__doc__, module)
        if inspect.isclass(member):
            for method, function in sorted(vars(member).items()):
                if not method.startswith("_") and callable(function):
                    doc = inspect.getdoc(function)
                    yield _document(f"{title}.{method}", "function", module, doc, module)


def _document(name: str, kind: str, module: str, doc: object, source: str) -> Document:
    text = inspect.cleandoc(doc) if isinstance(doc, str) else ""
    return Document(name, name, text, source, {"kind": kind, "module": module})
