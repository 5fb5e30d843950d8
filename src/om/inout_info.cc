#include "om/inout_info.h"

#include "om/om_format.h"

namespace poacl::om {
namespace {

constexpr uint32_t kInputsBlock = 0;
constexpr uint32_t kOutputsBlock = 1;
constexpr int64_t kUnknownRank = -2;  // the one "dimension" of such a shape

template <typename T>
void append(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void append_tensor(std::string& bytes, const Value& value, std::string_view name, int32_t format) {
  const Dims dims = value.shape_known ? value.dims : Dims{kUnknownRank};
  const uint32_t dims_bytes = static_cast<uint32_t>(dims.size() * sizeof(int64_t));
  append(bytes, static_cast<uint64_t>(storage_bytes(TensorDesc{value.dtype, dims})));
  append(bytes, format);
  append(bytes, static_cast<int32_t>(value.dtype));
  append(bytes, static_cast<uint32_t>(name.size()));
  append(bytes, dims_bytes);
  append(bytes, dims_bytes);  // the packed-buffer dims of AIPP inputs; the same without AIPP
  append(bytes, uint32_t{0});
  bytes.append(name);
  for (int copy = 0; copy < 2; ++copy) {
    for (const int64_t d : dims) append(bytes, d);
  }
}

void append_block(std::string& bytes, uint32_t type, const std::string& block) {
  append(bytes, type);
  append(bytes, static_cast<uint32_t>(block.size()));
  bytes.append(block);
}

}  // namespace

std::string make_inout_info(const Graph& graph, std::string_view input_format) {
  std::string inputs;
  append(inputs, static_cast<uint32_t>(graph.inputs.size()));
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.value(id);
    append_tensor(inputs, value, value.name, input_format_number(value.dims, input_format));
  }
  std::string outputs;
  append(outputs, static_cast<uint32_t>(graph.outputs.size()));
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    append_tensor(outputs, graph.value(graph.outputs[i]),
                  i < graph.output_names.size() ? graph.output_names[i] : "", ACL_FORMAT_ND);
  }
  std::string bytes;
  append_block(bytes, kInputsBlock, inputs);
  append_block(bytes, kOutputsBlock, outputs);
  return bytes;
}

}  // namespace poacl::om
