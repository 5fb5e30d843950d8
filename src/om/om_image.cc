#include "om/om_image.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>

#include <fmt/format.h>

#include "om/gear_graphs.h"
#include "om/graph_writer.h"
#include "om/inout_info.h"
#include "om/om_attrs.h"
#include "om/om_codes.h"
#include "om/om_container.h"
#include "om/om_producer.h"
#include "om/packed_blob.h"

namespace poacl::om {
namespace {

constexpr size_t kPartitions = 4;
// Where WEIGHTS_DATA starts in the file, so that mapped constants are aligned.
constexpr uint64_t kWeightsAlign = 512;
constexpr uint32_t kModelVersion = 2;

// For those who look at the header; our loader finds it from the graph.
bool has_open_shapes(const OmModel& model) {
  const Graph& graph = model.gears.empty() ? model.graph : model.gears.graphs[0];
  const auto open = [&](ValueId id) { return !graph.value(id).fully_known(); };
  return std::any_of(graph.inputs.begin(), graph.inputs.end(), open) ||
         std::any_of(graph.nodes().begin(), graph.nodes().end(), [&](const Node& node) {
           return std::any_of(node.outputs.begin(), node.outputs.end(), open);
         });
}

uint32_t op_count(const ModelDef& def) {
  int count = 0;
  for (const GraphDef& graph : def.graph()) count += graph.op_size();
  return static_cast<uint32_t>(count);
}

void add_model_attrs(const OmModel& model, uint64_t weight_size, AttrList* attrs) {
  const OmInfo& info = model.info;
  add_string(attrs, kProducerAttr, kProducer);
  add_int(attrs, kRevisionAttr, kRevision);
  add_int(attrs, "memory_size", static_cast<int64_t>(info.memory_size));
  add_int(attrs, "weight_size", static_cast<int64_t>(weight_size));
  add_int(attrs, "stream_num", 1);
  add_int(attrs, "event_num", 0);
  add_int(attrs, "label_num", 0);
  add_int(attrs, "framework_type", info.framework);
  add_string(attrs, "soc_version", info.soc_version);
  add_string(attrs, "atc_version", info.atc_version);
  add_string(attrs, "atc_cmdline", info.atc_cmdline);
  add_string(attrs, kPackedIsaAttr, info.packed_isa);
  add_string(attrs, kInputFormatAttr, info.input_format);
  const Graph& graph = model.gears.empty() ? model.graph : model.gears.graphs[0];
  add_strings(attrs, "attr_model_out_nodes_name", graph.output_names);
}

// Lengthens the message to a size that is `remainder` modulo kWeightsAlign by one field that every
// reader skips.
void pad_message(std::string& bytes, uint64_t remainder) {
  constexpr uint64_t kHead = 4;  // tag of field 200, length-delimited, and a two-byte length
  const uint64_t filler =
      (kWeightsAlign + remainder - (bytes.size() + kHead) % kWeightsAlign) % kWeightsAlign;
  bytes += "\xc2\x0c";
  bytes += static_cast<char>(0x80 | (filler & 0x7f));
  bytes += static_cast<char>(filler >> 7);
  bytes.append(filler, '\0');
}

}  // namespace

void OmImage::add(std::string bytes) {
  texts_.push_back(std::move(bytes));
  add_range(texts_.back().data(), texts_.back().size());
}

void OmImage::add_range(const void* data, size_t size) {
  if (size == 0) return;
  pieces_.push_back(ByteRange{data, size});
  size_ += size;
}

void OmImage::pad(uint64_t size) {
  add(std::string(size - size_, '\0'));
}

std::string OmImage::to_string() const {
  std::string bytes;
  bytes.reserve(size_);
  for (const ByteRange& piece : pieces_) {
    bytes.append(static_cast<const char*>(piece.data), piece.size);
  }
  return bytes;
}

Result<OmImage> OmImage::encode(const OmModel& model, ExternalOut* external) {
  ModelDef def;
  def.set_name(model.info.model_name);
  def.set_version(kModelVersion);
  WeightsOut weights;
  weights.set_external(external);
  if (model.gears.empty()) {
    POACL_RETURN_IF_ERROR(encode_graph(
        model.graph, {model.info.input_format, {}, model.input_ranges}, weights, def.add_graph()));
  } else {
    POACL_RETURN_IF_ERROR(encode_gears(model, weights, &def));
  }
  add_model_attrs(model, weights.size(), def.mutable_attr());

  const uint64_t prefix_bytes = container_prefix_bytes(kPartitions);
  std::string message;
  if (def.ByteSizeLong() > std::numeric_limits<int32_t>::max() / 2 ||
      !def.SerializeToString(&message)) {
    return Status(kParamInvalid, fmt::format("the graph of model {} is too large for an .om file",
                                             model.info.model_name));
  }
  pad_message(message, (kWeightsAlign - prefix_bytes % kWeightsAlign) % kWeightsAlign);

  const std::string inout = make_inout_info(model);
  const uint64_t weights_at = prefix_bytes + message.size();
  const uint64_t packed_at = weights_at + weights.size() + inout.size();
  PackedLayout packed = layout_packed(model.packed, packed_at);

  const std::array<PartitionSize, kPartitions> table = {{
      {kModelDef, message.size()},
      {kWeightsData, weights.size()},
      {kModelInoutInfo, inout.size()},
      {kTaskInfo, packed.head.size() + packed.payload_bytes},
  }};
  OmImage image;
  image.add(make_container_prefix(model.info.model_name, op_count(def), kProducer, table,
                                  has_open_shapes(model)));
  image.add(std::move(message));
  for (const WeightsOut::Item& item : weights.items()) {
    image.pad(weights_at + item.offset);
    image.add(item.bytes);
  }
  image.add(inout);
  const uint64_t payload_at = packed_at + packed.head.size();
  image.add(std::move(packed.head));
  for (size_t i = 0; i < model.packed.size(); ++i) {
    image.pad(payload_at + packed.offsets[i]);
    image.add(model.packed[i].bytes);
  }
  return image;
}

}  // namespace poacl::om

namespace poacl {

Status write_om(const OmModel& model, const std::string& path, WeightFiles files) {
  if (files != WeightFiles::kInside) {
    om::ExternalOut external(files, std::filesystem::path(path).stem().string());
    OmModel outside = model;
    outside.packed.clear();
    POACL_ASSIGN_OR_RETURN(const om::OmImage image, om::OmImage::encode(outside, &external));
    POACL_RETURN_IF_ERROR(external.write(weight_folder(path)));
    return om::write_file_atomically(path, image.pieces());
  }
  POACL_ASSIGN_OR_RETURN(const om::OmImage image, om::OmImage::encode(model));
  return om::write_file_atomically(path, image.pieces());
}

}  // namespace poacl
