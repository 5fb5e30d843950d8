"""spec/atc.md 1 and 2: the grammar of the command line, and what is printed."""

from atc_cases import FAILURE, START, SUCCESS, case


@case("1", "Forms")
def blanks_and_single_dashes(atc):
    result = atc.run("-model", atc.model, "--framework", "5", "-output=" + str(atc.path("forms")),
                     "--soc_version", "Ascend310")  # fmt: skip
    assert result.returncode == 0, result.stdout
    assert atc.path("forms.om").is_file()


@case("1", "Spelling")
def dashes_inside_names(atc):
    atc.passes("--soc-version=Ascend310B1")


@case("1", "Flags")
def only_two_options_stand_alone(atc):
    atc.passes("--raw_ge_options_ignore_unsupported")
    atc.usage_fails("--model", f"--output={atc.path('x')}", names=["model"])


@case("1", "Bool words")
def words_for_yes_and_no(atc):
    for word in ("1", "t", "true", "y", "yes", "", "0", "f", "false", "n", "no"):
        atc.passes(f"--raw_ge_options_ignore_unsupported={word}")


@case("1", "Repeats")
def the_last_one_wins(atc):
    atc.passes("--log=wrong", "--log=error")


@case("1", "Help")
def help_does_nothing_else(atc):
    for word in ("--help", "--h", "-h"):
        result = atc.run(word, f"--model={atc.model}", f"--output={atc.path('helped')}")
        assert result.returncode == 0
        assert "--input_shape" in result.stdout
    assert not atc.path("helped.om").exists()


@case("1", "Stray word")
def a_blank_after_the_equals_sign(atc):
    atc.usage_fails(f"--model={atc.model}", "--framework=5", "--output=", "name",
                    "--soc_version=Ascend310", names=["name"])  # fmt: skip


@case("1", "Unknown option")
def an_option_nobody_knows(atc):
    atc.usage_fails(f"--model={atc.model}", "--input_shap=x:1", names=["input_shap", "input_shape"])


@case("1", "Missing value")
def a_value_that_is_not_there(atc):
    atc.usage_fails(f"--model={atc.model}", "--framework", names=["framework"])


@case("1", "Int option with text")
@case("6", "E10003")
def kinds_of_values(atc):
    atc.fails("E10003", "--framework=onnx", names=["onnx", "int32"])
    atc.fails("E10003", "--raw_ge_options_ignore_unsupported=maybe", names=["maybe", "bool"])
    atc.fails("E10003", "--out_nodes=relu:x", names=["relu:x"])
    atc.fails("E10003", "--out_nodes=relu:7", names=["7"])


@case("1", "Quotes")
def a_split_command_says_so(atc):
    # As a shell splits --input_shape=data:1,3,8,8;data1:1 without quotes.
    result = atc.run("--input_shape=data:1,3,8,8")
    assert result.returncode == 255
    assert "E10007" in result.stdout or "E10054" in result.stdout


@case("2", "1.")
@case("2", "2.")
@case("2", "3.")
@case("2", "5.")
def what_a_success_prints(atc):
    result, _ = atc.convert()
    assert result.returncode == 0
    lines = result.stdout.splitlines()
    assert lines[:2] == [START, "..."]
    assert lines[2] == SUCCESS


@case("2", "4.")
@case("2", "5.")
def what_a_failure_prints(atc):
    result, _ = atc.convert(model="none.onnx")
    assert result.returncode == 255
    lines = result.stdout.splitlines()
    assert lines[0] == START
    assert lines[1] == "..."
    assert lines[2] == FAILURE
    assert lines[3].startswith("E13026: ")
    assert "Possible Cause" in lines[4]
    assert "Solution" in lines[5]


@case("2", "6.")
def deprecated_options_warn(atc):
    result, _ = atc.convert("--op_select_implmode=high_precision")
    assert result.returncode == 0
    assert "WARNING: --op_select_implmode" in result.stdout
    atc.passes("--input_shape_range=data:[1~2,3,8,8]", model=atc.open_model, prints=["WARNING: "])


@case("2", "7.")
@case("3.5", "log ")
@case("6", "E10010")
def levels_of_the_log(atc):
    for level in ("debug", "info", "warning", "error", "null"):
        atc.passes(f"--log={level}")
    atc.fails("E10010", "--log=verbose", names=["verbose"])
