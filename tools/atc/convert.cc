#include "atc/convert.h"

#include <filesystem>
#include <new>
#include <utility>

#include "atc/model_graphs.h"
#include "atc/output_path.h"
#include "atc/version.h"
#include "frontend/onnx/import_error.h"

namespace poacl::atc {
namespace {

constexpr int64_t kFrameworkOnnx = 5;

Status cannot_write(const Status& status) {
  if (status.ok() || !status.tag().empty()) return status;
  return Status(status.code(), fmt::format("the result cannot be written: {}", status.message()),
                "E13004");
}

Result<OmInfo> convert_checked(const Settings& settings, ConversionNotes* notes) {
  OutputFolder folder;
  POACL_RETURN_IF_ERROR(folder.prepare(settings.output));
  OmModel model;
  model.info.model_name = std::filesystem::path(settings.output).stem().string();
  model.info.soc_version = settings.soc_version;
  model.info.atc_cmdline = settings.command;
  model.info.atc_version = kVersion;
  model.info.framework = kFrameworkOnnx;
  model.info.input_format = settings.input_format;
  POACL_RETURN_IF_ERROR(build_graphs(settings, notes, &model));
  POACL_RETURN_IF_ERROR(cannot_write(write_om(model, settings.output, settings.weight_files)));
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

Result<OmInfo> convert(const Settings& settings, ConversionNotes* notes) {
  try {
    return convert_checked(settings, notes);
  } catch (const std::bad_alloc&) {
    return out_of_memory(settings);
  }
}

Status check_model(const Settings& settings, ConversionNotes* notes) {
  try {
    return check_import(settings, notes);
  } catch (const std::bad_alloc&) {
    return out_of_memory(settings);
  }
}

}  // namespace poacl::atc
