"""Generated networks with weights of their own, against the numpy reference; needs no data."""

import networks_shapes
import numpy as np
import pytest
import random_network
from checks import assert_close
from net_builder import Net
from networks import NETWORKS
from numpy_reference import evaluate
from toolchain import convert

# Of the output's range; the reference is float64, the product computes in float32.
TOLERANCE = 1e-5


def run_and_compare(net, runtime, tmp_path, tolerance=TOLERANCE, environment=None):
    """Converts, runs twice, compares with numpy; returns the outputs."""
    model = net.model()
    with np.errstate(all="ignore"):
        expected = evaluate(model, net.feeds)
    om = convert(net.save(tmp_path / "net.onnx"), tmp_path / "net", environment=environment)
    with runtime.load(om) as loaded:
        inputs = [net.feeds[value.name] for value in model.inputs]
        outputs = loaded.run(inputs)
        again = loaded.run(inputs)
    assert len(outputs) == len(model.outputs)
    for number, (value, output) in enumerate(zip(model.outputs, outputs)):
        want = np.asarray(expected[value.name])
        assert output.dtype == value.dtype, f"output {number} ({value.name})"
        assert_close(output, want, tolerance, f"output {number} ({value.name})")
        assert output.tobytes() == again[number].tobytes(), "the second run gave other bits"
    return outputs


def seeded(name, seed):
    return np.random.default_rng([seed, *name.encode()])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", NETWORKS)
def test_network(name, seed, runtime, tmp_path):
    net = Net(seeded(name, seed))
    NETWORKS[name](net)
    run_and_compare(net, runtime, tmp_path)


@pytest.mark.parametrize("seed", range(24))
def test_random_network(seed, runtime, tmp_path):
    net = Net(seeded("random", seed))
    random_network.build(net)
    run_and_compare(net, runtime, tmp_path)


@pytest.mark.parametrize("opset", range(7, 22))
def test_operator_set(opset, runtime, tmp_path):
    net = Net(seeded("opset", opset), opset=opset)
    networks_shapes.classic(net)
    run_and_compare(net, runtime, tmp_path)


@pytest.mark.parametrize("name", ["residual_block", "inverted_residual_with_gate", "perceptron"])
def test_float16_network(name, runtime, tmp_path):
    net = Net(seeded(name, 0), dtype=np.float16)
    net.output = half_outputs(net)
    NETWORKS[name](net)
    run_and_compare(net, runtime, tmp_path, tolerance=2e-3)


def half_outputs(net):
    plain = net.output

    def output(value, shape=None, dtype=np.float16):
        return plain(value, shape, dtype)

    return output


@pytest.mark.parametrize("isa", ["generic", "avx2"])
@pytest.mark.parametrize("name", ["conv_3x3", "inverted_residual_with_gate", "perceptron"])
def test_model_built_for_another_instruction_set(name, isa, runtime, tmp_path):
    """The packed weights of the file do not fit this process: it packs its own from the plain."""
    net = Net(seeded(name, 1))
    NETWORKS[name](net)
    run_and_compare(net, runtime, tmp_path, environment={"POACL_ISA": isa})


def test_two_models_at_once(runtime, tmp_path):
    nets = []
    for seed in (0, 1):
        net = Net(seeded("pair", seed))
        NETWORKS["residual_block"](net)
        nets.append((net, convert(net.save(tmp_path / f"{seed}.onnx"), tmp_path / str(seed))))
    (first, om_first), (second, om_second) = nets
    with runtime.load(om_first) as one, runtime.load(om_second) as two:
        for _ in range(2):
            for net, loaded in ((first, one), (second, two)):
                expected = list(evaluate(net.model(), net.feeds).values())
                assert_close(loaded.run([net.feeds["x"]])[0], expected[0], TOLERANCE, "output")
