"""A GraphBuilder that draws its own weights and remembers what to feed."""

import numpy as np
from onnx_builder import GraphBuilder, parse_model


class Net(GraphBuilder):
    def __init__(self, rng, opset=13, dtype=np.float32):
        super().__init__("generated", opset=opset)
        self.rng, self.dtype, self.feeds = rng, np.dtype(dtype), {}

    # --- values

    def pick(self, *choices):
        return choices[int(self.rng.integers(len(choices)))]

    def between(self, low, high):
        """An integer, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def feed(self, shape, name="x", dtype=None, low=None, high=None):
        """A graph input together with the array the test gives it."""
        dtype = np.dtype(dtype or self.dtype)
        if low is not None:
            array = self.rng.uniform(low, high, shape)
        elif dtype.kind in "iu":
            array = self.rng.integers(0, 100, shape)
        else:
            array = self.rng.standard_normal(shape)
        self.feeds[name] = array.astype(dtype)
        return self.input(name, list(shape), dtype)

    def weights(self, shape, fan_in=None):
        deviation = np.sqrt(1.0 / (fan_in or 1))
        return self.constant((self.rng.standard_normal(shape) * deviation).astype(self.dtype))

    def uniform(self, shape, low, high):
        return self.constant(self.rng.uniform(low, high, shape).astype(self.dtype))

    def integers(self, values):
        return self.constant(np.array(values, np.int64))

    def scalar(self, value):
        return self.constant(np.array(value, self.dtype))

    # --- layers, in the form of this operator set

    def conv(self, x, channels_in, channels_out, kernel, bias=True, group=1, **attributes):
        kernel = [kernel, kernel] if isinstance(kernel, int) else list(kernel)
        per_group = channels_in // group
        shape = (channels_out, per_group, *kernel)
        inputs = [x, self.weights(shape, per_group * kernel[0] * kernel[1])]
        if bias:
            inputs.append(self.uniform(channels_out, -1, 1))
        if group != 1:
            attributes["group"] = group
        return self.node("Conv", inputs, kernel_shape=kernel, **attributes)

    def batch_norm(self, x, channels, epsilon=1e-3):
        parts = [self.uniform(channels, 0.5, 1.5), self.uniform(channels, -0.5, 0.5),
                 self.uniform(channels, -0.5, 0.5), self.uniform(channels, 0.5, 2.0)]  # fmt: skip
        return self.node("BatchNormalization", [x, *parts], epsilon=epsilon)

    def clip(self, x, low, high):
        if self.opset < 11:
            return self.node("Clip", [x], min=float(low), max=float(high))
        return self.node("Clip", [x, self.scalar(low), self.scalar(high)])

    def pad(self, x, pads, mode="constant", value=0.0):
        if self.opset < 11:
            return self.node("Pad", [x], pads=pads, mode=mode, value=float(value))
        inputs = [x, self.integers(pads)]
        if mode == "constant":
            inputs.append(self.scalar(value))
        return self.node("Pad", inputs, mode=mode)

    def with_axes(self, op_type, x, axes, since=13, **attributes):
        """Squeeze, Unsqueeze, ReduceSum...: axes as attribute before `since`, as input from it."""
        if self.opset < since:
            return self.node(op_type, [x], axes=list(axes), **attributes)
        return self.node(op_type, [x, self.integers(axes)], **attributes)

    def slice(self, x, starts, ends, axes, steps=None):
        if self.opset < 10:
            return self.node("Slice", [x], starts=starts, ends=ends, axes=axes)
        inputs = [x, *(self.integers(values) for values in (starts, ends, axes))]
        if steps is not None:
            inputs.append(self.integers(steps))
        return self.node("Slice", inputs)

    def model(self):
        return parse_model(self.model_bytes())
