#include "frontend/onnx/translators/control_util.h"

#include "graph/graph_error.h"

namespace poacl::onnx_frontend {
namespace {

constexpr int64_t kMostUnrolled = 64;        // iterations
constexpr size_t kMostUnrolledNodes = 1024;  // all together

}  // namespace

Status add_control_node(TranslateContext& context, std::string type, std::vector<ValueId> inputs,
                        AttrMap attrs, size_t outputs) {
  if (outputs < context.node().outputs.size() || outputs == 0) {
    return graph_error("its subgraphs make {} values, but the node has {} outputs", outputs,
                       context.node().outputs.size());
  }
  POACL_RETURN_IF_ERROR(
      context.add(std::move(type), std::move(inputs), std::move(attrs), static_cast<int>(outputs))
          .status());
  for (size_t i = 0; i < outputs; ++i) {
    context.set_output(i, context.last_output(static_cast<int>(i)));
  }
  return {};
}

Result<TranslatedBody> repeated_body(TranslateContext& context, std::vector<TypeOfValue> types,
                                     size_t first_input, size_t first_output, size_t carried) {
  // What moves at the third try is given up, so there are few; see infer_repeated().
  for (int attempt = 0;; ++attempt) {
    POACL_ASSIGN_OR_RETURN(TranslatedBody body, context.surroundings().body("body", types, false));
    if (body.graph->outputs.size() < first_output + carried) {
      return graph_error("its body makes {} values; {} are the least for {} carried ones",
                         body.graph->outputs.size(), first_output + carried, carried);
    }
    bool stable = true;
    for (size_t i = 0; i < carried; ++i) {
      TypeOfValue& in = types[first_input + i];
      const TypeOfValue out =
          TypeOfValue::of(body.graph->value(body.graph->outputs[first_output + i]));
      if (out.dtype != in.dtype) {
        return graph_error("carried value {} is {} before an iteration and {} after it", i,
                           data_type_name(in.dtype), data_type_name(out.dtype));
      }
      TypeOfValue both = join_types(in, out);
      if (both == in) continue;
      stable = false;
      if (attempt >= 1) both = {in.dtype, false, {}};
      in = std::move(both);
    }
    if (stable) return body;
    if (attempt < 2) continue;
    for (size_t i = 0; i < carried; ++i) {
      types[first_input + i] = {types[first_input + i].dtype, false, {}};
    }
  }
}

bool worth_unrolling(const Graph& body, int64_t trips) {
  return trips <= kMostUnrolled &&
         static_cast<size_t>(trips) * body.nodes().size() <= kMostUnrolledNodes;
}

Result<ValueId> stack_values(TranslateContext& context, const std::vector<ValueId>& values,
                             int64_t axis) {
  std::vector<ValueId> items;
  for (const ValueId value : values) {
    AttrMap attrs;
    attrs.set("axes", std::vector<int64_t>{axis});
    POACL_ASSIGN_OR_RETURN(const ValueId item, context.add("Unsqueeze", {value}, std::move(attrs)));
    items.push_back(item);
  }
  if (items.size() == 1) return items[0];
  AttrMap attrs;
  attrs.set("concat_dim", axis);
  return context.add("ConcatD", std::move(items), std::move(attrs));
}

}  // namespace poacl::onnx_frontend
