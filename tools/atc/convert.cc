#include "atc/convert.h"

#include <algorithm>
#include <filesystem>
#include <new>
#include <utility>

#include "atc/check_report.h"
#include "atc/out_nodes_hint.h"
#include "atc/output_path.h"
#include "atc/output_type.h"
#include "atc/version.h"
#include "base/cpu_count.h"
#include "base/isa.h"
#include "compile/compile.h"
#include "dynamic/dynamic_program.h"
#include "frontend/onnx/import_error.h"
#include "frontend/onnx/onnx_import.h"

namespace poacl::atc {
namespace {

constexpr int64_t kFrameworkOnnx = 5;

// Errors of the lower layers know no E-codes.
Status in_stage(const Status& status, std::string_view stage, std::string_view code) {
  if (status.ok() || !status.tag().empty()) return status;
  return Status(status.code(), fmt::format("{}: {}", stage, status.message()), std::string(code));
}

void keep_packed(std::vector<PackedConstant> packed, OmModel& model) {
  for (PackedConstant& item : packed) {
    model.packed.push_back({std::move(item.key), std::move(item.bytes)});
  }
}

size_t constant_bytes(const Graph& graph) {
  size_t bytes = 0;
  const std::vector<int> uses = graph.use_counts();
  for (size_t i = 0; i < graph.value_count(); ++i) {
    const auto& constant = graph.value(static_cast<ValueId>(i)).constant;
    if (constant && uses[i] > 0) bytes += constant->buffer.size();
  }
  return bytes;
}

// What can be planned without run-time values is planned here once, to find what cannot be computed
// and to pack its weights.
Status compile_dynamic(OmModel& model) {
  DynamicOptions options;
  options.isa = active_isa();
  options.workers = usable_cores();
  auto program = DynamicProgram::make(model.graph, options);
  if (!program.ok()) return in_stage(program.status(), "compiling the model failed", "E10059");
  model.info.packed_isa = isa_name(options.isa);
  model.info.weight_size = constant_bytes(model.graph);
  keep_packed((*program)->packed(), model);
  return {};
}

Status compile(OmModel& model) {
  POACL_RETURN_IF_ERROR(in_stage(optimize(model.graph), "optimising the model failed", "E10059"));
  if (needs_dynamic(model.graph)) return compile_dynamic(model);
  LowerOptions options;
  options.isa = active_isa();
  options.workers = usable_cores();
  Result<LowerResult> lowered = lower(model.graph, options);
  if (!lowered.ok()) return in_stage(lowered.status(), "compiling the model failed", "E10059");

  const size_t nodes = std::min(lowered->kernels.size(), model.graph.nodes().size());
  for (size_t i = 0; i < nodes; ++i) {
    const std::string& kernel = lowered->kernels[i];
    if (!kernel.empty()) model.graph.nodes()[i].attrs.set(std::string(kKernelAttr), kernel);
  }
  model.info.packed_isa = isa_name(options.isa);
  model.info.memory_size = workspace_bytes(*lowered->program);
  model.info.weight_size = lowered->program->weight_bytes;
  keep_packed(std::move(lowered->packed), model);
  return {};
}

// Also leaves the report of a failed import, as far as nodes are to blame or the user wants it.
Result<Graph> import_reported(const Settings& settings, std::string* report_path) {
  OnnxImportOptions import;
  import.input_shapes = settings.input_shapes;
  import.out_nodes = settings.out_nodes;
  ImportReport report;
  import.report = &report;
  Result<Graph> imported = import_onnx(settings.model, import);
  Status outcome =
      imported.ok() ? Status() : with_out_nodes_hint(imported.status(), settings.model, import);
  const bool node_failed = std::any_of(report.nodes.begin(), report.nodes.end(),
                                       [](const NodeReport& node) { return !node.faults.empty(); });
  if (settings.check_only || node_failed || (!outcome.ok() && settings.report_asked)) {
    const std::string name = report.model_name.empty()
                                 ? std::filesystem::path(settings.model).stem().string()
                                 : report.model_name;
    const Status written =
        write_check_report(settings.check_report, check_report_text(name, report, outcome));
    if (written.ok()) *report_path = settings.check_report;
    // What is wrong with the model is the more important news.
    if (outcome.ok() && !written.ok()) return written;
  }
  if (!outcome.ok()) return outcome;
  return imported;
}

Result<OmInfo> convert_checked(const Settings& settings, std::string* report_path) {
  OutputFolder folder;
  POACL_RETURN_IF_ERROR(folder.prepare(settings.output));
  OmModel model;
  Result<Graph> imported = import_reported(settings, report_path);
  if (!imported.ok()) return imported.status();
  model.graph = std::move(*imported);
  POACL_RETURN_IF_ERROR(in_stage(apply_output_types(model.graph, settings.output_types),
                                 "--output_type cannot be applied", "E10001"));
  model.info.model_name = std::filesystem::path(settings.output).stem().string();
  model.info.soc_version = settings.soc_version;
  model.info.atc_cmdline = settings.command;
  model.info.atc_version = kVersion;
  model.info.framework = kFrameworkOnnx;
  model.info.input_format = settings.input_format;
  POACL_RETURN_IF_ERROR(compile(model));
  POACL_RETURN_IF_ERROR(
      in_stage(write_om(model, settings.output), "the result cannot be written", "E13004"));
  folder.keep();
  return std::move(model.info);
}

Status out_of_memory(const Settings& settings) {
  return onnx_frontend::import_error("E19999",
                                     "there is not enough memory to convert {}; close other "
                                     "programs or use a computer with more",
                                     settings.model);
}

}  // namespace

Result<OmInfo> convert(const Settings& settings, std::string* report_path) {
  try {
    return convert_checked(settings, report_path);
  } catch (const std::bad_alloc&) {
    return out_of_memory(settings);
  }
}

Status check_model(const Settings& settings, std::string* report_path) {
  try {
    return import_reported(settings, report_path).status();
  } catch (const std::bad_alloc&) {
    return out_of_memory(settings);
  }
}

}  // namespace poacl::atc
