#include <array>
#include <string>

#include <fmt/format.h>

#include "atc/options.h"

namespace poacl::atc {
namespace {

constexpr OptionKind kText = OptionKind::kText;
constexpr OptionKind kInt = OptionKind::kInt;
constexpr OptionKind kBool = OptionKind::kBool;
constexpr OptionUse kUsed = OptionUse::kUsed;
constexpr OptionUse kIgnored = OptionUse::kIgnored;
constexpr OptionUse kLater = OptionUse::kLater;

constexpr std::string_view kPrecisionModes =
    "force_fp16|force_fp32|cube_fp16in_fp32out|allow_mix_precision|allow_mix_precision_fp16|"
    "allow_mix_precision_bf16|allow_fp32_to_fp16|allow_fp32_to_bf16|must_keep_origin_dtype";
constexpr std::string_view kPrecisionModesV2 =
    "fp16|origin|cube_fp16in_fp32out|mixed_float16|mixed_bfloat16|cube_hif8|mixed_hif8";
constexpr std::string_view kImplModes =
    "high_precision|high_performance|high_precision_for_all|high_performance_for_all";
constexpr std::string_view kSwitch = "0|1";
constexpr std::string_view kTrueFalse = "true|false";

// Groups as in the converter's own help.
constexpr OptionSpec kTable[] = {
    // General.
    {"help", kBool, kUsed, "", "", "shows this text", true},
    {"h", kBool, kUsed, "", "", "", true},
    {"mode", kInt, kUsed, "0|1|3|5|6|7|30", "E10001",
     "0: convert a model (default); 1: write an .om as JSON; 3: only check a model; 5: a dumped "
     "graph as JSON; 6: show what an .om holds"},

    // Model and output.
    {"model", kText, kUsed, "", "", "the model file (.onnx)"},
    {"weight", kText, kIgnored, "", "", "weight file of a Caffe model; not used for ONNX"},
    {"framework", kInt, kUsed, "0|1|3|5", "E10007",
     "5: ONNX; 0 (Caffe), 1 (MindSpore) and 3 (TensorFlow) are not supported yet"},
    {"output", kText, kUsed, "", "", "path of the result without suffix; .om is appended"},
    {"soc_version", kText, kUsed, "", "", "chip name, for instance Ascend310P3"},
    {"om", kText, kUsed, "", "", "the file to show (modes 1, 5 and 6)"},
    {"json", kText, kUsed, "", "", "the file to write (modes 1 and 5)"},
    {"singleop", kText, kLater, "", "", "conversion of single operators", false,
     "Put the operator into an ONNX model of its own and convert that with --framework=5."},
    {"external_weight", kInt, kUsed, "0|1|2", "E10006",
     "weights in the .om (0), or in the folder weight beside it: each in a file (1), one file (2)"},
    {"check_report", kText, kUsed, "", "",
     "file for the check of every node (default check_result.json)"},
    {"save_original_model", kText, kIgnored, kTrueFalse, "E10005", ""},
    {"display_model_info", kInt, kUsed, kSwitch, "E10006", "1: show what the result holds"},
    {"host_env_os", kText, kIgnored, "linux|minios", "E10001", ""},
    {"host_env_cpu", kText, kIgnored, "x86_64|aarch64|arm64|arm", "E10001", ""},
    {"op_name_map", kText, kIgnored, "", "", ""},

    // Inputs.
    {"input_shape", kText, kUsed, "", "",
     "\"name:1,3,224,224;name2:1~8,-1\": shapes that replace the model's own; open ones are chosen "
     "at execution"},
    {"input_format", kText, kUsed, "", "", "label of the inputs: NCHW (default), NCDHW, ND"},
    {"input_fp16_nodes", kText, kUsed, "", "",
     "\"name;name2\": inputs that the program feeds as float16"},
    {"is_input_adjust_hw_layout", kText, kLater, "", "", "inputs in the device's own layout", false,
     "Leave it out or give false, and feed the inputs in the layout of the ONNX model."},
    {"dynamic_batch_size", kText, kUsed, "", "",
     "\"1,2,4\": several batch sizes in one model, -1 in --input_shape"},
    {"dynamic_image_size", kText, kUsed, "", "",
     "\"416,416;832,832\": several picture sizes (height,width) in one model"},
    {"dynamic_dims", kText, kUsed, "", "",
     "\"1,224;8,448\": several shapes in one model, a size for every -1 of --input_shape"},
    {"input_shape_range", kText, kUsed, "", "",
     "deprecated: \"name:[1~8,3,-1]\"; --input_shape takes ranges too"},
    {"input_hint_shape", kText, kIgnored, "", "", ""},
    {"insert_op_conf", kText, kUsed, "", "",
     "file with the image preprocessing (AIPP) that the model begins with"},

    // Outputs.
    {"out_nodes", kText, kUsed, "", "",
     "\"node:0;node2:1\" or tensor names: what the model returns"},
    {"output_type", kText, kUsed, "", "",
     "FP32, FP16, UINT8... for all outputs, or \"node:0:FP16\" for single ones"},
    {"is_output_adjust_hw_layout", kText, kLater, "", "", "outputs in the device's own layout",
     false, "Leave it out or give false; the outputs then have the layout of the ONNX model."},

    // Precision.
    {"precision_mode", kText, kUsed, kPrecisionModes, "E10001",
     "float32 in every mode but the mixed ones (allow_mix_precision...), which compute in bfloat16 "
     "what that does not harm"},
    {"precision_mode_v2", kText, kUsed, kPrecisionModesV2, "E10001",
     "the same in the newer spelling (mixed_bfloat16...); not together with precision_mode"},
    {"op_select_implmode", kText, kIgnored, kImplModes, "E10001", ""},
    {"optypelist_for_implmode", kText, kIgnored, "", "", ""},
    {"op_precision_mode", kText, kUsed, "", "",
     "ini file: operators marked high_precision stay float32 in mixed modes"},
    {"keep_dtype", kText, kUsed, "", "",
     "file of node names or OpType::Type lines that stay float32 in mixed modes"},
    {"customize_dtypes", kText, kIgnored, "", "", ""},
    {"modify_mixlist", kText, kUsed, "", "",
     "JSON: types added to its black list stay float32 in mixed modes"},
    {"is_weight_clip", kInt, kIgnored, kSwitch, "E10006", ""},
    {"allow_hf32", kText, kIgnored, "", "", ""},
    {"sparsity", kInt, kIgnored, kSwitch, "E10006", ""},
    {"enable_compress_weight", kText, kIgnored, kTrueFalse, "E10005", ""},
    {"compress_weight_conf", kText, kIgnored, "", "", ""},
    {"compression_optimize_conf", kText, kIgnored, "", "", ""},
    {"deterministic", kInt, kIgnored, kSwitch, "E10006", ""},
    {"deterministic_level", kInt, kIgnored, "0|1|2|3", "E10001", ""},

    // Performance and debugging.
    {"log", kText, kUsed, "debug|info|warning|error|null", "E10010",
     "level of the log: debug, info, warning, error, null (default)"},
    {"enable_small_channel", kInt, kIgnored, kSwitch, "E10001", ""},
    {"buffer_optimize", kText, kIgnored, "l1_optimize|l2_optimize|off_optimize", "E10001", ""},
    {"auto_tune_mode", kText, kIgnored, "", "", ""},
    {"fusion_switch_file", kText, kIgnored, "", "", ""},
    {"disable_reuse_memory", kInt, kIgnored, kSwitch, "E10006", ""},
    {"jit_compile", kInt, kIgnored, "0|1|2", "E10001", ""},
    {"enable_scope_fusion_passes", kText, kIgnored, "", "", ""},
    {"enable_single_stream", kText, kIgnored, kTrueFalse, "E10005", ""},
    {"multi_stream_parallel_mode", kText, kIgnored, "", "", ""},
    {"core_type", kText, kIgnored, "AiCore|VectorCore", "E10001", ""},
    {"aicore_num", kText, kIgnored, "", "", ""},
    {"virtual_type", kInt, kIgnored, kSwitch, "E10001", ""},
    {"device_id", kInt, kIgnored, "", "", ""},
    {"ac_parallel_enable", kInt, kIgnored, kSwitch, "E10001", ""},
    {"tiling_schedule_optimize", kInt, kIgnored, kSwitch, "E10001", ""},
    {"h2d_overlapped_with_compute", kText, kIgnored, "", "", ""},
    {"topo_sorting_mode", kInt, kIgnored, "0|1|2|3", "E10001", ""},
    {"op_debug_level", kInt, kIgnored, "0|1|2|3|4", "E10001", ""},
    {"op_debug_config", kText, kIgnored, "", "", ""},
    {"debug_dir", kText, kIgnored, "", "", ""},
    {"op_compiler_cache_mode", kText, kIgnored, "enable|disable|force", "E10001", ""},
    {"op_compiler_cache_dir", kText, kIgnored, "", "", ""},
    {"mdl_bank_path", kText, kIgnored, "", "", ""},
    {"op_bank_path", kText, kIgnored, "", "", ""},
    {"optimization_switch", kText, kIgnored, "", "", ""},
    {"oo_level", kText, kIgnored, "O1|O3", "E10001", ""},
    {"oo_constant_folding", kText, kIgnored, kTrueFalse, "E10005", ""},
    {"oo_dead_code_elimination", kText, kIgnored, kTrueFalse, "E10005", ""},
    {"static_model_ops_lower_limit", kInt, kIgnored, "", "", ""},
    {"shape_generalized_build_mode", kText, kIgnored, "", "", ""},
    {"export_compile_stat", kInt, kIgnored, "0|1|2", "E10001", ""},
    {"quant_dumpable", kInt, kIgnored, kSwitch, "E10001", ""},
    {"cluster_config", kText, kIgnored, "", "", ""},
    {"hccl_sub_comm_config", kText, kIgnored, "", "", ""},
    {"atomic_clean_policy", kInt, kIgnored, kSwitch, "E10006", ""},
    {"status_check", kInt, kIgnored, kSwitch, "E10006", ""},
    {"enable_attr_compression", kText, kIgnored, kTrueFalse, "E10005", ""},
    {"dump_mode", kInt, kUsed, kSwitch, "E10006",
     "1: with mode 1 and --framework=5, the graph as the converter sees it"},
    {"raw_ge_options", kText, kIgnored, "", "", ""},
    {"raw_ge_options_ignore_unsupported", kBool, kIgnored, "", "", "", true},
};

}  // namespace

std::span<const OptionSpec> option_table() {
  return kTable;
}

const OptionSpec* find_option(std::string_view name) {
  for (const OptionSpec& spec : kTable) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

std::string usage_text() {
  std::string text =
      "usage: atc --model=FILE --framework=5 --output=NAME --soc_version=CHIP [--option=value "
      "...]\n"
      "\n"
      "Converts an ONNX model to an offline model (NAME.om). Example:\n"
      "  atc --model=resnet50.onnx --framework=5 --output=resnet50 \\\n"
      "      --input_shape=\"actual_input_1:1,3,224,224\" --soc_version=Ascend310P3\n"
      "\n"
      "Options (--name=value or --name value):\n";
  std::string ignored;
  std::string later;
  for (const OptionSpec& spec : kTable) {
    if (spec.name == "h") continue;
    const std::string name = spec.name == "help" ? "help, -h" : std::string(spec.name);
    if (spec.use == OptionUse::kLater) {
      later += fmt::format("  --{:<27} {}\n", name, spec.help);
    } else if (spec.help.empty()) {
      ignored += fmt::format("{}{}", ignored.empty() ? "" : ", ", spec.name);
    } else {
      text += fmt::format("  --{:<20} {}\n", name, spec.help);
    }
  }
  text += "\nChecked and then without effect on a CPU:\n";
  std::string line = " ";
  for (size_t begin = 0; begin < ignored.size();) {
    const size_t end = std::min(ignored.find(' ', begin), ignored.size());
    if (line.size() + 1 + end - begin > 96) {
      text += line + "\n";
      line = " ";
    }
    line += " " + ignored.substr(begin, end - begin);
    begin = end + 1;
  }
  text += line + "\n";
  text += "\nNot supported yet (refused with E10055):\n" + later;
  return text;
}

}  // namespace poacl::atc
