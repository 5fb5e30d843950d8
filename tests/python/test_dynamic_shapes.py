"""Gears and ranges end to end: every shape gives what a static conversion of that shape gives."""

import threading

import numpy as np
import pytest
from acl_runner import LoadedModel
from conftest import acl
from onnx_builder import GraphBuilder
from shaped_model import GEAR_INPUT, ShapedModel
from toolchain import run_atc

RANDOM = np.random.default_rng(23)
SHAPE_INVALID, NOT_A_GEAR, WRONG_LENGTH, INVALID = 145021, 145013, 145012, 100000


def normal(*shape):
    return RANDOM.standard_normal(shape, np.float32)


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """Convolutions, a residual, pooling and a matrix: any batch and any picture size."""
    graph = GraphBuilder("network", opset=13)
    x = graph.input("data", ["n", 3, "h", "w"])
    y = graph.node("Conv", [x, graph.constant(normal(16, 3, 3, 3)), graph.constant(normal(16))],
                   pads=[1, 1, 1, 1])  # fmt: skip
    y = graph.node("Relu", [y])
    z = graph.node("Conv", [y, graph.constant(normal(16, 16, 3, 3) * np.float32(0.1))],
                   pads=[1, 1, 1, 1])  # fmt: skip
    y = graph.node("Relu", [graph.node("Add", [y, z])])
    y = graph.node("MaxPool", [y], kernel_shape=[2, 2], strides=[2, 2])
    graph.output(y, None)
    y = graph.node("Flatten", [graph.node("GlobalAveragePool", [y])])
    graph.output(graph.node("MatMul", [y, graph.constant(normal(16, 10))]), None)
    path = tmp_path_factory.mktemp("network") / "network.onnx"
    graph.save(path)
    return path


@pytest.fixture(scope="module")
def sequence(tmp_path_factory):
    """Attention-like: rows [n, l, 8] and a mask [n, l]."""
    graph = GraphBuilder("sequence", opset=13)
    x = graph.input("rows", ["n", "l", 8])
    mask = graph.input("mask", ["n", "l"])
    q = graph.node("MatMul", [x, graph.constant(normal(8, 8))])
    k = graph.node("Transpose", [graph.node("MatMul", [x, graph.constant(normal(8, 8))])],
                   perm=[0, 2, 1])  # fmt: skip
    scores = graph.node("MatMul", [q, k])
    wide = graph.node("Unsqueeze", [mask, graph.constant(np.array([1], np.int64))])
    weights = graph.node("Softmax", [graph.node("Add", [scores, wide])], axis=2)
    graph.output(graph.node("MatMul", [weights, x]), None)
    path = tmp_path_factory.mktemp("sequence") / "sequence.onnx"
    graph.save(path)
    return path


@pytest.fixture
def static(atc, tmp_path):
    """The outputs of a static conversion for the shapes of the arrays."""

    def run(onnx, names, arrays, *options):
        shapes = ";".join(f"{n}:{','.join(map(str, a.shape))}" for n, a in zip(names, arrays))
        om = atc(onnx, tmp_path / "static", f"--input_shape={shapes}", *options)
        with LoadedModel(acl, om) as model:
            return model.run(arrays)

    return run


def assert_same_bits(found, wanted):
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted):
        assert one.shape == other.shape
        assert one.tobytes() == other.tobytes()


def test_batch_gears_equal_static_models(device, atc, static, network, tmp_path):
    om = atc(network, tmp_path / "m", "--input_shape=data:-1,3,12,20", "--dynamic_batch_size=2,8,1")
    with ShapedModel(acl, om) as model:
        for batch in (1, 8, 2, 8, 1):
            x = normal(batch, 3, 12, 20)
            assert model.set_batch(batch) == 0
            assert_same_bits(model.run([x]), static(network, ["data"], [x]))
        assert model.set_batch(4) == NOT_A_GEAR
        assert "2; 8; 1" in acl.get_recent_err_msg()


def test_image_gears_equal_static_models(device, atc, static, network, tmp_path):
    om = atc(network, tmp_path / "m", "--input_shape=data:2,3,-1,-1",
             "--dynamic_image_size=16,16;32,24;8,40")  # fmt: skip
    stream, _ = acl.rt.create_stream()
    with ShapedModel(acl, om) as model:
        for height, width in ((8, 40), (32, 24), (16, 16)):
            x = normal(2, 3, height, width)
            assert model.set_hw(height, width) == 0
            assert_same_bits(model.run([x], stream=stream), static(network, ["data"], [x]))
        assert model.set_hw(24, 32) == NOT_A_GEAR
    assert acl.rt.destroy_stream(stream) == 0


def test_dims_gears_equal_static_models(device, atc, static, sequence, tmp_path):
    om = atc(sequence, tmp_path / "m", "--input_shape=mask:-1,-1;rows:-1,-1,8", "--input_format=ND",
             "--dynamic_dims=1,4,1,4;3,9,3,9;2,16,2,16")  # fmt: skip
    with ShapedModel(acl, om) as model:
        for n, length in ((3, 9), (1, 4), (2, 16)):
            x, mask = normal(n, length, 8), normal(n, length)
            # All dimensions, in the order of --input_shape.
            assert model.set_dims([n, length, n, length, 8]) == 0
            assert_same_bits(model.run([x, mask]), static(sequence, ["rows", "mask"], [x, mask]))
        assert model.set_dims([3, 4, 3, 4, 8]) == NOT_A_GEAR
        assert model.set_dims([3, 9, 3, 9, 7]) == WRONG_LENGTH
        assert model.set_dims([3, 9]) == WRONG_LENGTH


def test_ranges_equal_static_models(device, atc, static, network, sequence, tmp_path):
    om = atc(network, tmp_path / "m", "--input_shape=data:1~4,3,8~32,-1")
    with ShapedModel(acl, om, roomy=1 << 20) as model:
        for n, height, width in ((1, 8, 9), (4, 32, 16), (2, 11, 40), (1, 8, 9)):
            x = normal(n, 3, height, width)
            assert_same_bits(model.run([x], shapes=True), static(network, ["data"], [x]))
        for wrong in ((5, 3, 8, 8), (1, 3, 7, 8), (1, 3, 33, 8), (1, 2, 8, 8), (1, 3, 8)):
            assert model.set_shape(0, wrong) == 0
            assert model.execute() == INVALID
            assert "data" in acl.get_recent_err_msg()
        assert model.set_batch(1) == NOT_A_GEAR
        assert "aclmdlSetDatasetTensorDesc" in acl.get_recent_err_msg()
    om = atc(sequence, tmp_path / "s", "--input_shape=-1,1~20,8;-1,1~20")
    with ShapedModel(acl, om, roomy=1 << 16) as model:
        for n, length in ((3, 9), (1, 20)):
            x, mask = normal(n, length, 8), normal(n, length)
            wanted = static(sequence, ["rows", "mask"], [x, mask])
            assert_same_bits(model.run([x, mask], shapes=True), wanted)


def test_the_dataset_counts_and_the_largest_gear_is_the_default(device, atc, network, tmp_path):
    om = atc(network, tmp_path / "m", "--input_shape=data:-1,3,8,8", "--dynamic_batch_size=1,4,2")
    with ShapedModel(acl, om) as model:
        x = normal(4, 3, 8, 8)
        largest = model.run([x])
        assert largest[1].shape == (4, 10)
        assert model.set_batch(2) == 0
        assert model.current_shape(1) == (2, 10)
        # A second dataset chose nothing: it runs the largest gear whatever the first one set.
        other = model.dataset([size for _, size, _ in model.inputs[1]])
        first, model.inputs = model.inputs, other
        model.fill([x])
        assert model.execute() == 0
        assert model.output(1, (4, 10)).tobytes() == largest[1].tobytes()
        model.free(*other)
        model.inputs = first
        # What is beyond a smaller gear's result stays as it was.
        assert model.execute() == 0
        np.testing.assert_allclose(model.output(1, (2, 10)), largest[1][:2], rtol=1e-4)
        assert model.output(1, (4, 10))[2:].tobytes() == largest[1][2:].tobytes()


def test_gears_of_one_model_on_several_streams(device, atc, static, network, tmp_path):
    om = atc(network, tmp_path / "m", "--input_shape=data:-1,3,12,12", "--dynamic_batch_size=1,2,3")
    wanted = {}
    for batch in (1, 2, 3):
        x = normal(batch, 3, 12, 12)
        wanted[batch] = x, static(network, ["data"], [x])[1]
    failures = []
    with ShapedModel(acl, om) as model:

        def work(batch):
            acl.rt.set_device(0)
            stream, _ = acl.rt.create_stream()
            mine = ShapedModel.__new__(ShapedModel)
            mine.__dict__.update(model.__dict__)
            mine.inputs = model.dataset([size for _, size, _ in model.inputs[1]])
            mine.outputs = model.dataset([size for _, size, _ in model.outputs[1]])
            x, result = wanted[batch]
            for _ in range(30):
                mine.fill([x])
                code = mine.set_batch(batch) or mine.execute(stream)
                if code or mine.output(1, result.shape).tobytes() != result.tobytes():
                    failures.append((batch, code))
            mine.free(*mine.inputs)
            mine.free(*mine.outputs)
            acl.rt.destroy_stream(stream)
            acl.rt.reset_device(0)

        threads = [threading.Thread(target=work, args=(batch,)) for batch in (1, 2, 3, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failures


def test_weights_are_stored_once(device, atc, tmp_path):
    graph = GraphBuilder("wide", opset=13)
    x = graph.input("x", ["n", 512])
    y = graph.node("MatMul", [x, graph.constant(normal(512, 512))])
    graph.output(graph.node("MatMul", [y, graph.constant(normal(512, 512))]), None)
    graph.save(tmp_path / "wide.onnx")
    one = atc(tmp_path / "wide.onnx", tmp_path / "one", "--input_shape=x:16,512").stat().st_size
    gears = ",".join(str(n) for n in range(1, 17))
    many = atc(tmp_path / "wide.onnx", tmp_path / "many", "--input_shape=x:-1,512",
               f"--dynamic_batch_size={gears}").stat().st_size  # fmt: skip
    assert one > 2 << 20
    assert many < one * 1.6


def test_constants_that_depend_on_the_shape_stay_apart(device, atc, static, tmp_path):
    """Each gear's own table has the same size and the same node, but other numbers."""
    graph = GraphBuilder("positions", opset=13)
    x = graph.input("x", ["n", 4])
    n = graph.node("Cast", [graph.node("Gather", [graph.node("Shape", [x]), graph.constant(
        np.array(0, np.int64))])], to=1)  # fmt: skip
    matrix = graph.node("Mul", [graph.constant(normal(4, 4)), n])
    graph.output(graph.node("MatMul", [x, matrix]), None)
    graph.save(tmp_path / "p.onnx")
    om = atc(tmp_path / "p.onnx", tmp_path / "p", "--input_shape=x:-1,4",
             "--dynamic_batch_size=1,2,5")  # fmt: skip
    with ShapedModel(acl, om) as model:
        for batch in (1, 2, 5):
            x = normal(batch, 4)
            assert model.set_batch(batch) == 0
            assert_same_bits(model.run([x]), static(tmp_path / "p.onnx", ["x"], [x]))


def test_an_error_of_one_gear_names_it(tmp_path):
    graph = GraphBuilder("fixed", opset=13)
    x = graph.input("x", ["n", 6])
    shape = graph.constant(np.array([3, 4], np.int64))
    graph.output(graph.node("Reshape", [x, shape], name="fixed_reshape"), None)
    graph.save(tmp_path / "fixed.onnx")
    result = run_atc(f"--model={tmp_path}/fixed.onnx", "--framework=5", f"--output={tmp_path}/f",
                     "--soc_version=Ascend310P3", "--input_shape=x:-1,6",
                     "--dynamic_batch_size=2,4")  # fmt: skip
    assert result.returncode == 255
    assert "gear 1 (4)" in result.stdout and "fixed_reshape" in result.stdout
    assert not (tmp_path / "f.om").exists()


def test_no_gears_shape_is_offered_as_the_models(network, tmp_path):
    result = run_atc(f"--model={network}", "--framework=5", f"--output={tmp_path}/m",
                     "--soc_version=Ascend310P3", "--input_shape=date:-1,3,8,8",
                     "--dynamic_batch_size=1,2")  # fmt: skip
    assert "E10016" in result.stdout and 'Did you mean "data"' in result.stdout
    assert "Try:" not in result.stdout


@pytest.mark.parametrize(
    "shape, code, words",
    [
        ("-1,3,8,8;4", "E10001", ["2 shapes", "1 inputs"]),
        ("data:-1,3,8", "E10049", ["3 dimensions", "has 4"]),
        ("date:1~4,3,8,8", "E10016", ["date", "data"]),
        ("data:0~4,3,8,8", "E10011", ["0"]),
    ],
)
def test_open_shapes_that_do_not_fit_the_model(shape, code, words, network, tmp_path):
    result = run_atc(f"--model={network}", "--framework=5", f"--output={tmp_path}/m",
                     "--soc_version=Ascend310P3", f"--input_shape={shape}")  # fmt: skip
    assert result.returncode == 255
    assert f"\n{code}: " in result.stdout
    assert all(word in result.stdout for word in words), result.stdout


def test_half_inputs_and_output_types_with_gears(device, atc, static, network, tmp_path):
    options = ("--input_fp16_nodes=data", "--output_type=FP16")
    om = atc(network, tmp_path / "m", "--input_shape=data:-1,3,8,8", "--dynamic_batch_size=1,2",
             *options)  # fmt: skip
    with ShapedModel(acl, om) as model:
        assert acl.mdl.get_input_data_type(model.desc, 0) == 1
        x = normal(1, 3, 8, 8).astype(np.float16)
        assert model.set_batch(1) == 0
        found = model.run([x])
        assert found[0].dtype == np.float16
        assert_same_bits(found, static(network, ["data"], [x], *options))


def test_a_model_with_results_of_unknown_size_has_gears_too(device, atc, static, tmp_path):
    graph = GraphBuilder("nonzero", opset=13)
    x = graph.input("x", ["n", 5])
    graph.output(graph.node("NonZero", [graph.node("Relu", [x])]), None, np.int64)
    graph.save(tmp_path / "z.onnx")
    om = atc(tmp_path / "z.onnx", tmp_path / "z", "--input_shape=x:-1,5",
             "--dynamic_batch_size=2,3")  # fmt: skip
    with ShapedModel(acl, om, roomy=4096) as model:
        for batch in (2, 3):
            x = normal(batch, 5)
            assert model.set_batch(batch) == 0
            model.fill([x])
            assert model.execute() == 0, acl.get_recent_err_msg()
            found = model.output(0, model.told_shape(0))
            np.testing.assert_array_equal(found, np.stack(np.nonzero(np.maximum(x, 0))))


def test_names_and_sizes(device, atc, network, tmp_path):
    om = atc(network, tmp_path / "m", "--input_shape=data:-1,3,8,8", "--dynamic_batch_size=1,4")
    with ShapedModel(acl, om) as model:
        assert acl.mdl.get_input_name_by_index(model.desc, 1) == GEAR_INPUT
        assert acl.mdl.get_input_size_by_index(model.desc, 0) == 4 * 3 * 64 * 4
        work, weight, code = acl.mdl.query_size(str(om))
        assert code == 0
    one = atc(network, tmp_path / "one", "--input_shape=data:1,3,8,8")
    four = atc(network, tmp_path / "four", "--input_shape=data:4,3,8,8")
    assert acl.mdl.query_size(str(four)) == (work, acl.mdl.query_size(str(four))[1], 0)
    assert acl.mdl.query_size(str(one))[0] <= work


def test_one_way_to_choose_for_one_model(device, atc, network, sequence, tmp_path):
    """Guide 7.6: one of the four calls only."""
    batch = atc(network, tmp_path / "b", "--input_shape=data:-1,3,8,8", "--dynamic_batch_size=1,4")
    with ShapedModel(acl, batch) as model:
        assert model.set_hw(8, 8) == NOT_A_GEAR
        assert "aclmdlSetDynamicBatchSize" in acl.get_recent_err_msg()
        assert model.set_dims([1, 3, 8, 8]) == NOT_A_GEAR
        assert model.set_batch(4) == 0
        assert model.set_shape(0, (1, 3, 8, 8)) == 0
        assert model.execute() == SHAPE_INVALID
        assert "[1,3,8,8]" in acl.get_recent_err_msg()
    dims = atc(sequence, tmp_path / "d", "--input_shape=rows:-1,-1,8;mask:-1,-1",
               "--dynamic_dims=1,4,1,4;3,9,3,9")  # fmt: skip
    with ShapedModel(acl, dims) as model:
        assert model.set_batch(1) == NOT_A_GEAR
        assert "aclmdlSetInputDynamicDims" in acl.get_recent_err_msg()


def test_outputs_may_have_the_size_of_their_gear(device, atc, network, tmp_path):
    """Guide 7.6: memory of outputs by gear, or by the size that the model tells."""
    om = atc(network, tmp_path / "m", "--input_shape=data:-1,3,8,8", "--dynamic_batch_size=1,64")
    with ShapedModel(acl, om) as model:
        small = model.dataset([16 * 16 * 4, 10 * 4])
        whole, model.outputs = model.outputs, small
        x = normal(1, 3, 8, 8)
        assert model.set_batch(1) == 0
        result = model.run([x])
        assert model.set_batch(64) == 0
        assert model.execute() == 145000
        assert "65536" in acl.get_recent_err_msg()
        model.outputs = whole
        model.free(*small)
        assert model.set_batch(1) == 0
        assert_same_bits(model.run([x]), result)


def test_pads_that_follow_from_the_shape_do_not_spoil_shared_weights(device, atc, static, tmp_path):
    """With output_shape the pads of a transposed convolution differ between sizes of the input."""
    graph = GraphBuilder("up", opset=13)
    x = graph.input("x", [1, 3, "h", "w"])
    graph.output(graph.node("ConvTranspose", [x, graph.constant(normal(3, 5, 4, 4))],
                            strides=[3, 3], output_shape=[29, 29]), None)  # fmt: skip
    graph.save(tmp_path / "up.onnx")
    om = atc(tmp_path / "up.onnx", tmp_path / "up", "--input_shape=x:1,3,1~20,1~20")
    with ShapedModel(acl, om) as model:
        for size in (9, 10, 9):
            x = normal(1, 3, size, size)
            assert_same_bits(model.run([x], shapes=True),
                             static(tmp_path / "up.onnx", ["x"], [x]))
