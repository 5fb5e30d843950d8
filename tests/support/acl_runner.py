"""Runs a converted model through the acl module, in the guide's flow, with every result checked.

    with Runtime() as runtime, runtime.load(om_path) as model:
        outputs = model.run([array, ...])

Arrays go in and come out in the model's own data types and shapes. An output whose shape is known
only after the run is asked for its shape then; where not even a bound of its size is known, the
library allocates it.
"""

import numpy as np

try:
    from .onnx_builder import BFLOAT16
    from .toolchain import import_acl
except ImportError:
    from onnx_builder import BFLOAT16
    from toolchain import import_acl

HOST_TO_DEVICE, DEVICE_TO_HOST, MALLOC_HUGE_FIRST = 1, 2, 0

# aclDataType
NUMPY_TYPES = {
    0: np.float32, 1: np.float16, 2: np.int8, 3: np.int32, 4: np.uint8, 6: np.int16, 7: np.uint16,
    8: np.uint32, 9: np.int64, 10: np.uint64, 11: np.float64, 12: np.bool_,
    27: BFLOAT16,
}  # fmt: skip


class AclError(RuntimeError):
    pass


def check(code, call, acl):
    if code != 0:
        raise AclError(f"{call} returned {code}: {acl.get_recent_err_msg()}")


class Runtime:
    """acl.init .. acl.finalize around one device."""

    def __init__(self, device=0):
        self.acl, self.device = import_acl(), device

    def __enter__(self):
        check(self.acl.init(), "acl.init", self.acl)
        check(self.acl.rt.set_device(self.device), "acl.rt.set_device", self.acl)
        return self

    def __exit__(self, *unused):
        check(self.acl.rt.reset_device(self.device), "acl.rt.reset_device", self.acl)
        check(self.acl.finalize(), "acl.finalize", self.acl)

    def load(self, path):
        return LoadedModel(self.acl, path)


class LoadedModel:
    def __init__(self, acl, path):
        self.acl = acl
        self.id, code = acl.mdl.load_from_file(str(path))
        self.check(code, f"acl.mdl.load_from_file({path})")
        self.desc = acl.mdl.create_desc()
        self.check(acl.mdl.get_desc(self.desc, self.id), "acl.mdl.get_desc")
        mdl = acl.mdl
        self.inputs = self._buffers(mdl.get_num_inputs, mdl.get_input_size_by_index)
        self.outputs = self._buffers(mdl.get_num_outputs, mdl.get_output_size_by_index)

    def check(self, code, call):
        check(code, call, self.acl)

    def _buffers(self, count_of, size_of):
        dataset, memory = self.acl.mdl.create_dataset(), []
        for index in range(count_of(self.desc)):
            size = size_of(self.desc, index)
            pointer = 0
            if size != 0 or not self._is_open(count_of, index):
                # An empty tensor has a buffer of no bytes, but memory of no bytes does not exist.
                pointer, code = self.acl.rt.malloc(max(size, 1), MALLOC_HUGE_FIRST)
                self.check(code, f"acl.rt.malloc({size})")
            buffer = self.acl.create_data_buffer(pointer, size)
            _, code = self.acl.mdl.add_dataset_buffer(dataset, buffer)
            self.check(code, "acl.mdl.add_dataset_buffer")
            memory.append((pointer, size, buffer))
        return dataset, memory

    def _is_open(self, count_of, index):
        is_output = count_of == self.acl.mdl.get_num_outputs
        return is_output and min(self.output_shape(index), default=0) < 0

    def input_dtype(self, index):
        return np.dtype(NUMPY_TYPES[self.acl.mdl.get_input_data_type(self.desc, index)])

    def output_dtype(self, index):
        return np.dtype(NUMPY_TYPES[self.acl.mdl.get_output_data_type(self.desc, index)])

    def output_shape(self, index):
        dims, code = self.acl.mdl.get_output_dims(self.desc, index)
        self.check(code, "acl.mdl.get_output_dims")
        return tuple(dims["dims"])

    def set_input(self, index, array):
        pointer, size, _ = self.inputs[1][index]
        array = np.ascontiguousarray(array, self.input_dtype(index))
        if array.nbytes != size:
            raise AclError(f"input {index} of {array.shape} has {array.nbytes} bytes, not {size}")
        if size == 0:
            return
        source = self.acl.util.numpy_to_ptr(array)
        self.check(self.acl.rt.memcpy(pointer, size, source, array.nbytes, HOST_TO_DEVICE),
                   "acl.rt.memcpy to device")  # fmt: skip

    def get_output(self, index):
        pointer, size, buffer = self.outputs[1][index]
        shape = self.output_shape(index)
        is_open = min(shape, default=0) < 0
        allocated = is_open and pointer == 0
        if is_open:
            shape = self.computed_shape(index)
            pointer = self.acl.get_data_buffer_addr(buffer)
            size = self.acl.get_data_buffer_size_v2(buffer)
        array = np.empty(shape, self.output_dtype(index))
        if array.nbytes > size or (array.nbytes != size and not is_open):
            raise AclError(f"output {index} is {size} bytes but {array.shape} {array.dtype}")
        if array.nbytes != 0:
            target = self.acl.util.numpy_to_ptr(array)
            self.check(
                self.acl.rt.memcpy(target, array.nbytes, pointer, array.nbytes, DEVICE_TO_HOST),
                "acl.rt.memcpy to host")  # fmt: skip
        if allocated and pointer != 0:
            self.check(self.acl.rt.free(pointer), "acl.rt.free")
            self.check(self.acl.update_data_buffer(buffer, 0, 0), "acl.update_data_buffer")
        return array

    def computed_shape(self, index):
        """The shape of an output as the last execution left it."""
        desc = self.acl.mdl.get_dataset_tensor_desc(self.outputs[0], index)
        rank = self.acl.get_tensor_desc_num_dims(desc)
        shape = []
        for axis in range(rank):
            size, code = self.acl.get_tensor_desc_dim_v2(desc, axis)
            self.check(code, "acl.get_tensor_desc_dim_v2")
            shape.append(size)
        return tuple(shape)

    def run(self, arrays):
        """Executes with these inputs; list of outputs."""
        if len(arrays) != len(self.inputs[1]):
            raise AclError(f"{len(arrays)} arrays for {len(self.inputs[1])} inputs")
        for index, array in enumerate(arrays):
            self.set_input(index, array)
        self.check(self.acl.mdl.execute(self.id, self.inputs[0], self.outputs[0]),
                   "acl.mdl.execute")  # fmt: skip
        return [self.get_output(index) for index in range(len(self.outputs[1]))]

    def close(self):
        for dataset, memory in (self.inputs, self.outputs):
            for pointer, _, buffer in memory:
                self.check(self.acl.destroy_data_buffer(buffer), "acl.destroy_data_buffer")
                if pointer != 0:
                    self.check(self.acl.rt.free(pointer), "acl.rt.free")
            self.check(self.acl.mdl.destroy_dataset(dataset), "acl.mdl.destroy_dataset")
        self.check(self.acl.mdl.destroy_desc(self.desc), "acl.mdl.destroy_desc")
        self.check(self.acl.mdl.unload(self.id), "acl.mdl.unload")

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()
