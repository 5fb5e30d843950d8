#include "atc/convert.h"

#include <algorithm>
#include <filesystem>
#include <new>
#include <utility>

#include "atc/out_nodes_hint.h"
#include "atc/output_path.h"
#include "atc/output_type.h"
#include "atc/version.h"
#include "base/cpu_count.h"
#include "base/isa.h"
#include "compile/compile.h"
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

Status compile(OmModel& model) {
  POACL_RETURN_IF_ERROR(in_stage(optimize(model.graph), "optimising the model failed", "E10059"));
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
  for (PackedConstant& packed : lowered->packed) {
    model.packed.push_back({std::move(packed.key), std::move(packed.bytes)});
  }
  return {};
}

Result<OmInfo> convert_checked(const Settings& settings) {
  OutputFolder folder;
  POACL_RETURN_IF_ERROR(folder.prepare(settings.output));
  OnnxImportOptions import;
  import.input_shapes = settings.input_shapes;
  import.out_nodes = settings.out_nodes;
  OmModel model;
  Result<Graph> imported = import_onnx(settings.model, import);
  if (!imported.ok()) return with_out_nodes_hint(imported.status(), settings.model, import);
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

}  // namespace

Result<OmInfo> convert(const Settings& settings) {
  try {
    return convert_checked(settings);
  } catch (const std::bad_alloc&) {
    return onnx_frontend::import_error("E19999",
                                       "there is not enough memory to convert {}; close other "
                                       "programs or use a computer with more",
                                       settings.model);
  }
}

}  // namespace poacl::atc
