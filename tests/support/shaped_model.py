"""Models with gears or open shapes, run through the acl module.

    with ShapedModel(acl, om) as model:
        model.set_batch(4)
        outputs = model.run([array])                # a model with gears
        outputs = model.run([array], shapes=True)   # ranges: shapes are set on the dataset

Buffers are as large as the model asks for, or `bytes_of` says; outputs come back in the shape of
the run.
"""

import ctypes

import numpy as np

try:
    from .acl_runner import NUMPY_TYPES, check
except ImportError:
    from acl_runner import NUMPY_TYPES, check

GEAR_INPUT = "ascend_mbatch_shape_data"
ALL_INPUTS = -1
ND = 2


class ShapedModel:
    def __init__(self, acl, path, roomy=0):
        """`roomy`: the size of a buffer where the model knows no bound."""
        self.acl = acl
        self.id, code = acl.mdl.load_from_file(str(path))
        check(code, "acl.mdl.load_from_file", acl)
        self.desc = acl.mdl.create_desc()
        check(acl.mdl.get_desc(self.desc, self.id), "acl.mdl.get_desc", acl)
        mdl = acl.mdl
        self.input_count = mdl.get_num_inputs(self.desc)
        self.output_count = mdl.get_num_outputs(self.desc)
        self.inputs = self.dataset(
            [mdl.get_input_size_by_index(self.desc, i) or roomy for i in range(self.input_count)])
        self.outputs = self.dataset(
            [mdl.get_output_size_by_index(self.desc, i) or roomy
             for i in range(self.output_count)])  # fmt: skip
        self.gear_index = mdl.get_input_index_by_name(self.desc, GEAR_INPUT)[0]

    def dataset(self, sizes):
        """(dataset, [[address, size, data buffer]])"""
        dataset, memory = self.acl.mdl.create_dataset(), []
        for size in sizes:
            address, code = self.acl.rt.malloc(max(size, 1), 0)
            check(code, f"acl.rt.malloc({size})", self.acl)
            ctypes.memset(address, 0xA5, max(size, 1))
            buffer = self.acl.create_data_buffer(address, size)
            check(self.acl.mdl.add_dataset_buffer(dataset, buffer)[1], "add_dataset_buffer",
                  self.acl)  # fmt: skip
            memory.append([address, size, buffer])
        return dataset, memory

    def free(self, dataset, memory):
        for address, _, buffer in memory:
            check(self.acl.destroy_data_buffer(buffer), "destroy_data_buffer", self.acl)
            check(self.acl.rt.free(address), "rt.free", self.acl)
        check(self.acl.mdl.destroy_dataset(dataset), "destroy_dataset", self.acl)

    def set_batch(self, batch):
        return self.acl.mdl.set_dynamic_batch_size(self.id, self.inputs[0], self.gear_index, batch)

    def set_hw(self, height, width):
        return self.acl.mdl.set_dynamic_hw_size(
            self.id, self.inputs[0], self.gear_index, height, width)

    def set_dims(self, dims):
        return self.acl.mdl.set_input_dynamic_dims(
            self.id, self.inputs[0], self.gear_index,
            {"name": "", "dimCount": len(dims), "dims": list(dims)})  # fmt: skip

    def set_shape(self, index, shape):
        desc = self.acl.create_tensor_desc(0, list(shape), ND)
        code = self.acl.mdl.set_dataset_tensor_desc(self.inputs[0], desc, index)[1]
        self.acl.destroy_tensor_desc(desc)
        return code

    def fill(self, arrays):
        for index, array in enumerate(arrays):
            array = np.ascontiguousarray(array)
            address, size, _ = self.inputs[1][index]
            assert array.nbytes <= size, (index, array.nbytes, size)
            ctypes.memmove(address, array.ctypes.data, array.nbytes)

    def execute(self, stream=None):
        mdl = self.acl.mdl
        if stream is None:
            return mdl.execute(self.id, self.inputs[0], self.outputs[0])
        code = mdl.execute_async(self.id, self.inputs[0], self.outputs[0], stream)
        return code or self.acl.rt.synchronize_stream(stream)

    def run(self, arrays, shapes=False, stream=None):
        self.fill(arrays)
        if shapes:
            for index, array in enumerate(arrays):
                check(self.set_shape(index, array.shape), "set_dataset_tensor_desc", self.acl)
        check(self.execute(stream), "acl.mdl.execute", self.acl)
        shape_of = self.told_shape if shapes else self.current_shape
        return [self.output(i, shape_of(i)) for i in range(self.output_count)]

    def output(self, index, shape):
        dtype = np.dtype(NUMPY_TYPES[self.acl.mdl.get_output_data_type(self.desc, index)])
        array = np.empty(shape, dtype)
        ctypes.memmove(array.ctypes.data, self.outputs[1][index][0], array.nbytes)
        return array

    def current_shape(self, index):
        dims, code = self.acl.mdl.get_cur_output_dims(self.desc, index)
        check(code, "acl.mdl.get_cur_output_dims", self.acl)
        return tuple(dims["dims"])

    def told_shape(self, index):
        desc = self.acl.mdl.get_dataset_tensor_desc(self.outputs[0], index)
        rank = self.acl.get_tensor_desc_num_dims(desc)
        return tuple(self.acl.get_tensor_desc_dim_v2(desc, axis)[0] for axis in range(rank))

    def close(self):
        self.free(*self.inputs)
        self.free(*self.outputs)
        check(self.acl.mdl.destroy_desc(self.desc), "destroy_desc", self.acl)
        check(self.acl.mdl.unload(self.id), "mdl.unload", self.acl)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()
