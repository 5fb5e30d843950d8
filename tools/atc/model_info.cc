#include "atc/model_info.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "frontend/onnx/import_error.h"

namespace poacl::atc {

std::string model_info_text(const OmInfo& info, uint64_t file_size) {
  const uint64_t definition = file_size > info.weight_size ? file_size - info.weight_size : 0;
  return fmt::format(
      "============ Display Model Info start ============\n"
      "Original Atc command line: {}\n"
      "system   info: atc_version[{}], soc_version[{}], framework_type[{}].\n"
      "resource info: memory_size[{} B], weight_size[{} B], stream_num[1], event_num[0].\n"
      "om       info: modeldef_size[{} B], weight_data_size[{} B], tbe_kernels_size[0 B], "
      "cust_aicpu_kernel_store_size[0 B], task_info_size[0 B], so_store_size[0 B].\n"
      "============ Display Model Info end   ============\n",
      info.atc_cmdline, info.atc_version, info.soc_version, info.framework, info.memory_size,
      info.weight_size, definition, info.weight_size);
}

Result<std::string> show_model_info(const std::string& path) {
  std::error_code error;
  const uint64_t size = std::filesystem::file_size(path, error);
  if (error) {
    return onnx_frontend::import_error("E13026", "the file {}, named by --om, cannot be read: {}",
                                       path, error.message());
  }
  const Result<OmModel> model = read_om_file(path);
  if (!model.ok()) {
    return onnx_frontend::import_error("E10041", "{} cannot be loaded: {}", path,
                                       model.status().message());
  }
  return model_info_text(model->info, size);
}

}  // namespace poacl::atc
