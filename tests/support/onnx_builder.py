"""Writes and reads ONNX files with nothing but numpy.

    g = GraphBuilder("net", opset=13)
    x = g.input("x", [1, 3, 8, 8])
    y = g.node("Conv", [x, g.constant(weights), g.constant(bias)], pads=[1, 1, 1, 1])
    g.output(g.node("Relu", [y]), [1, 4, 8, 8])
    g.save("net.onnx")

    model = read_model("net.onnx")          # .initializers["name"], .nodes[0].attributes["pads"]
    array = read_tensor("input_0.pb")       # a serialized TensorProto
"""

import pathlib
import struct
from dataclasses import dataclass, field

import numpy as np

try:
    from . import protowire as wire
except ImportError:  # this folder itself is on sys.path
    import protowire as wire

# numpy has no bfloat16; its bits under a type of their own. `widened` gives the numbers.
BFLOAT16 = np.dtype([("bfloat16", "<u2")])

# TensorProto.DataType
ELEMENT_TYPES = {
    "float32": 1, "uint8": 2, "int8": 3, "uint16": 4, "int16": 5, "int32": 6, "int64": 7,
    "bool": 9, "float16": 10, "float64": 11, "uint32": 12, "uint64": 13,
}  # fmt: skip
NUMPY_TYPES = {code: np.dtype(name) for name, code in ELEMENT_TYPES.items()}
NUMPY_TYPES[16] = BFLOAT16

# AttributeProto.AttributeType
FLOAT, INT, STRING, TENSOR, GRAPH, FLOATS, INTS, STRINGS = 1, 2, 3, 4, 5, 6, 7, 8


def widened(array):
    """The numbers of an array as float64, bfloat16 included."""
    if array.dtype == BFLOAT16:
        bits = array["bfloat16"].astype(np.uint32) << 16
        return bits.view(np.float32).astype(np.float64)
    return array.astype(np.float64)


def element_type(dtype):
    """ONNX code of a numpy dtype; ValueError names the ones there are."""
    name = np.dtype(dtype).name
    if name not in ELEMENT_TYPES:
        raise ValueError(f"no ONNX element type for {name}; there are {sorted(ELEMENT_TYPES)}")
    return ELEMENT_TYPES[name]


def tensor_bytes(array, name=""):
    """A TensorProto with the values as raw_data (little endian)."""
    array = np.asarray(array)
    parts = [wire.packed_integers(1, array.shape)] if array.ndim else []
    parts.append(wire.integer(2, element_type(array.dtype)))
    if name:
        parts.append(wire.data(8, name))
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    parts.append(wire.data(9, np.ascontiguousarray(little).tobytes()))
    return b"".join(parts)


def write_tensor(path, array, name=""):
    pathlib.Path(path).write_bytes(tensor_bytes(array, name))


def value_info_bytes(name, shape, dtype):
    """A ValueInfoProto. `shape` None = rank unknown; a dim is an int, a symbol, or None."""
    tensor_type = wire.integer(1, element_type(dtype))
    if shape is not None:
        dims = b""
        for dim in shape:
            if dim is None:
                dims += wire.data(1, b"")
            elif isinstance(dim, str):
                dims += wire.data(1, wire.data(2, dim))
            else:
                dims += wire.data(1, wire.integer(1, dim))
        tensor_type += wire.data(2, dims)
    return wire.data(1, name) + wire.data(2, wire.data(1, tensor_type))


def attribute_bytes(name, value):
    """An AttributeProto; the kind follows from the Python value (bool counts as int).

    A list is FLOATS as soon as it holds one float, else INTS or STRINGS; numpy arrays are tensors.
    """
    head = wire.data(1, name)
    if isinstance(value, np.ndarray):
        return head + wire.data(5, tensor_bytes(value)) + wire.integer(20, TENSOR)
    if isinstance(value, GraphBuilder):
        return head + wire.data(6, value.graph_bytes()) + wire.integer(20, GRAPH)
    if isinstance(value, (bool, int, np.integer)):
        return head + wire.integer(3, value) + wire.integer(20, INT)
    if isinstance(value, (float, np.floating)):
        return head + wire.float32(2, value) + wire.integer(20, FLOAT)
    if isinstance(value, (str, bytes)):
        return head + wire.data(4, value) + wire.integer(20, STRING)
    if isinstance(value, (list, tuple)):
        if value and all(isinstance(item, (str, bytes)) for item in value):
            items = b"".join(wire.data(9, item) for item in value)
            return head + items + wire.integer(20, STRINGS)
        if any(isinstance(item, (float, np.floating)) for item in value):
            return head + wire.packed_floats(7, value) + wire.integer(20, FLOATS)
        return head + wire.packed_integers(8, value) + wire.integer(20, INTS)
    raise TypeError(f"attribute {name}: no ONNX kind for {type(value).__name__}")


class GraphBuilder:
    """Collects one graph; names that are not given are made up and unique."""

    def __init__(self, name="graph", opset=13, ir_version=8):
        self.name, self.opset, self.ir_version = name, opset, ir_version
        self.domains = {}  # other operator sets: domain -> version
        self._nodes, self._initializers, self._inputs, self._outputs = [], [], [], []
        self._used = set()

    def _claim(self, name):
        if name in self._used:
            raise ValueError(f"graph {self.name}: the name '{name}' is taken")
        self._used.add(name)
        return name

    def fresh(self, stem):
        number = 0
        while f"{stem}_{number}" in self._used:
            number += 1
        return self._claim(f"{stem}_{number}")

    def input(self, name, shape, dtype=np.float32):
        self._inputs.append(value_info_bytes(self._claim(name), shape, dtype))
        return name

    def constant(self, array, name=None):
        """An initializer; returns its name. Python floats become float32, ints int64."""
        if isinstance(array, float):
            array = np.float32(array)
        name = self._claim(name) if name else self.fresh("const")
        self._initializers.append(tensor_bytes(array, name))
        return name

    def node(self, op_type, inputs, outputs=1, name=None, domain="", **attributes):
        """Appends a node. `outputs` is a count or a list of names; "" in `inputs` = left out.

        Returns the output's name, or the list of them when there are several.
        """
        if isinstance(outputs, int):
            outputs = [self.fresh(op_type.lower()) for _ in range(outputs)]
        else:
            outputs = [self._claim(output) if output else "" for output in outputs]
        parts = [wire.data(1, item) for item in inputs]
        parts += [wire.data(2, item) for item in outputs]
        parts.append(wire.data(3, name if name is not None else f"{op_type}_{len(self._nodes)}"))
        parts.append(wire.data(4, op_type))
        parts += [wire.data(5, attribute_bytes(key, value)) for key, value in attributes.items()]
        if domain:
            parts.append(wire.data(7, domain))
            self.domains.setdefault(domain, 1)
        self._nodes.append(b"".join(parts))
        return outputs[0] if len(outputs) == 1 else outputs

    def output(self, name, shape=None, dtype=np.float32):
        self._outputs.append(value_info_bytes(name, shape, dtype))
        return name

    def graph_bytes(self):
        parts = [wire.data(1, node) for node in self._nodes]
        parts.append(wire.data(2, self.name))
        parts += [wire.data(5, tensor) for tensor in self._initializers]
        parts += [wire.data(11, value) for value in self._inputs]
        parts += [wire.data(12, value) for value in self._outputs]
        return b"".join(parts)

    def model_bytes(self):
        parts = [wire.integer(1, self.ir_version), wire.data(2, "poacl-tests")]
        parts.append(wire.data(7, self.graph_bytes()))
        for domain, version in [("", self.opset), *self.domains.items()]:
            name = wire.data(1, domain) if domain else b""
            parts.append(wire.data(8, name + wire.integer(2, version)))
        return b"".join(parts)

    def save(self, path):
        """Writes the model, makes the folder when it is missing; returns the path."""
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.model_bytes())
        return path


@dataclass
class Value:
    name: str = ""
    dtype: np.dtype = None
    shape: list = None  # ints, symbols (str) and None; None altogether = rank unknown


@dataclass
class Node:
    op_type: str = ""
    name: str = ""
    domain: str = ""
    inputs: list = field(default_factory=list)
    outputs: list = field(default_factory=list)
    attributes: dict = field(default_factory=dict)


@dataclass
class Model:
    ir_version: int = 0
    opset: int = 0
    domains: dict = field(default_factory=dict)
    name: str = ""
    nodes: list = field(default_factory=list)
    initializers: dict = field(default_factory=dict)
    inputs: list = field(default_factory=list)  # without initializers
    outputs: list = field(default_factory=list)


def _text(view):
    return bytes(view).decode("utf-8")


def parse_tensor(message):
    """(name, array) of a serialized TensorProto, whichever field holds the values."""
    dims, code, name, raw, typed = [], 0, "", None, []
    for number, kind, value in wire.fields(message):
        if number == 1:
            dims += wire.integers_of(kind, value)
        elif number == 2:
            code = value
        elif number == 8:
            name = _text(value)
        elif number == 9:
            raw = value
        elif number == 14 and value:
            raise ValueError(f"tensor '{name}': values lie in another file, which is not read here")
        elif number in (5, 7, 11):
            typed += wire.integers_of(kind, value)
        elif number in (4, 10):
            typed += np.frombuffer(value, "<f4" if number == 4 else "<f8").tolist()
    if code not in NUMPY_TYPES:
        raise ValueError(f"tensor '{name}': element type {code} is not a number")
    dtype = NUMPY_TYPES[code]
    if raw is not None:
        array = np.frombuffer(raw, dtype.newbyteorder("<")).astype(dtype)
    elif dtype in (np.float16, BFLOAT16):
        array = np.array(typed, np.uint16).view(dtype)
    elif dtype == np.uint64:
        array = np.array([item & (1 << 64) - 1 for item in typed], dtype)
    else:
        array = np.array(typed).astype(dtype)
    count = int(np.prod(dims, dtype=np.int64))
    if array.size != count:
        raise ValueError(f"tensor '{name}': {array.size} values for shape {dims} ({count})")
    return name, array.reshape(dims)


def read_tensor(path):
    return parse_tensor(pathlib.Path(path).read_bytes())[1]


def _parse_value(message):
    value = Value()
    for number, _, item in wire.fields(message):
        if number == 1:
            value.name = _text(item)
        elif number == 2:
            for type_field, _, tensor_type in wire.fields(item):
                if type_field == 1:
                    _parse_tensor_type(value, tensor_type)
    return value


def _parse_tensor_type(value, message):
    for number, _, item in wire.fields(message):
        if number == 1:
            value.dtype = NUMPY_TYPES.get(item)
        elif number == 2:
            value.shape = []
            for _, _, dim in wire.fields(item):
                entry = None
                for dim_field, _, dim_value in wire.fields(dim):
                    if dim_field == 1:
                        entry = wire.signed(dim_value)
                    elif dim_field == 2:
                        entry = _text(dim_value)
                value.shape.append(entry)


def _parse_attribute(message):
    name, single, many = "", None, None
    for number, kind, value in wire.fields(message):
        if number == 1:
            name = _text(value)
        elif number == 2:
            single = struct.unpack("<f", value)[0]
        elif number == 3:
            single = wire.signed(value)
        elif number == 4:
            single = bytes(value)
        elif number == 5:
            single = parse_tensor(value)[1]
        elif number == 6:
            single = bytes(value)
        elif number == 7:
            many = (many or []) + np.frombuffer(value, "<f4").tolist()
        elif number == 8:
            many = (many or []) + wire.integers_of(kind, value)
        elif number == 9:
            many = (many or []) + [bytes(value)]
    return name, single if many is None else many


def _parse_node(message):
    node = Node()
    for number, _, value in wire.fields(message):
        if number == 1:
            node.inputs.append(_text(value))
        elif number == 2:
            node.outputs.append(_text(value))
        elif number == 3:
            node.name = _text(value)
        elif number == 4:
            node.op_type = _text(value)
        elif number == 5:
            key, attribute = _parse_attribute(value)
            node.attributes[key] = attribute
        elif number == 7:
            node.domain = _text(value)
    return node


def parse_model(message):
    model = Model()
    graph = b""  # several graph fields mean one merged graph, which is their bytes joined
    for number, _, value in wire.fields(message):
        if number == 1:
            model.ir_version = value
        elif number == 7:
            graph += value
        elif number == 8:
            domain, version = "", 0
            for entry, _, item in wire.fields(value):
                if entry == 1:
                    domain = _text(item)
                elif entry == 2:
                    version = item
            if domain in ("", "ai.onnx"):
                model.opset = version
            else:
                model.domains[domain] = version
    for number, _, value in wire.fields(graph):
        if number == 1:
            model.nodes.append(_parse_node(value))
        elif number == 2:
            model.name = _text(value)
        elif number == 5:
            name, array = parse_tensor(value)
            model.initializers[name] = array
        elif number == 11:
            model.inputs.append(_parse_value(value))
        elif number == 12:
            model.outputs.append(_parse_value(value))
    model.inputs = [item for item in model.inputs if item.name not in model.initializers]
    return model


def read_model(path):
    return parse_model(pathlib.Path(path).read_bytes())
