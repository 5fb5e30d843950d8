#include "om/inout_info.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "om/om_format.h"

namespace poacl::om {
namespace {

enum Block : uint32_t {
  kInputs = 0,
  kOutputs = 1,
  kBatches = 2,
  kImageSizes = 3,
  kGearDims = 4,
  kGearOutputs = 5,
  kInputOrder = 6,
};
constexpr int64_t kUnknownRank = -2;  // the one "dimension" of such a shape

template <typename T>
void append(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

struct TensorInfo {
  std::string_view name;
  DataType dtype;
  int32_t format;
  Dims dims;
  uint64_t size;
  std::vector<DimRange> ranges{};
};

void append_tensor(std::string& bytes, const TensorInfo& info) {
  const uint32_t dims_bytes = static_cast<uint32_t>(info.dims.size() * sizeof(int64_t));
  append(bytes, info.size);
  append(bytes, info.format);
  append(bytes, static_cast<int32_t>(info.dtype));
  append(bytes, static_cast<uint32_t>(info.name.size()));
  append(bytes, dims_bytes);
  append(bytes, dims_bytes);  // the packed-buffer dims of AIPP inputs; the same without AIPP
  append(bytes, static_cast<uint32_t>(info.ranges.size() * 2 * sizeof(int64_t)));
  bytes.append(info.name);
  for (int copy = 0; copy < 2; ++copy) {
    for (const int64_t d : info.dims) append(bytes, d);
  }
  for (const DimRange& range : info.ranges) {
    append(bytes, range.min);
    append(bytes, range.max);
  }
}

void append_block(std::string& bytes, uint32_t type, const std::string& block) {
  append(bytes, type);
  append(bytes, static_cast<uint32_t>(block.size()));
  bytes.append(block);
}

TensorInfo info_of(const Value& value, std::string_view name, int32_t format) {
  Dims dims = value.shape_known ? value.dims : Dims{kUnknownRank};
  const uint64_t size = storage_bytes(TensorDesc{value.dtype, dims});
  return TensorInfo{name, value.dtype, format, std::move(dims), size};
}

// Of the largest gear.
uint64_t largest_bytes(const OmGears& gears, size_t input) {
  uint64_t bytes = 0;
  for (const Graph& graph : gears.graphs) {
    const Value& value = graph.value(graph.inputs[input]);
    bytes = std::max<uint64_t>(bytes, storage_bytes(TensorDesc{value.dtype, value.dims}));
  }
  return bytes;
}

std::string inputs_block(const OmModel& model, const Graph& graph) {
  const OmGears& gears = model.gears;
  std::string block;
  append(block, static_cast<uint32_t>(graph.inputs.size() + (gears.empty() ? 0 : 1)));
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const Value& value = graph.value(graph.inputs[i]);
    TensorInfo info =
        info_of(value, value.name, input_format_number(value.dims, model.info.input_format));
    if (i < model.input_ranges.size()) info.ranges = model.input_ranges[i];
    if (!gears.empty()) {
      info.dims = gears.input_dims[i];
      info.size = largest_bytes(gears, i);
    }
    append_tensor(block, info);
  }
  if (!gears.empty()) {
    const auto count = static_cast<int64_t>(gears.values[0].size());
    append_tensor(block, {kGearInput,
                          DataType::kInt32,
                          ACL_FORMAT_ND,
                          {count},
                          static_cast<uint64_t>(count) * sizeof(int32_t)});
  }
  return block;
}

std::string outputs_block(const Graph& graph) {
  std::string block;
  append(block, static_cast<uint32_t>(graph.outputs.size()));
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    append_tensor(
        block, info_of(graph.value(graph.outputs[i]),
                       i < graph.output_names.size() ? graph.output_names[i] : "", ACL_FORMAT_ND));
  }
  return block;
}

std::string numbers_block(const std::vector<std::vector<int64_t>>& rows, bool with_lengths) {
  std::string block;
  append(block, static_cast<uint32_t>(rows.size()));
  for (const auto& row : rows) {
    if (with_lengths) append(block, static_cast<uint32_t>(row.size()));
  }
  for (const auto& row : rows) {
    for (const int64_t value : row) append(block, static_cast<uint64_t>(value));
  }
  return block;
}

std::string strings_block(const std::vector<std::string>& strings) {
  std::string block;
  append(block, static_cast<uint32_t>(strings.size()));
  for (const std::string& text : strings) append(block, static_cast<uint32_t>(text.size()));
  for (const std::string& text : strings) block += text;
  return block;
}

void append_gears(const OmGears& gears, const Graph& graph, std::string& bytes) {
  std::vector<std::string> outputs;
  for (size_t g = 0; g < gears.count(); ++g) {
    const Graph& own = gears.graphs[g];
    for (size_t i = 0; i < own.outputs.size(); ++i) {
      const Dims& dims = own.value(own.outputs[i]).dims;
      outputs.push_back(fmt::format("{},{},{}", g, i, fmt::join(dims, ",")));
    }
  }
  std::vector<std::string> order;
  for (const size_t i : gears.order) order.push_back(graph.value(graph.inputs[i]).name);
  constexpr Block kBlocks[] = {kBatches, kImageSizes, kGearDims};
  const Block block = kBlocks[static_cast<size_t>(gears.kind) - 1];
  append_block(bytes, block, numbers_block(gears.values, block != kBatches));
  append_block(bytes, kGearOutputs, strings_block(outputs));
  append_block(bytes, kInputOrder, strings_block(order));
}

}  // namespace

std::string make_inout_info(const OmModel& model) {
  const OmGears& gears = model.gears;
  const Graph& graph = gears.empty() ? model.graph : gears.graphs[largest_gear(gears.values)];
  std::string bytes;
  append_block(bytes, kInputs, inputs_block(model, graph));
  append_block(bytes, kOutputs, outputs_block(graph));
  if (!gears.empty()) append_gears(gears, graph, bytes);
  return bytes;
}

}  // namespace poacl::om
