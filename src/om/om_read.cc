#include <cstring>
#include <memory>

#include <fmt/format.h>

#include "base/mapped_file.h"
#include "om/gear_graphs.h"
#include "om/genuine.h"
#include "om/graph_reader.h"
#include "om/input_ranges.h"
#include "om/message_parser.h"
#include "om/om_attrs.h"
#include "om/om_codes.h"
#include "om/om_container.h"
#include "om/om_model.h"
#include "om/om_producer.h"
#include "om/packed_blob.h"

namespace poacl {
namespace {

constexpr uintptr_t kAlign = 64;

OmInfo read_info(const om::ModelDef& model) {
  const auto& attrs = model.attr();
  OmInfo info;
  info.model_name = model.name();
  info.soc_version = om::attr_string(attrs, "soc_version");
  info.atc_cmdline = om::attr_string(attrs, "atc_cmdline");
  info.atc_version = om::attr_string(attrs, "atc_version");
  info.packed_isa = om::attr_string(attrs, om::kPackedIsaAttr);
  info.input_format = om::attr_string(attrs, om::kInputFormatAttr);
  info.framework = om::attr_int(attrs, "framework_type", -1);
  info.memory_size = static_cast<uint64_t>(om::attr_int(attrs, "memory_size"));
  return info;
}

Status refuse_genuine(om::ModelDef& model, std::string_view file_name) {
  return Status(om::kParamInvalid,
                fmt::format("{} is a genuine NPU model: {}. Its code runs on that chip only; run "
                            "atc of this project on the original model",
                            file_name, om::describe_genuine(model)));
}

Status read_graphs(const om::ModelDef& def, const om::ReadContext& context, OmModel* model) {
  if (def.graph_size() > 1) return om::decode_gears(def, context, model);
  POACL_RETURN_IF_ERROR(om::decode_graph(def.graph(0), context, 0, &model->graph));
  POACL_ASSIGN_OR_RETURN(model->input_ranges, om::read_ranges(def.graph(0), &model->graph));
  return {};
}

Result<OmModel> read_container(const std::shared_ptr<const void>& owner,
                               const om::Container& container, std::string_view file_name,
                               const WeightOpener& open) {
  const om::Partition* graph = container.find(om::kModelDef);
  if (graph == nullptr) {
    return Status(om::kParamInvalid, fmt::format("{}: it holds no graph (partition type 0); the "
                                                 "file is damaged",
                                                 file_name));
  }
  om::ParsedModel parsed;
  POACL_RETURN_IF_ERROR(parsed.parse(graph->data, graph->size, file_name));
  om::ModelDef& model = parsed.model();
  if (om::attr_string(model.attr(), om::kProducerAttr) != om::kProducer) {
    return refuse_genuine(model, file_name);
  }
  const int64_t revision = om::attr_int(model.attr(), om::kRevisionAttr);
  if (revision != om::kRevision) {
    return Status(om::kParamInvalid,
                  fmt::format("{}: it was written in revision {} of the file form, this version "
                              "reads revision {}; convert the model again with this atc",
                              file_name, revision, om::kRevision));
  }
  const om::Partition* weights = container.find(om::kWeightsData);
  const om::Partition* packed = container.find(om::kTaskInfo);
  if (container.model_num != 1 || model.graph_size() < 1 || weights == nullptr ||
      packed == nullptr) {
    return Status(om::kParamInvalid,
                  fmt::format("{}: {} models, {} graphs, weights {}, packed constants {}: not what "
                              "atc writes; the file is damaged",
                              file_name, container.model_num, model.graph_size(),
                              weights != nullptr ? "present" : "missing",
                              packed != nullptr ? "present" : "missing"));
  }
  OmModel result;
  result.info = read_info(model);
  result.info.weight_size = weights->size;
  const om::ReadContext context{owner, weights->data, weights->size, {}, &open};
  const Status status = read_graphs(model, context, &result);
  if (!status.ok()) return status.with_context(file_name);
  auto constants = om::read_packed(owner, packed->data, packed->size);
  if (!constants.ok()) return constants.status().with_context(file_name);
  result.packed = *std::move(constants);
  return result;
}

}  // namespace

Result<OmModel> read_om(std::shared_ptr<const void> owner, const void* data, size_t size,
                        std::string_view file_name, const WeightOpener& open) {
  if (data == nullptr) {
    return Status(om::kModelDataInvalid, fmt::format("{}: there are no model bytes", file_name));
  }
  if (reinterpret_cast<uintptr_t>(data) % kAlign != 0) {
    // Constants keep the alignment of the file only when the file itself is aligned.
    auto copy = std::make_shared<ConstBuffer>(ConstBuffer::copy_of(data, size));
    const void* bytes = copy->data();
    return read_om(std::move(copy), bytes, size, file_name, open);
  }
  POACL_ASSIGN_OR_RETURN(const om::Container container,
                         om::parse_container(static_cast<const std::byte*>(data), size, file_name));
  return read_container(owner, container, file_name, open);
}

Result<OmModel> read_om_file(const std::string& path, const WeightOpener& open) {
  POACL_ASSIGN_OR_RETURN(const auto file, MappedFile::open(path));
  return read_om(file, file->data(), file->size(), path,
                 open ? open : weights_in(weight_folder(path)));
}

}  // namespace poacl
