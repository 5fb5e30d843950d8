"""Programs in the flows of the guide's first application, of the AscendCL note and of "Executing a
Model", on a small model whose results numpy computes too."""

import struct

import numpy as np
import pytest
from acl_runner import LoadedModel
from conftest import acl

MALLOC_HUGE_FIRST, MALLOC_NORMAL_ONLY = 0, 2
HOST_TO_DEVICE, DEVICE_TO_HOST = 1, 2
SHAPE = (1, 3, 8, 8)


def picture(seed):
    return np.random.default_rng(seed).standard_normal(SHAPE, np.float32)


def close(found, wanted):
    return np.allclose(found, wanted, atol=1e-4 * np.ptp(wanted))


class Net:
    """Everything a program needs around one model; results are plain return codes."""

    def __init__(self, path):
        self.codes = [acl.init(), acl.rt.set_device(0)]
        self.model, ret = acl.mdl.load_from_file(path)
        self.codes.append(ret)
        self.desc = acl.mdl.create_desc()
        self.codes.append(acl.mdl.get_desc(self.desc, self.model))
        self.inputs, self.input_data = self.dataset(acl.mdl.get_num_inputs,
                                                    acl.mdl.get_input_size_by_index)
        self.outputs, self.output_data = self.dataset(acl.mdl.get_num_outputs,
                                                      acl.mdl.get_output_size_by_index)

    def dataset(self, count_of, size_of):
        dataset, data = acl.mdl.create_dataset(), []
        for index in range(count_of(self.desc)):
            size = size_of(self.desc, index)
            memory, ret = acl.rt.malloc(size, MALLOC_HUGE_FIRST)
            buffer = acl.create_data_buffer(memory, size)
            _, added = acl.mdl.add_dataset_buffer(dataset, buffer)
            self.codes += [ret, added]
            data.append({"memory": memory, "buffer": buffer, "size": size})
        return dataset, data

    def forward(self, arrays):
        for array, item in zip(arrays, self.input_data):
            text = array.tobytes()
            self.codes.append(acl.rt.memcpy(item["memory"], item["size"],
                                            acl.util.bytes_to_ptr(text), len(text),
                                            HOST_TO_DEVICE))
        self.codes.append(acl.mdl.execute(self.model, self.inputs, self.outputs))
        results = []
        for item in self.output_data:
            host, ret = acl.rt.malloc_host(item["size"])
            self.codes += [ret, acl.rt.memcpy(host, item["size"], item["memory"], item["size"],
                                              DEVICE_TO_HOST)]
            text = acl.util.ptr_to_bytes(host, item["size"])
            results.append(np.frombuffer(text, np.float32))
            self.codes.append(acl.rt.free_host(host))
        return results

    def release(self):
        for data in (self.input_data, self.output_data):
            while data:
                item = data.pop()
                self.codes += [acl.destroy_data_buffer(item["buffer"]),
                               acl.rt.free(item["memory"])]
        self.codes += [acl.mdl.destroy_dataset(self.inputs), acl.mdl.destroy_dataset(self.outputs),
                       acl.mdl.destroy_desc(self.desc), acl.mdl.unload(self.model),
                       acl.rt.reset_device(0), acl.finalize()]


def test_first_application(classifier):
    path, compute = classifier
    net = Net(str(path))
    for seed in range(3):
        found = net.forward([picture(seed)])[0]
        wanted = compute(picture(seed)).ravel()
        assert close(found, wanted)
        assert list(found.argsort()[::-1][:5]) == list(wanted.argsort()[::-1][:5])
    net.release()
    assert set(net.codes) == {0}


def test_first_application_twice(classifier):
    """finalize leaves the process able to start again."""
    test_first_application(classifier)


def test_note_flow(classifier, initialized):
    """Explicit context; the input dataset wraps the memory of a Python object directly."""
    path, compute = classifier
    assert acl.rt.set_device(0) == 0
    context, ret = acl.rt.create_context(0)
    assert ret == 0
    model, ret = acl.mdl.load_from_file(str(path))
    assert ret == 0
    desc = acl.mdl.create_desc()
    assert acl.mdl.get_desc(desc, model) == 0

    image = picture(5)
    text = image.tobytes()
    inputs = acl.mdl.create_dataset()
    assert acl.mdl.get_num_inputs(desc) == 1
    buffer = acl.create_data_buffer(acl.util.bytes_to_ptr(text), image.size * image.itemsize)
    assert acl.mdl.add_dataset_buffer(inputs, buffer) == (inputs, 0)
    outputs = acl.mdl.create_dataset()
    memory = []
    for index in range(acl.mdl.get_num_outputs(desc)):
        size = acl.mdl.get_output_size_by_index(desc, index)
        address, ret = acl.rt.malloc(size, MALLOC_NORMAL_ONLY)
        assert ret == 0
        memory.append(address)
        _, ret = acl.mdl.add_dataset_buffer(outputs, acl.create_data_buffer(address, size))
        assert ret == 0

    assert acl.mdl.execute(model, inputs, outputs) == 0, acl.get_recent_err_msg()

    buffer = acl.mdl.get_dataset_buffer(outputs, 0)
    found = acl.util.ptr_to_bytes(acl.get_data_buffer_addr(buffer),
                                  int(acl.get_data_buffer_size(buffer)))
    shape = tuple(acl.mdl.get_output_dims(desc, 0)[0]["dims"])
    assert shape == (1, 10)
    assert close(np.frombuffer(found, np.float32).reshape(shape), compute(image))

    for dataset in (inputs, outputs):
        for index in range(acl.mdl.get_dataset_num_buffers(dataset)):
            assert acl.destroy_data_buffer(acl.mdl.get_dataset_buffer(dataset, index)) == 0
        assert acl.mdl.destroy_dataset(dataset) == 0
    for address in memory:
        assert acl.rt.free(address) == 0
    assert acl.mdl.unload(model) == 0
    assert acl.mdl.destroy_desc(desc) == 0
    assert acl.rt.destroy_context(context) == 0
    assert acl.rt.reset_device(0) == 0


def test_executing_a_model_flow(classifier, device):
    """Shape-checked set-up, results read as bytes and unpacked by struct."""
    path, compute = classifier
    model, ret = acl.mdl.load_from_file(str(path))
    assert ret == 0
    desc = acl.mdl.create_desc()
    assert acl.mdl.get_desc(desc, model) == 0
    dims, ret = acl.mdl.get_input_dims(desc, 0)
    assert ret == 0
    assert dims == {"name": "data", "dimCount": 4, "dims": list(SHAPE)}
    size = acl.mdl.get_input_size_by_index(desc, 0)
    assert size == 4 * int(np.prod(SHAPE))
    source, ret = acl.rt.malloc(size, MALLOC_HUGE_FIRST)
    target, ret2 = acl.rt.malloc(acl.mdl.get_output_size_by_index(desc, 0), MALLOC_HUGE_FIRST)
    assert (ret, ret2) == (0, 0)
    inputs, outputs = acl.mdl.create_dataset(), acl.mdl.create_dataset()
    acl.mdl.add_dataset_buffer(inputs, acl.create_data_buffer(source, size))
    acl.mdl.add_dataset_buffer(outputs, acl.create_data_buffer(target, 40))
    image = picture(9)
    assert "bytes_to_ptr" in dir(acl.util)
    text = image.tobytes()
    assert acl.rt.memcpy(source, size, acl.util.bytes_to_ptr(text), size, HOST_TO_DEVICE) == 0

    stream, ret = acl.rt.create_stream()
    assert ret == 0
    assert acl.mdl.execute_async(model, inputs, outputs, stream) == 0
    assert acl.rt.synchronize_stream(stream) == 0
    assert acl.rt.destroy_stream(stream) == 0

    host, ret = acl.rt.malloc_host(40)
    assert ret == 0
    assert acl.rt.memcpy(host, 40, target, 40, DEVICE_TO_HOST) == 0
    data = np.frombuffer(acl.util.ptr_to_bytes(host, 40), np.byte)
    values = np.array(struct.unpack("10f", bytearray(data)))
    assert close(values, compute(image).ravel())
    assert values.argsort()[-1] == compute(image).argmax()

    assert acl.rt.free_host(host) == 0
    for dataset in (inputs, outputs):
        buffer = acl.mdl.get_dataset_buffer(dataset, 0)
        assert acl.rt.free(acl.get_data_buffer_addr(buffer)) == 0
        assert acl.destroy_data_buffer(buffer) == 0
        assert acl.mdl.destroy_dataset(dataset) == 0
    assert acl.mdl.destroy_desc(desc) == 0
    assert acl.mdl.unload(model) == 0


def test_loading_from_memory(classifier, device):
    text = classifier[0].read_bytes()
    address = acl.util.bytes_to_ptr(text)
    work, weight, ret = acl.mdl.query_size_from_mem(address, len(text))
    assert ret == 0 and (work, weight, 0) == acl.mdl.query_size(str(classifier[0]))
    model, ret = acl.mdl.load_from_mem(address, len(text))
    assert ret == 0
    del text
    desc = acl.mdl.create_desc()
    assert acl.mdl.get_desc(desc, model) == 0
    assert acl.mdl.get_input_name_by_index(desc, 0) == "data"
    assert acl.mdl.get_input_index_by_name(desc, "data") == (0, 0)
    assert acl.mdl.get_input_index_by_name(desc, "date")[1] == 100000
    assert acl.mdl.get_input_data_type(desc, 0) == 0
    assert acl.mdl.get_output_data_type(desc, 0) == 0
    assert acl.mdl.get_input_format(desc, 5) == -1
    assert acl.mdl.get_input_size_by_index(desc, 5) == 0
    assert acl.mdl.get_cur_output_dims(desc, 0)[1] == 0
    assert acl.mdl.unload(model) == 0
    assert acl.mdl.unload(model) == 145003
    assert acl.mdl.destroy_desc(desc) == 0


def test_execution_misuse(classifier, device):
    with LoadedModel(acl, classifier[0]) as model:
        empty = acl.mdl.create_dataset()
        assert acl.mdl.execute(model.id, 0, model.outputs[0]) == 100000
        assert acl.mdl.execute(model.id, empty, model.outputs[0]) == 145000
        memory, size, _ = model.inputs[1][0]
        small = acl.create_data_buffer(memory, size // 2)
        acl.mdl.add_dataset_buffer(empty, small)
        assert acl.mdl.execute(model.id, empty, model.outputs[0]) != 0
        assert str(size) in acl.get_recent_err_msg()
        assert acl.mdl.execute(model.id + 1000, model.inputs[0], model.outputs[0]) == 145003
        assert acl.mdl.execute(model.id, model.inputs[0], model.outputs[0]) == 0
        assert acl.destroy_data_buffer(small) == 0
        assert acl.mdl.destroy_dataset(empty) == 0


@pytest.mark.parametrize("name, options", [("mnist_8", []),
                                           ("resnet20_cifar10", ["--input_shape=input:1,3,32,32"])])
def test_stored_model_loads_and_describes_itself(stored_model, tmp_path, atc, device, name,
                                                 options):
    onnx = next(stored_model(name).glob("*.onnx"))
    om = atc(onnx, tmp_path / name, *options)
    model, ret = acl.mdl.load_from_file(str(om))
    assert ret == 0, acl.get_recent_err_msg()
    desc = acl.mdl.create_desc()
    assert acl.mdl.get_desc(desc, model) == 0
    dims, ret = acl.mdl.get_input_dims(desc, 0)
    assert ret == 0
    assert acl.mdl.get_input_size_by_index(desc, 0) == 4 * int(np.prod(dims["dims"]))
    assert acl.mdl.destroy_desc(desc) == 0
    assert acl.mdl.unload(model) == 0
