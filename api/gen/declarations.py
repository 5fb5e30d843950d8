"""Reads api/*.toml into Function, Struct and constant records."""

import dataclasses
import pathlib
import re
import tomllib

# Order of the families in everything that lists them.
FAMILY_ORDER = (
    "base", "tensor_desc", "rt_device", "rt_context", "rt_stream", "rt_event", "rt_memory",
    "rt_report", "rt_group", "rt_allocator", "rt_kernel", "mdl_load", "mdl_desc", "mdl_dataset",
    "mdl_execute", "mdl_aipp", "mdl_dump", "mdl_ri", "util", "op", "blas", "media", "himpi",
    "prof", "fv", "op_compiler", "tdt", "aclnn", "dvpp_operators", "platform",
)
# Modules below `acl` in the order they are made; one exists when it has a function.
SUBMODULES = ("rt", "mdl", "util", "op", "blas", "media", "himpi", "prof", "fv")


class DeclarationError(Exception):
    """A declaration that contradicts itself."""


def snake_case(name):
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()


@dataclasses.dataclass
class Value:
    """A Python argument or result."""

    name: str
    type: str
    optional: bool = False

    @classmethod
    def parse(cls, text):
        name, _, kind = text.partition(":")
        optional = kind.endswith("=optional")
        return cls(name, kind.removesuffix("=optional"), optional)


@dataclasses.dataclass
class Parameter:
    """A C parameter; `type` without the name."""

    name: str
    type: str

    @property
    def snake(self):
        return snake_case(self.name)

    @property
    def pointee(self):
        return self.type.removesuffix("const").strip()[:-1].strip()

    @classmethod
    def parse(cls, text):
        if text == "...":
            return cls("...", "...")
        match = re.fullmatch(r"(.*?)(\w+)((?:\[\d*\])*)", text)
        if match is None:  # a function pointer or the like: only hand-written wrappers use it
            return cls("", text)
        return cls(match[2], (match[1] + match[3]).strip())


@dataclasses.dataclass
class Function:
    family: str
    python: str | None
    prototype: str | None
    header: str | None
    c_name: str | None
    args: list[Value]
    returns: list[Value]
    doc: str
    errors: list[int]
    ownership: dict[str, str]
    releases_gil: bool
    by_hand: bool
    since: str
    implemented: bool

    @property
    def module(self):
        """"" for the root module, else "rt", "mdl"..."""
        return self.python.split(".")[1] if self.python.count(".") == 2 else ""

    @property
    def name(self):
        return self.python.rsplit(".", 1)[1]

    @property
    def wrapper(self):
        """Name of the C++ function behind the Python name."""
        return self.python.removeprefix("acl.").replace(".", "_") if self.module else (
            "acl_" + self.name)

    @property
    def c_return(self):
        return re.match(r"(.*?)\w+\s*\(", self.prototype)[1].strip()

    @property
    def parameters(self):
        inside = self.prototype[self.prototype.index("(") + 1:self.prototype.rindex(")")]
        parts = [part.strip() for part in inside.split(",")] if inside.strip() else []
        return [Parameter.parse(part) for part in parts if part != "void"]


@dataclasses.dataclass
class Family:
    name: str
    title: str
    functions: list[Function]


@dataclasses.dataclass
class Struct:
    name: str
    size: int
    align: int
    fields: list[tuple[str, int, int]]


@dataclasses.dataclass
class Interface:
    families: list[Family]
    structs: list[Struct]
    constants: dict[str, int | str]

    @property
    def functions(self):
        return [f for family in self.families for f in family.functions]

    def python_functions(self, module=None):
        """Implemented functions with a Python name, of one module or of all."""
        return [f for f in self.functions
                if f.python and f.implemented and module in (None, f.module)]

    @property
    def modules(self):
        used = {f.module for f in self.python_functions()}
        return [""] + [name for name in SUBMODULES if name in used]


def _function(family, table):
    prototype = table.get("c")
    c_name = table.get("c_name")
    if prototype:
        c_name = re.match(r".*?(\w+)\s*\(", prototype)[1]
    function = Function(
        family=family,
        python=table.get("python"),
        prototype=prototype,
        header=table.get("header"),
        c_name=c_name,
        args=[Value.parse(text) for text in table.get("args", [])],
        returns=[Value.parse(text) for text in table.get("returns", [])],
        doc=table.get("doc", ""),
        errors=table.get("errors", []),
        ownership={key: table[key] for key in ("creates", "destroys", "borrows") if key in table},
        releases_gil=table.get("releases_gil", False),
        by_hand=table.get("wrapper") == "hand",
        since=table["since"],
        implemented=table["implemented"],
    )
    if function.implemented and not function.doc:
        raise DeclarationError(f"{function.python or c_name} is implemented but has no doc")
    return function


def load(folder):
    folder = pathlib.Path(folder)
    found = {path.stem for path in folder.glob("*.toml")} - {"structs", "constants"}
    if found != set(FAMILY_ORDER):
        raise DeclarationError(f"families {sorted(found ^ set(FAMILY_ORDER))} are not in both "
                               f"{folder}/*.toml and FAMILY_ORDER")
    families = []
    for name in FAMILY_ORDER:
        table = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
        families.append(Family(name, table["title"],
                               [_function(name, entry) for entry in table["function"]]))
    structs = tomllib.loads((folder / "structs.toml").read_text(encoding="utf-8"))["struct"]
    constants = tomllib.loads((folder / "constants.toml").read_text(encoding="utf-8"))["constants"]
    return Interface(
        families,
        [Struct(s["name"], s["size"], s["align"], [tuple(f) for f in s["fields"]])
         for s in structs],
        constants)
