"""Real networks against their stored outputs; skipped word for word where the data is absent."""

import numpy as np
import pytest
from checks import assert_close
from conformance import input_shape_option
from numpy_reference import evaluate
from onnx_builder import read_model, read_tensor
from toolchain import DATA, convert

FOLDER = DATA / "models" / "onnx"
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/model.onnx"))

# Largest difference as a share of the output's range; 1e-4 where nothing else is said.
# Quantised models are computed in integers, rounded where the stored outputs' engine rounds, so
# that they are equal: one rounding that fell the other way would spread to all later layers.
TOLERANCES = {"squeezenet_fp16": 1e-2, "mobilenetv2_qdq_int8": 0}

# The stored output belongs to the original weights, of which this model's are a half-precision copy
# (MANIFEST.tsv: "differs <=2e-4 from this widened model", as an absolute number). It is checked
# against numpy at the strict limit instead, and against the stored output at the manifest's.
OTHER_WEIGHTS = {("squeezenet", "test_data_set_0"): 2e-4}

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"no stored models at {FOLDER}; POACL_DATA names another place"
)


@pytest.mark.parametrize("name", NAMES)
def test_outputs_equal_the_stored_ones(name, runtime, tmp_path):
    path = FOLDER / name / "model.onnx"
    model = read_model(path)
    cases = sorted(path.parent.glob("test_data_set_*"))
    assert cases, f"{path.parent} has no test_data_set"
    first = [read_tensor(cases[0] / f"input_{i}.pb") for i in range(len(model.inputs))]
    om = convert(path, tmp_path / name, *input_shape_option(model, first))
    with runtime.load(om) as loaded:
        for case in cases:
            inputs = [read_tensor(case / f"input_{i}.pb") for i in range(len(model.inputs))]
            outputs = loaded.run(inputs)
            assert len(outputs) == len(model.outputs)
            for number, output in enumerate(outputs):
                expected = read_tensor(case / f"output_{number}.pb")
                assert output.dtype == expected.dtype
                what = f"{name}, {case.name}, output {number}"
                if (name, case.name) in OTHER_WEIGHTS:
                    limit = OTHER_WEIGHTS[name, case.name]
                    assert np.abs(output - expected).max() <= limit, what
                    feeds = {value.name: array for value, array in zip(model.inputs, inputs)}
                    expected = evaluate(model, feeds)[model.outputs[number].name]
                assert_close(output, expected, TOLERANCES.get(name, 1e-4), what)
                assert output.ravel().argmax() == expected.ravel().argmax(), what
