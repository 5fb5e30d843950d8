"""spec/atc.md 3.2, 3.3, 4 and the codes of 6 that shapes have: inputs and outputs of a model."""

import numpy as np
from atc_cases import case
from onnx_builder import GraphBuilder

OPEN_SHAPE = "--input_shape=data:-1,3,8,8"


@case("3.2", "input_shape ")
@case("4", "Different from the fixed")
def a_shape_replaces_the_models_own(atc):
    om = atc.passes("--input_shape=data:2,3,4,4")
    assert atc.inputs(om) == {"data": ("DT_FLOAT", [2, 3, 4, 4])}
    assert atc.outputs(om) == {"relu:0:y": ("DT_FLOAT", [2, 3, 4, 4])}


@case("3.2", "input_format ")
def formats_are_labels(atc):
    for label in ("NCHW", "ND"):
        om = atc.passes(f"--input_format={label}")
        [data] = [op for op in atc.json_of(om)["graph"][0]["op"] if op["type"] == "Data"]
        assert data["output_desc"][0]["layout"] == label
        assert atc.inputs(om)["data"][1] == [1, 3, 8, 8]
    atc.passes("--input_format=NCDHW", model=atc.relu("five.onnx", [1, 2, 3, 4, 5]))
    atc.fails("E10001", "--input_format=HWC", names=["HWC", "NCHW"])


@case("3.2", "input_fp16_nodes ")
def inputs_become_half(atc):
    model = atc.relu("two.onnx", [2, 2], [3])
    om = atc.passes("--input_fp16_nodes=data;data1", model=model)
    assert {dtype for dtype, _ in atc.inputs(om).values()} == {"DT_FLOAT16"}
    om = atc.passes("--input_fp16_nodes=data1", model=model)
    assert atc.inputs(om)["data"][0] == "DT_FLOAT"
    assert atc.inputs(om)["data1"][0] == "DT_FLOAT16"


@case("6", "E10034")
def half_inputs_have_no_aipp(atc):
    atc.fails("E10034", "--input_fp16_nodes=data", f"--insert_op_conf={aipp(atc)}", names=["data"])


def aipp(atc):
    return atc.write("aipp.cfg", "aipp_op { aipp_mode: static input_format: RGB888_U8 "
                     "src_image_size_w: 8 src_image_size_h: 8 }\n")  # fmt: skip


@case("3.2", "is_input_adjust_hw_layout ")
def layouts_of_inputs(atc):
    atc.passes("--input_fp16_nodes=data", "--is_input_adjust_hw_layout=false")
    atc.fails("E10005", "--is_input_adjust_hw_layout=maybe", names=["maybe"])


@case("3.2", "dynamic_batch_size / dynamic_image_size")
def gears(atc):
    om = atc.passes(OPEN_SHAPE, "--dynamic_batch_size=1,2,4", model=atc.open_model)
    assert list(atc.inputs(om)) == ["data", "ascend_mbatch_shape_data"]
    atc.passes("--input_shape=data:1,3,-1,-1", "--dynamic_image_size=8,8;4,6",
               model=atc.open_model)  # fmt: skip
    atc.passes("--input_shape=data:-1,3,-1,8", "--dynamic_dims=1,8;2,4", "--input_format=ND",
               model=atc.open_model)  # fmt: skip


@case("3.2", "input_shape_range ")
def the_deprecated_range(atc):
    om = atc.passes("--input_shape_range=data:[1~4,3,8,8]", model=atc.open_model)
    assert atc.inputs(om)["data"][1] == [-1, 3, 8, 8]
    om = atc.passes("--input_shape_range=data:[1~4,3,8,8]", "--input_shape=data:2,3,8,8")
    assert atc.inputs(om)["data"][1] == [2, 3, 8, 8]


@case("3.2", "insert_op_conf ")
def pictures_as_inputs(atc):
    om = atc.passes(f"--insert_op_conf={aipp(atc)}")
    assert atc.inputs(om)["data"][0] == "DT_UINT8"
    atc.fails("E13001", "--insert_op_conf=none.cfg", names=["none.cfg"])


@case("6", "E10052")
def a_wrong_picture(atc):
    bad = atc.write("bad.cfg", "aipp_op { aipp_mode: static input_format: RGB999 }\n")
    result, om = atc.convert(f"--insert_op_conf={bad}")
    assert result.returncode == 255
    assert not om.exists()
    assert "bad.cfg" in result.stdout


def chain(atc):
    """data -> first (mid) -> second (y)."""
    graph = GraphBuilder("chain")
    mid = graph.node("Relu", [graph.input("data", [2, 3])], ["mid"], name="first")
    graph.output(graph.node("Sigmoid", [mid], ["y"], name="second"), [2, 3])
    return graph.save(atc.path("chain.onnx"))


@case("3.3", "out_nodes ")
def chosen_outputs(atc):
    om = atc.passes("--out_nodes=first:0;second:0", model=chain(atc))
    assert list(atc.outputs(om)) == ["first:0:mid", "second:0:y"]
    om = atc.passes("--out_nodes=mid", model=chain(atc))
    assert list(atc.outputs(om)) == ["first:0:mid"]
    atc.fails("E10003", "--out_nodes=first:x", model=chain(atc), names=["first:x"])
    atc.fails("E10016", "--out_nodes=third:0", model=chain(atc), names=["third"])


@case("3.3", "output_type ")
def types_of_outputs(atc):
    for name, dtype in (("FP32", "DT_FLOAT"), ("FP16", "DT_FLOAT16"), ("UINT8", "DT_UINT8"),
                        ("INT8", "DT_INT8")):  # fmt: skip
        om = atc.passes(f"--output_type={name}", model=chain(atc))
        assert atc.outputs(om) == {"second:0:y": (dtype, [2, 3])}
    om = atc.passes("--out_nodes=first:0;second:0", "--output_type=first:0:FP16",
                    model=chain(atc))  # fmt: skip
    assert [dtype for dtype, _ in atc.outputs(om).values()] == ["DT_FLOAT16", "DT_FLOAT"]
    atc.fails("E10001", "--output_type=FP13", names=["FP13"])
    assert atc.outputs(atc.om)["relu:0:y"][0] == "DT_FLOAT"


@case("3.3", "is_output_adjust_hw_layout ")
def layouts_of_outputs(atc):
    atc.passes("--out_nodes=relu:0", "--is_output_adjust_hw_layout=false")
    atc.fails("E10005", "--out_nodes=relu:0", "--is_output_adjust_hw_layout=2")


def two_colons(atc):
    graph = GraphBuilder("colons")
    graph.output(graph.node("Relu", [graph.input("scope/in:0", [2, 2])], ["y"]), [2, 2])
    return graph.save(atc.path("colons.onnx"))


@case("4", "Name contains")
def names_with_colons(atc):
    om = atc.passes("--input_shape=scope/in:0:3,2", model=two_colons(atc))
    assert atc.inputs(om) == {"scope/in:0": ("DT_FLOAT", [3, 2])}


@case("4", "Blanks around")
@case("4", "Trailing")
def blanks_and_trailing_signs(atc):
    for text in (" data : 1, 3 ,8,8", "data:1,3,8,8,", "data:1,3,8,8;", "data: 1,3,8,8 ;"):
        assert atc.inputs(atc.passes(f"--input_shape={text}"))["data"][1] == [1, 3, 8, 8]


@case("4", "`name:`")
def a_scalar(atc):
    om = atc.passes("--input_shape=data:", model=atc.relu("scalar.onnx", []))
    assert atc.inputs(om) == {"data": ("DT_FLOAT", [])}


@case("4", "No colon")
@case("6", "E10002")
def a_shape_without_a_name(atc):
    atc.fails("E10002", "--input_shape=1,3,8,8", names=["1,3,8,8", "name"])


@case("4", "`1.5`")
@case("4", "letters")
def numbers_that_are_none(atc):
    atc.fails("E10002", "--input_shape=data:1.5,3,8,8", names=["1.5"])
    atc.fails("E10014", "--input_shape=data:a,3,8,8", names=["a"])


@case("4", "Over int64")
@case("4", "0 or negative")
@case("6", "E10011")
def numbers_out_of_range(atc):
    atc.fails("E10013", "--input_shape=data:99999999999999999999,3,8,8")
    for value in (0, -3):
        atc.fails("E10011", f"--input_shape=data:{value},3,8,8", names=[value])
    atc.fails("E10012", "--input_shape=data:-1;data1:", "--dynamic_batch_size=1,2",
              model=atc.relu("with_scalar.onnx", ["n"], []))  # fmt: skip


@case("4", "`-1` with one gear")
@case("6", "E10009")
def one_kind_of_gears(atc):
    atc.passes(OPEN_SHAPE, "--dynamic_batch_size=1,2", model=atc.open_model)
    atc.fails("E10009", OPEN_SHAPE, "--dynamic_batch_size=1,2", "--dynamic_dims=1;2",
              model=atc.open_model,
              names=["dynamic_batch_size", "dynamic_dims"])  # fmt: skip


@case("4", "`-1` or `a~b`")
def open_shapes(atc):
    om = atc.passes("--input_shape=data:1~4,3,8,-1", model=atc.open_model)
    assert atc.inputs(om)["data"][1] == [-1, 3, 8, -1]
    model = atc.relu("two_open.onnx", ["a", "b"], [3, "c"])
    om = atc.passes("--input_shape=-1,1~2;3,4", model=model)
    assert atc.inputs(om)["data"][1] == [-1, -1]
    assert atc.inputs(om)["data1"][1] == [3, 4]


@case("4", "`~` with a gear")
@case("6", "E10018")
def ranges_and_gears(atc):
    atc.fails("E10040", "--input_shape=data:1~4,3,8,8", "--dynamic_batch_size=1,2",
              model=atc.open_model, names=["~"])  # fmt: skip


@case("4", "Name not in the model")
@case("6", "E10016")
def names_that_are_no_inputs(atc):
    atc.fails("E10016", "--input_shape=dota:1,3,8,8", names=["dota", "data", "input_shape"])
    graph = GraphBuilder("weights")
    weight = graph.constant(np.ones((3, 3), np.float32), "w")
    graph.output(graph.node("MatMul", [graph.input("x", [1, 3]), weight], ["y"]), [1, 3])
    model = graph.save(atc.path("weights.onnx"))
    atc.fails("E10017", "--input_shape=w:3,3", model=model, names=["w"])


@case("4", "Rank differs")
@case("6", "E10049")
def another_rank(atc):
    atc.fails("E10049", "--input_shape=data:1,3,8", names=["3", "4"])


@case("4", "Some inputs left out")
@case("6", "E10004")
def inputs_that_are_not_named(atc):
    model = atc.relu("half_open.onnx", [2, 3], [4])
    om = atc.passes("--input_shape=data:5,3", model=model)
    assert atc.inputs(om)["data1"][1] == [4]
    atc.fails("E10001", model=atc.open_model, names=["input_shape", "data"])
    atc.fails("E10004", "--dynamic_batch_size=1,2", model=atc.open_model, names=["input_shape"])


@case("6", "E10048")
def a_range_in_another_form(atc):
    atc.fails("E10048", "--input_shape_range=data:1~4,3,8,8", model=atc.open_model,
              names=["1~4,3,8,8"])  # fmt: skip
