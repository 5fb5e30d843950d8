"""spec/atc.md 3 and the codes of 6 that options have: one option at a time."""

from atc_cases import FAILURE, attribute, case
from onnx_builder import GraphBuilder


@case("3.1", "model ")
@case("6", "E13000")
def model_paths(atc):
    atc.fails("E13026", model="none.onnx", names=["none.onnx"])
    atc.fails("E13006", model=atc.folder, names=["directory"])
    atc.fails("E13015", model=atc.write("empty.onnx", b""), names=["empty.onnx"])
    atc.fails("E13005", model=atc.write("text.onnx", b"not a model " * 10), names=["text.onnx"])


@case("3.1", "framework ")
@case("6", "E10007")
def framework_numbers(atc):
    alone = (f"--model={atc.model}", f"--output={atc.path('x')}", "--soc_version=Ascend310")
    atc.fails_alone("E10007", *alone, names=["--framework"])
    atc.fails_alone("E10007", *alone, "--framework=2", names=["2", "0, 1, 3, 5"])
    atc.fails_alone("E10008", *alone, "--framework=0", names=["--weight"])
    for number in (1, 3):
        atc.fails_alone("E10055", *alone, f"--framework={number}")


@case("3.1", "output ")
@case("6", "E10021")
def output_paths(atc):
    om = atc.passes(output=atc.path("deep") / "er" / "result")
    assert om.name == "result.om"
    atc.fails("E10022", output=f"{atc.folder}/", names=[atc.folder])
    result, _ = atc.convert(output="x" * 5000)
    atc.check_failure(result, "E10021", ["5000"])
    atc.fails_alone("E10054", f"--model={atc.model}", "--framework=5", "--soc_version=Ascend310",
                    names=["--output"])  # fmt: skip


@case("3.1", "soc_version ")
@case("6", "E10054")
def chip_names(atc):
    for name in ("Ascend310", "Ascend310P3", "Ascend310B1", "Ascend910", "Ascend910A",
                 "Ascend910B3"):  # fmt: skip
        om = atc.passes(f"--soc_version={name}")
        assert attribute(atc.json_of(om), "soc_version") == {"s": name}
    atc.fails("E10001", "--soc_version=GTX1080", names=["GTX1080"])
    atc.fails("E10054", "--soc_version=", names=["--soc_version"])


@case("3.1", "mode ")
@case("3.1", "om / json")
def modes(atc):
    atc.passes("--mode=0")
    atc.fails("E10001", "--mode=2", names=["2", "0, 1, 3, 5, 6, 7, 30"])
    atc.fails_alone("E10004", "--mode=1", names=["--om"])
    assert atc.json_of(atc.om)["name"] == atc.om.stem


@case("3.1", "check_report ")
def where_the_report_goes(atc):
    bad = atc.write("rolu.onnx", atc.model.read_bytes().replace(b"Relu", b"Rolu"))
    atc.fails("E16002", "--check_report=here.json", model=bad, names=["Rolu"])
    assert atc.path("here.json").is_file()
    atc.path("work").mkdir()
    result = atc.run("--mode=3", f"--model={bad}", "--framework=5",
                     environment={"ASCEND_WORK_PATH": str(atc.path("work"))})  # fmt: skip
    assert result.returncode == 255
    assert list(atc.path("work").rglob("check_result.json"))


@case("3.1", "save_original_model ")
@case("6", "E10005")
def true_or_false(atc):
    atc.passes("--save_original_model=false")
    atc.fails("E10005", "--save_original_model=1", names=["save_original_model", "1"])
    atc.fails("E10006", "--display_model_info=2", names=["display_model_info", "2"])


@case("3.1", "display_model_info ")
def information_at_the_end(atc):
    atc.passes("--display_model_info=1", prints=["Display Model Info start"])
    result, _ = atc.convert("--display_model_info=0")
    assert "Display Model Info" not in result.stdout


@case("3.1", "host_env_os")
def hosts(atc):
    atc.passes("--host_env_os=linux", "--host_env_cpu=aarch64")
    atc.fails("E10001", "--host_env_os=windows", names=["windows"])


@case("3.4", "precision_mode ")
def precision_modes(atc):
    for mode in ("force_fp16", "force_fp32", "cube_fp16in_fp32out", "allow_mix_precision",
                 "allow_mix_precision_fp16", "allow_mix_precision_bf16", "allow_fp32_to_fp16",
                 "allow_fp32_to_bf16", "must_keep_origin_dtype"):  # fmt: skip
        atc.passes(f"--precision_mode={mode}")
    atc.fails("E10001", "--precision_mode=fast", names=["fast", "force_fp16"])


@case("3.4", "precision_mode_v2 ")
@case("6", "E10047")
def newer_precision_modes(atc):
    for mode in ("fp16", "origin", "cube_fp16in_fp32out", "mixed_float16", "mixed_bfloat16",
                 "cube_hif8", "mixed_hif8"):  # fmt: skip
        atc.passes(f"--precision_mode_v2={mode}")
    atc.fails("E10056", "--precision_mode=force_fp16", "--precision_mode_v2=fp16",
              names=["precision_mode", "precision_mode_v2"])  # fmt: skip
    atc.fails("E10047", "--enable_compress_weight=true", "--compress_weight_conf=c.cfg")


@case("3.4", "op_select_implmode ")
def implementation_modes(atc):
    for mode in ("high_precision", "high_performance", "high_precision_for_all",
                 "high_performance_for_all"):  # fmt: skip
        atc.passes(f"--op_select_implmode={mode}")
    atc.fails("E10001", "--op_select_implmode=high_perfomance", names=["high_performance"])


@case("3.4", "optypelist_for_implmode ")
def operators_with_a_mode(atc):
    atc.passes("--op_select_implmode=high_performance", "--optypelist_for_implmode=Gelu,Sigmoid")
    atc.fails("E10001", "--optypelist_for_implmode=Gelu", names=["op_select_implmode"])


@case("3.4", "op_precision_mode ")
def a_precision_file(atc):
    ini = atc.write("precision.ini", "[ByOpType]\nRelu=high_precision\n")
    atc.passes(f"--op_precision_mode={ini}")
    atc.fails("E13001", "--op_precision_mode=none.ini", names=["none.ini"])


@case("3.4", "keep_dtype ")
@case("6", "E10410")
def a_file_of_kept_types(atc):
    atc.passes(f"--keep_dtype={atc.write('keep.cfg', 'relu')}")
    atc.fails("E10410", "--keep_dtype=none.cfg", names=["none.cfg"])


@case("3.4", "customize_dtypes ")
def a_file_of_types(atc):
    custom = atc.write("custom.cfg", "relu::InputDtype:float16,OutputDtype:float16")
    atc.passes(f"--customize_dtypes={custom}")


@case("3.4", "modify_mixlist ")
def a_list_needs_a_mixed_mode(atc):
    mixlist = atc.write("mix.json", "{}")
    atc.passes(f"--modify_mixlist={mixlist}", "--precision_mode=allow_mix_precision")
    atc.fails("E10001", f"--modify_mixlist={mixlist}", names=["modify_mixlist"])


@case("3.4", "is_weight_clip ")
def clipping(atc):
    atc.passes("--is_weight_clip=0")
    atc.fails("E10006", "--is_weight_clip=2")


@case("3.4", "allow_hf32")
def compression(atc):
    atc.passes("--allow_hf32=true", "--sparsity=0", "--enable_compress_weight=true")
    atc.fails("E10006", "--sparsity=2")


@case("3.4", "deterministic")
def determinism(atc):
    atc.passes("--deterministic=1", "--deterministic_level=2")
    atc.fails("E10001", "--deterministic=1", "--deterministic_level=0")
    atc.fails("E10001", "--deterministic=0", "--deterministic_level=4", names=["4"])
    atc.fails("E10006", "--deterministic=2")


ACCEPTED = {
    "enable_small_channel": ("1", "2"), "buffer_optimize": ("off_optimize", "x"),
    "auto_tune_mode": ("RL,GA", None), "fusion_switch_file": ("fusion.cfg", None),
    "disable_reuse_memory": ("1", "2"), "jit_compile": ("2", "3"),
    "enable_scope_fusion_passes": ("ScopeDynamicRNNPass", None),
}  # fmt: skip


@case("3.5", *(f"{name} " for name in ACCEPTED))
def options_without_effect(atc):
    atc.write("fusion.cfg", "UbFusion:off\n")
    for name, (good, bad) in ACCEPTED.items():
        atc.passes(f"--{name}={good}")
        if bad is not None:
            code = "E10006" if name == "disable_reuse_memory" else "E10001"
            atc.fails(code, f"--{name}={bad}", names=[name, bad])
    atc.passes("--auto_tune_mode=RL,GA", prints=["WARNING: --auto_tune_mode"])


@case("3.5", "enable_single_stream")
def options_of_execution(atc):
    atc.passes("--enable_single_stream=true", "--core_type=VectorCore", "--aicore_num=2|2",
               "--virtual_type=0", "--device_id=1", "--ac_parallel_enable=1",
               "--tiling_schedule_optimize=1", "--topo_sorting_mode=3")  # fmt: skip
    atc.fails("E10001", "--topo_sorting_mode=4")
    atc.fails("E10001", "--core_type=Gpu", names=["AiCore"])


@case("3.5", "op_debug_level")
def options_for_debugging(atc):
    atc.passes("--op_debug_level=3", "--op_compiler_cache_mode=enable", "--op_compiler_cache_dir=c")
    atc.fails("E10001", "--op_debug_level=5")
    atc.fails("E10001", "--op_compiler_cache_mode=on")


@case("3.5", "mdl_bank_path")
def further_options(atc):
    atc.passes("--oo_level=O3", "--oo_constant_folding=true", "--static_model_ops_lower_limit=-1",
               "--export_compile_stat=2", "--atomic_clean_policy=1")  # fmt: skip
    atc.fails("E10001", "--oo_level=O2", names=["O1"])
    atc.fails("E10006", "--atomic_clean_policy=2")


@case("3.5", "status_check ")
def checking_overflow(atc):
    atc.passes("--status_check=1")
    atc.fails("E10006", "--status_check=2")


@case("3.5", "enable_attr_compression ")
def attributes_are_never_compressed(atc):
    for word in ("true", "false"):
        om = atc.passes(f"--enable_attr_compression={word}")
        keys = {entry["key"] for entry in atc.json_of(om)["attr"]}
        assert "om_compress_version" not in keys
    atc.fails("E10005", "--enable_attr_compression=2")


@case("3.5", "dump_mode ")
def dump_modes(atc):
    atc.passes("--dump_mode=0")
    atc.fails("E10006", "--dump_mode=2")


@case("3.5", "raw_ge_options ")
def a_file_of_options(atc):
    good = atc.write("raw.json", '{"compile options": {"global": {}, "session": {}, "graph": {}}}')
    atc.passes(f"--raw_ge_options={good}")
    atc.fails("E10032", f"--raw_ge_options={atc.write('bad.json', '{')}", names=["bad.json"])
    atc.fails("E13001", "--raw_ge_options=none.json", names=["none.json"])


@case("6", "E10001")
def a_bad_value_names_everything(atc):
    atc.fails("E10001", "--buffer_optimize=l3_optimize",
              names=["l3_optimize", "--buffer_optimize", "l1_optimize"])  # fmt: skip


@case("6", "E10041")
def a_file_that_cannot_be_loaded(atc):
    for mode in (1, 5, 6):
        extra = [] if mode == 6 else ["--json=x.json"]
        atc.fails_alone("E10041", f"--mode={mode}", f"--om={atc.write('junk.om', b'%' * 300)}",
                        *extra, names=["junk.om"])  # fmt: skip


@case("6", "E10055")
def what_is_not_supported(atc):
    atc.fails("E10055", "--mode=30")


@case("6", "E10057")
def what_does_not_go_together(atc):
    atc.fails_alone("E10057", "--mode=6", f"--om={atc.om}", "--precision_mode=force_fp16",
                    names=["--precision_mode"])  # fmt: skip


@case("6", "E13014")
def a_node_with_wrong_inputs(atc):
    graph = GraphBuilder("wrong")
    a, b = graph.input("a", [2, 3]), graph.input("b", [4, 5])
    graph.output(graph.node("Add", [a, b], ["y"], name="sum"), [2, 3])
    result, om = atc.convert(model=graph.save(atc.path("wrong.onnx")))
    assert result.returncode == 255
    assert not om.exists()
    assert "sum" in result.stdout
    assert "[2,3]" in result.stdout


@case("6", "E16001")
def operators_nobody_knows(atc):
    graph = GraphBuilder("unknown")
    y = graph.node("Strange", [graph.input("x", [2])], name="first")
    graph.output(graph.node("Odd", [y], ["y"], name="second"), [2])
    model = graph.save(atc.path("unknown.onnx"))
    atc.fails("E16002", model=model, names=["Strange", "first", "Odd", "second"])


@case("6", "E19999")
def no_message_is_empty(atc):
    # Whatever is wrong with a model, the code is one that names a cause.
    data = atc.model.read_bytes()
    for position in range(0, len(data), 7):
        broken = atc.write("hit.onnx", data[:position] + b"\xff" + data[position + 1 :])
        result, _ = atc.convert(model=broken)
        assert result.returncode in (0, 255)
        if result.returncode == 255:
            code = result.stdout.split(FAILURE)[1].split(":")[0].strip()
            assert code.startswith("E1"), result.stdout
            assert code != "E19999", result.stdout
