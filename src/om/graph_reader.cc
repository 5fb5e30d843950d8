#include "om/graph_reader.h"

#include <charconv>
#include <unordered_map>

#include <fmt/format.h>

#include "om/external_weights.h"
#include "om/om_attrs.h"
#include "om/om_codes.h"
#include "om/om_dtype.h"

namespace poacl::om {
namespace {

constexpr int kMaxGraphDepth = 8;
constexpr int kMaxRank = 64;
constexpr uintptr_t kAlign = 64;
constexpr std::string_view kOriginsAttr = "_datadump_original_op_names";

template <typename... Args>
Status broken(fmt::format_string<Args...> format, Args&&... args) {
  return Status(kParamInvalid, fmt::format(format, std::forward<Args>(args)...));
}

// Strings of the file go into sentences: keep them short and printable.
std::string shown(std::string_view name) {
  std::string text;
  for (const char c : name.substr(0, 80)) text += c >= ' ' && c < 127 ? c : '?';
  return name.size() > 80 ? text + "..." : text;
}

class GraphDecoder {
 public:
  GraphDecoder(const GraphDef& def, const ReadContext& context, int depth, Graph* graph)
      : def_(def), context_(context), depth_(depth), graph_(*graph) {}

  Status run() {
    graph_.name = own_name(def_.name());
    POACL_RETURN_IF_ERROR(read_inputs());
    POACL_RETURN_IF_ERROR(read_constants());
    const OpDef* net_output = nullptr;
    for (const OpDef& op : def_.op()) {
      if (op.type() == "Data" || is_constant(op)) continue;
      if (op.type() == "NetOutput") {
        if (net_output != nullptr) return broken("the graph has two NetOutput operators");
        net_output = &op;
        continue;
      }
      const Status status = read_node(op);
      if (!status.ok()) {
        return status.with_context(
            fmt::format("operator {} ({})", shown(op.name()), shown(op.type())));
      }
    }
    if (net_output == nullptr) return broken("the graph has no NetOutput operator");
    return read_net_output(*net_output);
  }

 private:
  std::string own_name(const std::string& name) const {
    const std::string_view suffix = context_.suffix;
    return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
  }

  Status publish(const std::string& name, std::vector<ValueId> outputs) {
    if (!producers_.emplace(name, std::move(outputs)).second) {
      return broken("two operators have the name {}", shown(name));
    }
    return {};
  }

  Status read_inputs() {
    std::vector<const OpDef*> by_index;
    for (const OpDef& op : def_.op()) {
      if (op.type() == "Data") by_index.push_back(nullptr);
    }
    for (const OpDef& op : def_.op()) {
      if (op.type() != "Data") continue;
      const int64_t index = attr_int(op.attr(), "index", -1);
      if (index < 0 || index >= static_cast<int64_t>(by_index.size()) ||
          by_index[static_cast<size_t>(index)] != nullptr) {
        return broken("input {} has index {}, which is not one of 0 to {} or is there twice",
                      shown(op.name()), index, by_index.size() - 1);
      }
      by_index[static_cast<size_t>(index)] = &op;
    }
    for (const OpDef* op : by_index) {
      if (op->output_desc_size() != 1) {
        return broken("input {} has {} descriptions instead of one", shown(op->name()),
                      op->output_desc_size());
      }
      const ValueId id = graph_.add_value(op->output_desc(0).name());
      graph_.inputs.push_back(id);
      const Status status = read_desc(op->output_desc(0), id);
      if (!status.ok()) return status.with_context("input " + shown(op->name()));
      POACL_RETURN_IF_ERROR(publish(op->name(), {id}));
    }
    return {};
  }

  static bool is_constant(const OpDef& op) {
    return op.type() == "Const" || op.type() == kFileConstant;
  }

  Status read_outside(const OpDef& op) {
    Result<Tensor> tensor = read_file_constant(op, context_.open);
    if (!tensor.ok()) return tensor.status().with_context("constant " + shown(op.name()));
    return publish(op.name(), {graph_.add_constant(op.output_desc(0).name(), std::move(*tensor))});
  }

  Status read_constants() {
    for (const OpDef& op : def_.op()) {
      if (op.type() == kFileConstant) POACL_RETURN_IF_ERROR(read_outside(op));
      if (op.type() != "Const") continue;
      const AttrDef* value = find_attr(op.attr(), "value");
      if (value == nullptr || !value->has_t()) {
        return broken("constant {} has no value", shown(op.name()));
      }
      Result<Tensor> tensor = decode_tensor(value->t(), context_);
      if (!tensor.ok()) return tensor.status().with_context("constant " + shown(op.name()));
      POACL_RETURN_IF_ERROR(
          publish(op.name(), {graph_.add_constant(value->t().desc().name(), std::move(*tensor))}));
    }
    return {};
  }

  Status read_desc(const TensorDescriptor& desc, ValueId id) {
    const auto dtype = dtype_from_message(desc.dtype());
    if (!dtype || data_type_size(*dtype) == 0) {
      return broken("tensor {} has data type {}, which is unknown", shown(desc.name()),
                    desc.dtype());
    }
    POACL_ASSIGN_OR_RETURN(Dims dims, decode_dims(desc, *dtype));
    Value& value = graph_.value(id);
    value.dtype = *dtype;
    value.shape_known = dims.size() != 1 || dims[0] != -2;
    if (value.shape_known) value.dims = std::move(dims);
    return {};
  }

  // "name:index" to a value that an earlier operator made; an empty text to kNoValue.
  Status resolve(const std::string& text, ValueId* id) const {
    *id = kNoValue;
    if (text.empty()) return {};
    const size_t colon = text.rfind(':');
    if (colon == std::string::npos) return broken("input {} has no output number", shown(text));
    int64_t index = -1;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, index);
    if (error != std::errc() || stop != end) {
      return broken("input {} has no valid output number", shown(text));
    }
    const auto it = producers_.find(std::string_view(text).substr(0, colon));
    if (it == producers_.end()) {
      return broken("input {} is made by no operator before this one", shown(text));
    }
    if (index < 0 || index >= static_cast<int64_t>(it->second.size())) {
      return broken("input {} asks for output {} of {}", shown(text), index, it->second.size());
    }
    *id = it->second[static_cast<size_t>(index)];
    return {};
  }

  Status read_node(const OpDef& op) {
    if (op.type().empty() || op.name().empty()) return broken("it has no type or no name");
    std::vector<ValueId> inputs;
    for (const std::string& text : op.input()) {
      if (text.ends_with(":-1")) continue;  // control edge: the order of the file suffices
      ValueId id = kNoValue;
      POACL_RETURN_IF_ERROR(resolve(text, &id));
      inputs.push_back(id);
    }
    AttrMap attrs;
    std::vector<std::string> origins;
    for (const NamedAttr& attr : op.attr()) {
      Result<AttrValue> value = decode_attr(attr.value(), context_, depth_);
      if (!value.ok()) return value.status().with_context("attribute " + shown(attr.key()));
      if (attr.key() == kOriginsAttr) {
        if (auto* names = std::get_if<std::vector<std::string>>(&*value)) origins = *names;
      } else {
        attrs.set(attr.key(), *std::move(value));
      }
    }
    std::vector<std::string> output_names;
    for (const TensorDescriptor& desc : op.output_desc()) output_names.push_back(desc.name());
    if (producers_.contains(op.name())) {
      return broken("two operators have the name {}", shown(op.name()));
    }
    const NodeId id = graph_.add_node(own_name(op.name()), op.type(), std::move(inputs),
                                      std::move(output_names), std::move(attrs));
    graph_.node(id).origins = std::move(origins);
    for (int i = 0; i < op.output_desc_size(); ++i) {
      POACL_RETURN_IF_ERROR(
          read_desc(op.output_desc(i), graph_.node(id).outputs[static_cast<size_t>(i)]));
    }
    return publish(op.name(), graph_.node(id).outputs);
  }

  Status read_net_output(const OpDef& op) {
    for (const std::string& text : op.input()) {
      ValueId id = kNoValue;
      POACL_RETURN_IF_ERROR(resolve(text, &id));
      if (id == kNoValue) return broken("an output of the graph has no value");
      graph_.outputs.push_back(id);
    }
    const AttrDef* names = find_attr(def_.attr(), "_poacl_output_names");
    if (names != nullptr && names->has_list()) {
      graph_.output_names.assign(names->list().s().begin(), names->list().s().end());
    }
    if (graph_.output_names.size() != graph_.outputs.size()) {
      graph_.output_names.clear();
      for (int i = 0; i < op.input_size(); ++i) {
        std::string source = op.input(i);
        source[source.rfind(':')] = '_';
        graph_.output_names.push_back(fmt::format("output_{}_{}", i, source));
      }
    }
    return {};
  }

  const GraphDef& def_;
  const ReadContext& context_;
  const int depth_;
  Graph& graph_;
  // Keys point into the message, which outlives the decoder.
  std::unordered_map<std::string_view, std::vector<ValueId>> producers_;
};

}  // namespace

Result<Dims> decode_dims(const TensorDescriptor& desc, DataType dtype) {
  const auto& list = desc.shape().dim();
  if (list.size() > kMaxRank) {
    return broken("tensor {} has {} dimensions; at most {} are allowed", shown(desc.name()),
                  list.size(), kMaxRank);
  }
  Dims dims(list.begin(), list.end());
  if (dims.size() == 1 && dims[0] == -2) return dims;
  bool known = true;
  for (const int64_t d : dims) {
    if (d < -1) {
      return broken("tensor {} has dimensions {}", shown(desc.name()), dims_to_string(dims));
    }
    known = known && d >= 0;
  }
  const int64_t count = element_count(dims);
  int64_t bytes = 0;
  if (known && (count < 0 || __builtin_mul_overflow(
                                 count, static_cast<int64_t>(data_type_size(dtype)), &bytes))) {
    return broken("tensor {} of dimensions {} is larger than any memory", shown(desc.name()),
                  dims_to_string(dims));
  }
  return dims;
}

Result<Tensor> decode_tensor(const TensorDef& def, const ReadContext& context) {
  const TensorDescriptor& desc = def.desc();
  const auto dtype = dtype_from_message(desc.dtype());
  if (!dtype || data_type_size(*dtype) == 0) {
    return broken("its data type {} is unknown", desc.dtype());
  }
  POACL_ASSIGN_OR_RETURN(Dims dims, decode_dims(desc, *dtype));
  const int64_t count = element_count(dims);
  if (count < 0) return broken("its dimensions {} are not all known", dims_to_string(dims));
  const uint64_t bytes = static_cast<uint64_t>(count) * data_type_size(*dtype);

  const bool in_line = !def.data().empty();
  const uint64_t stored = in_line ? def.data().size() : static_cast<uint64_t>(desc.weight_size());
  if (stored != bytes) {
    return broken("its dimensions {} of {} need {} bytes but {} are stored", dims_to_string(dims),
                  data_type_name(*dtype), bytes, stored);
  }
  if (bytes == 0) return Tensor{*dtype, std::move(dims), ConstBuffer()};
  if (in_line) {
    return Tensor{*dtype, std::move(dims),
                  ConstBuffer::copy_of(def.data().data(), def.data().size())};
  }
  const auto offset =
      static_cast<uint64_t>(attr_int(desc.attr(), "merged_offset", desc.data_offset()));
  if (offset > context.weights_size || bytes > context.weights_size - offset) {
    return broken("its {} bytes at offset {} do not lie in the weights, which are {} bytes", bytes,
                  offset, context.weights_size);
  }
  const std::byte* at = context.weights + offset;
  // Kernels count on it, and copying instead would let a small file ask for much memory.
  if (reinterpret_cast<uintptr_t>(at) % kAlign != 0) {
    return broken("its offset {} in the weights is not aligned to {} bytes", offset, kAlign);
  }
  ConstBuffer buffer(context.owner, at, bytes);
  return Tensor{*dtype, std::move(dims), std::move(buffer)};
}

Status decode_graph(const GraphDef& def, const ReadContext& context, int depth, Graph* graph) {
  if (depth > kMaxGraphDepth) {
    return broken("graphs are nested more than {} deep", kMaxGraphDepth);
  }
  return GraphDecoder(def, context, depth, graph).run();
}

}  // namespace poacl::om
