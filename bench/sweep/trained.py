"""The trained float32 models of the shared data, each with the inputs that come with it."""

import os
import pathlib
from dataclasses import dataclass

from onnx_builder import read_model, read_tensor

# Not float32 models.
OTHER_TYPES = {"mobilenetv2_qdq_int8", "squeezenet_fp16"}


@dataclass(frozen=True)
class Trained:
    kind: str
    name: str
    path: pathlib.Path

    def feeds(self):
        inputs = read_model(self.path).inputs
        data = self.path.parent / "test_data_set_0"
        arrays = [read_tensor(data / f"input_{i}.pb") for i in range(len(inputs))]
        return [
            array.reshape(()) if value.shape == [] else array
            for value, array in zip(inputs, arrays)
        ]

    def options(self, arrays):
        """For atc: the shapes of the arrays in place of open ones."""
        inputs = read_model(self.path).inputs
        if all(isinstance(dim, int) for value in inputs for dim in value.shape):
            return []
        shapes = [f"{value.name}:{','.join(map(str, array.shape))}"
                  for value, array in zip(inputs, arrays) if array.ndim]  # fmt: skip
        return [f"--input_shape={';'.join(shapes)}"]


def cases(root):
    """The models in `root`/../shared/data or $POACL_DATA; none when they are not there."""
    data = pathlib.Path(os.environ.get("POACL_DATA", root.parent / "shared" / "data"))
    return [
        Trained("trained", path.parent.name, path)
        for path in sorted((data / "models" / "onnx").glob("*/model.onnx"))
        if path.parent.name not in OTHER_TYPES
    ]
