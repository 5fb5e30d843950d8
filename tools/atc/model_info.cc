#include "atc/model_info.h"

#include <cstddef>
#include <cstdint>

#include "atc/output_path.h"
#include "base/mapped_file.h"
#include "base/utf8.h"
#include "frontend/onnx/import_error.h"
#include "om/message_parser.h"
#include "om/om_attrs.h"
#include "om/om_container.h"

namespace poacl::atc {
namespace {

using onnx_frontend::import_error;

// Partitions that only files for an NPU have.
constexpr uint32_t kChipKernels = 3;
constexpr uint32_t kAiCpuKernels = 4;
constexpr uint32_t kSharedObjects = 5;

uint64_t bytes_of(const om::Container& container, uint32_t type) {
  const om::Partition* partition = container.find(type);
  return partition == nullptr ? 0 : partition->size;
}

std::string info_text(const om::ModelDef& model, const om::Container& container) {
  const om::AttrList& attrs = model.attr();
  return fmt::format(
      "============ Display Model Info start ============\n"
      "Original Atc command line: {}\n"
      "system   info: atc_version[{}], soc_version[{}], framework_type[{}].\n"
      "resource info: memory_size[{} B], weight_size[{} B], stream_num[{}], event_num[{}].\n"
      "om       info: modeldef_size[{} B], weight_data_size[{} B], tbe_kernels_size[{} B], "
      "cust_aicpu_kernel_store_size[{} B], task_info_size[{} B], so_store_size[{} B].\n"
      "============ Display Model Info end   ============\n",
      om::attr_string(attrs, "atc_cmdline"), om::attr_string(attrs, "atc_version"),
      om::attr_string(attrs, "soc_version"), om::attr_int(attrs, "framework_type", -1),
      om::attr_int(attrs, "memory_size"), om::attr_int(attrs, "weight_size"),
      om::attr_int(attrs, "stream_num"), om::attr_int(attrs, "event_num"),
      bytes_of(container, om::kModelDef), bytes_of(container, om::kWeightsData),
      bytes_of(container, kChipKernels), bytes_of(container, kAiCpuKernels),
      bytes_of(container, om::kTaskInfo), bytes_of(container, kSharedObjects));
}

Status cannot_load(const std::string& path, const Status& why) {
  return import_error("E10041", "{} cannot be loaded: {}", path, why.message());
}

}  // namespace

Result<std::string> show_model_info(const std::string& path) {
  POACL_RETURN_IF_ERROR(check_model_path(path, "om"));
  const auto file = MappedFile::open(path);
  if (!file.ok()) return cannot_load(path, file.status());
  const auto container =
      om::parse_container(static_cast<const std::byte*>((*file)->data()), (*file)->size(), path);
  if (!container.ok()) return cannot_load(path, container.status());
  const om::Partition* graph = container->find(om::kModelDef);
  if (graph == nullptr) {
    return import_error("E10041", "{} cannot be loaded: it holds no graph (partition type 0)",
                        path);
  }
  om::ParsedModel parsed;
  const Status status = parsed.parse(graph->data, graph->size, path);
  if (!status.ok()) return cannot_load(path, status);
  return valid_utf8(info_text(parsed.model(), *container));
}

}  // namespace poacl::atc
