// If, Loop and Scan at run time. Their forms are told in graph/ops/control_attrs.h.
#include <cstring>
#include <limits>

#include "graph/bodies.h"
#include "graph/eager/slices.h"
#include "graph/eager_registry.h"
#include "graph/graph_error.h"
#include "graph/ops/control_attrs.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

using Inputs = std::span<const Tensor* const>;

Result<const Graph*> required_body(const Node& node, std::string_view name) {
  const Graph* body = body_of(node, name);
  if (body == nullptr) return graph_error("its {} is missing", name);
  return body;
}

Result<bool> read_bool(const Tensor& tensor, std::string_view what) {
  if (tensor.dtype == DataType::kBool && tensor.count() == 1) return constant_true(tensor);
  return graph_error("{} must be one bool, but is {}{}", what, data_type_name(tensor.dtype),
                     dims_to_string(tensor.dims));
}

Result<std::vector<Tensor>> all_present(Inputs inputs, size_t first) {
  std::vector<Tensor> values;
  for (size_t i = first; i < inputs.size(); ++i) {
    if (inputs[i] == nullptr) return graph_error("its input {} is absent", i);
    values.push_back(*inputs[i]);
  }
  return values;
}

// A scalar for the body, in the shape ([] or [1]) that its input has.
template <typename T>
Result<Tensor> body_scalar(const Graph& body, size_t input, DataType dtype, T value,
                           EagerContext& context) {
  const Value& port = body.value(body.inputs[input]);
  Dims dims = port.shape_known && port.dims.size() == 1 ? Dims{1} : Dims{};
  void* writable = nullptr;
  POACL_ASSIGN_OR_RETURN(Tensor tensor, context.allocate(dtype, std::move(dims), &writable));
  std::memcpy(writable, &value, sizeof(T));
  return tensor;
}

Status run_if(const Node& node, Inputs inputs, std::vector<Tensor>* outputs,
              EagerContext& context) {
  if (inputs.empty() || inputs[0] == nullptr) return graph_error("its condition is absent");
  POACL_ASSIGN_OR_RETURN(const bool cond, read_bool(*inputs[0], "cond"));
  POACL_ASSIGN_OR_RETURN(const Graph* branch,
                         required_body(node, cond ? "then_branch" : "else_branch"));
  POACL_ASSIGN_OR_RETURN(const std::vector<Tensor> values, all_present(inputs, 1));
  std::vector<Tensor> results;
  POACL_RETURN_IF_ERROR(context.run_body(*branch, values, &results));
  if (results.size() != outputs->size()) {
    return graph_error("its branch '{}' made {} values instead of {}", branch->name, results.size(),
                       outputs->size());
  }
  *outputs = std::move(results);
  return {};
}

Status run_loop(const Node& node, Inputs inputs, std::vector<Tensor>* outputs,
                EagerContext& context) {
  POACL_ASSIGN_OR_RETURN(const Graph* body, required_body(node, "body"));
  POACL_ASSIGN_OR_RETURN(const LoopShape shape, LoopShape::of(node.attrs, *body, inputs.size()));
  int64_t trips = std::numeric_limits<int64_t>::max();
  if (!inputs.empty() && inputs[0] != nullptr) {
    if (inputs[0]->dtype != DataType::kInt64 || inputs[0]->count() != 1) {
      return graph_error("the trip count must be one int64, but is {}{}",
                         data_type_name(inputs[0]->dtype), dims_to_string(inputs[0]->dims));
    }
    trips = inputs[0]->as<int64_t>()[0];
  }
  bool go_on = true;
  if (inputs.size() > 1 && inputs[1] != nullptr) {
    POACL_ASSIGN_OR_RETURN(go_on, read_bool(*inputs[1], "the condition"));
  }
  POACL_ASSIGN_OR_RETURN(std::vector<Tensor> values, all_present(inputs, 2));
  std::vector<std::vector<Tensor>> lists(shape.stacked);
  values.insert(values.begin(), 2, Tensor());
  for (int64_t i = 0; i < trips && go_on; ++i) {
    POACL_ASSIGN_OR_RETURN(values[0], body_scalar(*body, 0, DataType::kInt64, i, context));
    POACL_ASSIGN_OR_RETURN(values[1], body_scalar(*body, 1, DataType::kBool, true, context));
    std::vector<Tensor> results;
    const Status status = context.run_body(*body, values, &results);
    if (!status.ok()) return status.with_context(fmt::format("iteration {}", i));
    if (results.size() != 1 + shape.carried + shape.stacked) {
      return graph_error("its body '{}' made {} values instead of {}", body->name, results.size(),
                         1 + shape.carried + shape.stacked);
    }
    POACL_ASSIGN_OR_RETURN(go_on, read_bool(results[0], "the body's condition"));
    for (size_t k = 0; k < shape.carried; ++k) values[2 + k] = std::move(results[1 + k]);
    for (size_t k = 0; k < shape.stacked; ++k) {
      lists[k].push_back(std::move(results[1 + shape.carried + k]));
    }
  }
  for (size_t k = 0; k < shape.carried; ++k) (*outputs)[k] = std::move(values[2 + k]);
  for (size_t k = 0; k < shape.stacked; ++k) {
    const Value& item = body->value(body->outputs[1 + shape.carried + k]);
    POACL_ASSIGN_OR_RETURN((*outputs)[shape.carried + k],
                           stack_items(lists[k], 0, false, item, context));
  }
  return {};
}

// Axes of the scanned lists, checked against the tensors, and how many items all of them have.
Result<int64_t> scan_length(const ScanShape& shape, std::span<const Tensor> lists,
                            std::vector<size_t>* axes) {
  int64_t length = -1;
  for (size_t i = 0; i < shape.scanned; ++i) {
    const Dims& dims = lists[i].dims;
    POACL_ASSIGN_OR_RETURN(
        const int64_t axis,
        normalize_axis(shape.input_axes[i], static_cast<int64_t>(dims.size()), "scan_input_axes"));
    axes->push_back(static_cast<size_t>(axis));
    const int64_t own = dims[static_cast<size_t>(axis)];
    if (length >= 0 && own != length) {
      return graph_error("scan input {} has {} slices along axis {}, but input 0 has {}", i, own,
                         axis, length);
    }
    length = own;
  }
  return length;
}

Status run_scan(const Node& node, Inputs inputs, std::vector<Tensor>* outputs,
                EagerContext& context) {
  POACL_ASSIGN_OR_RETURN(const Graph* body, required_body(node, "body"));
  POACL_ASSIGN_OR_RETURN(const ScanShape shape, ScanShape::of(node.attrs, *body, inputs.size()));
  POACL_ASSIGN_OR_RETURN(std::vector<Tensor> values, all_present(inputs, 0));
  const auto first = values.begin() + static_cast<ptrdiff_t>(shape.states);
  const std::vector<Tensor> lists(first, first + static_cast<ptrdiff_t>(shape.scanned));
  std::vector<size_t> axes;
  POACL_ASSIGN_OR_RETURN(const int64_t length, scan_length(shape, lists, &axes));
  std::vector<std::vector<Tensor>> stacks(shape.stacked);
  for (int64_t i = 0; i < length; ++i) {
    for (size_t k = 0; k < shape.scanned; ++k) {
      const int64_t index = shape.input_backward[k] != 0 ? length - 1 - i : i;
      POACL_ASSIGN_OR_RETURN(values[shape.states + k],
                             take_slice(lists[k], axes[k], index, context));
    }
    std::vector<Tensor> results;
    const Status status = context.run_body(*body, values, &results);
    if (!status.ok()) return status.with_context(fmt::format("iteration {}", i));
    if (results.size() != shape.states + shape.stacked) {
      return graph_error("its body '{}' made {} values instead of {}", body->name, results.size(),
                         shape.states + shape.stacked);
    }
    for (size_t k = 0; k < shape.states; ++k) values[k] = std::move(results[k]);
    for (size_t k = 0; k < shape.stacked; ++k) {
      stacks[k].push_back(std::move(results[shape.states + k]));
    }
  }
  for (size_t k = 0; k < shape.states; ++k) (*outputs)[k] = std::move(values[k]);
  for (size_t k = 0; k < shape.stacked; ++k) {
    const Value& item = body->value(body->outputs[shape.states + k]);
    POACL_ASSIGN_OR_RETURN(
        (*outputs)[shape.states + k],
        stack_items(stacks[k], shape.output_axes[k], shape.output_backward[k] != 0, item, context));
  }
  return {};
}

}  // namespace

std::span<const EagerOp> control_flow_eager_ops() {
  static constexpr EagerOp kOps[] = {
      {"If", run_if},
      {"Loop", run_loop},
      {"Scan", run_scan},
  };
  return kOps;
}

}  // namespace poacl
