// If, Loop, Scan. Branches whose condition is known become part of the graph around them, and so do
// short loops whose length is.
#include <algorithm>

#include "frontend/onnx/import_error.h"
#include "frontend/onnx/import_session.h"
#include "frontend/onnx/translators/control_util.h"
#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"
#include "graph/ops/control_attrs.h"

namespace poacl::onnx_frontend {
namespace {

Status set_outputs(TranslateContext& context, const std::vector<ValueId>& values) {
  if (values.size() < context.node().outputs.size()) {
    return graph_error("its subgraph makes {} values, but the node has {} outputs", values.size(),
                       context.node().outputs.size());
  }
  for (size_t i = 0; i < values.size(); ++i) context.set_output(i, values[i]);
  return {};
}

// Both bodies take the captured values of both, in one order, which is returned.
std::vector<ValueId> share_captured(const Graph& around, TranslatedBody& a, TranslatedBody& b) {
  std::vector<ValueId> all = a.captured;
  for (const ValueId id : b.captured) {
    if (std::find(all.begin(), all.end(), id) == all.end()) all.push_back(id);
  }
  for (TranslatedBody* body : {&a, &b}) {
    const std::vector<ValueId> own = std::move(body->graph->inputs);
    body->graph->inputs.clear();
    for (const ValueId id : all) {
      const auto it = std::find(body->captured.begin(), body->captured.end(), id);
      if (it != body->captured.end()) {
        body->graph->inputs.push_back(own[static_cast<size_t>(it - body->captured.begin())]);
        continue;
      }
      const Value& value = around.value(id);
      const ValueId unused = body->graph->add_input(value.name, value.dtype, value.dims);
      body->graph->value(unused).shape_known = value.shape_known;
    }
    body->captured = all;
  }
  return all;
}

// A branch that cannot work with the shapes there are is perhaps never taken with them: then it is
// kept for any shapes, and running it tells what is wrong.
Result<TranslatedBody> possible_branch(TranslateContext& context, std::string_view name) {
  Result<TranslatedBody> branch = context.surroundings().body(name, {}, false);
  if (branch.ok() || branch.status().tag() == kUnsupportedTag ||
      branch.status().tag() == kToldTag) {
    return branch;
  }
  Result<TranslatedBody> open = context.surroundings().body(name, {}, true);
  return open.ok() ? std::move(open) : std::move(branch);
}

Status translate_if(TranslateContext& context) {
  POACL_RETURN_IF_ERROR(need_inputs(context, 1));
  if (const Tensor* cond = context.constant(0)) {
    if (cond->dtype != DataType::kBool || cond->count() != 1) {
      return graph_error("its condition must be one bool, but is {}{}", data_type_name(cond->dtype),
                         dims_to_string(cond->dims));
    }
    POACL_ASSIGN_OR_RETURN(const TranslatedBody body,
                           context.surroundings().body(
                               constant_true(*cond) ? "then_branch" : "else_branch", {}, false));
    POACL_ASSIGN_OR_RETURN(const auto values,
                           inline_body(context.graph(), *body.graph, body.captured));
    return set_outputs(context, values);
  }
  // Both are asked, so that one report tells what neither can do.
  Result<TranslatedBody> yes = possible_branch(context, "then_branch");
  Result<TranslatedBody> no = possible_branch(context, "else_branch");
  if (!yes.ok()) return yes.status();
  if (!no.ok()) return no.status();
  std::vector<ValueId> inputs = share_captured(context.graph(), *yes, *no);
  inputs.insert(inputs.begin(), context.input(0));
  AttrMap attrs;
  attrs.set("then_branch", GraphPtr(yes->graph));
  attrs.set("else_branch", GraphPtr(no->graph));
  return add_control_node(context, "If", std::move(inputs), std::move(attrs),
                          yes->graph->outputs.size());
}

// The constant trip count of a loop that nothing else ends; -1 when it is not known.
int64_t constant_trips(const TranslateContext& context, const Graph& body) {
  const Tensor* trips = context.constant(0);
  if (trips == nullptr || trips->dtype != DataType::kInt64 || trips->count() != 1) return -1;
  if (context.has_input(1)) {
    const Tensor* cond = context.constant(1);
    if (cond == nullptr || cond->dtype != DataType::kBool || cond->count() != 1) return -1;
    if (!constant_true(*cond)) return 0;
  }
  return goes_on_forever(body) ? std::max<int64_t>(0, trips->as<int64_t>()[0]) : -1;
}

Status unroll_loop(TranslateContext& context, const TranslatedBody& body, size_t carried,
                   int64_t trips) {
  Graph& graph = context.graph();
  const auto body_dims = [&](size_t input) {
    return body.graph->value(body.graph->inputs[input]).dims;
  };
  const uint8_t yes = 1;
  const ValueId cond =
      graph.add_constant(context.node().name + "/cond",
                         Tensor::from<uint8_t>(DataType::kBool, body_dims(1), std::span(&yes, 1)));
  std::vector<ValueId> values;
  for (size_t i = 0; i < carried; ++i) values.push_back(context.input(2 + i));
  std::vector<std::vector<ValueId>> lists(body.graph->outputs.size() - 1 - carried);
  for (int64_t trip = 0; trip < trips; ++trip) {
    std::vector<ValueId> arguments = {add_ints(context, "iteration", body_dims(0), {trip}), cond};
    arguments.insert(arguments.end(), values.begin(), values.end());
    arguments.insert(arguments.end(), body.captured.begin(), body.captured.end());
    POACL_ASSIGN_OR_RETURN(const auto results, inline_body(graph, *body.graph, arguments));
    std::copy_n(results.begin() + 1, carried, values.begin());
    for (size_t i = 0; i < lists.size(); ++i) lists[i].push_back(results[1 + carried + i]);
  }
  for (size_t i = 0; i < lists.size(); ++i) {
    POACL_ASSIGN_OR_RETURN(const ValueId list, stack_values(context, lists[i], 0));
    values.push_back(list);
  }
  return set_outputs(context, values);
}

Status translate_loop(TranslateContext& context) {
  const size_t carried = context.input_count() < 2 ? 0 : context.input_count() - 2;
  std::vector<TypeOfValue> types;
  for (const DataType type : {DataType::kInt64, DataType::kBool}) {
    const bool list = context.surroundings().declares_rank("body", types.size(), 1);
    types.push_back({type, true, list ? Dims{1} : Dims{}});
  }
  for (size_t i = 0; i < carried; ++i) {
    if (!context.has_input(2 + i)) return graph_error("its input {} is absent", 2 + i);
    types.push_back(TypeOfValue::of(context.input_value(2 + i)));
  }
  POACL_ASSIGN_OR_RETURN(const TranslatedBody body,
                         repeated_body(context, std::move(types), 2, 1, carried));
  if (body.graph->outputs.size() < 1 + carried) {
    return graph_error("its body makes {} values; {} are the least for {} carried ones",
                       body.graph->outputs.size(), 1 + carried, carried);
  }
  const int64_t trips = constant_trips(context, *body.graph);
  if (trips > 0 && worth_unrolling(*body.graph, trips)) {
    return unroll_loop(context, body, carried, trips);
  }
  std::vector<ValueId> inputs = {context.input(0), context.input(1)};
  for (size_t i = 0; i < carried; ++i) inputs.push_back(context.input(2 + i));
  inputs.insert(inputs.end(), body.captured.begin(), body.captured.end());
  AttrMap attrs;
  attrs.set("body", GraphPtr(body.graph));
  attrs.set("carried", static_cast<int64_t>(carried));
  return add_control_node(context, "Loop", std::move(inputs), std::move(attrs),
                          body.graph->outputs.size() - 1);
}

}  // namespace

std::span<const TranslatorEntry> control_flow_translators() {
  static constexpr TranslatorEntry kTable[] = {
      {"If", translate_if},
      {"Loop", translate_loop},
      {"Scan", translate_scan, 8},
  };
  return kTable;
}

}  // namespace poacl::onnx_frontend
