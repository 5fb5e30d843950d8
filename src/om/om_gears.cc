#include "om/om_gears.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "om/om_codes.h"

namespace poacl {
namespace {

// More than any converter makes; a bound for files of strangers.
constexpr size_t kMostGears = 256;

template <typename... Args>
Status broken(fmt::format_string<Args...> format, Args&&... args) {
  return Status(om::kParamInvalid, fmt::format(format, std::forward<Args>(args)...));
}

// How many sizes a gear of the kind has; 0: as many as there are open dimensions.
size_t value_count(GearKind kind, size_t open) {
  switch (kind) {
    case GearKind::kBatch:
      return 1;
    case GearKind::kImage:
      return 2;
    default:
      return open;
  }
}

size_t open_count(const std::vector<Dims>& shapes) {
  size_t open = 0;
  for (const Dims& dims : shapes) open += std::count(dims.begin(), dims.end(), -1);
  return open;
}

bool fits(const Dims& dims, const Dims& pattern) {
  if (dims.size() != pattern.size()) return false;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (pattern[i] != -1 && pattern[i] != dims[i]) return false;
  }
  return true;
}

Status check_values(const OmGears& gears) {
  const size_t wanted = value_count(gears.kind, open_count(gears.input_dims));
  for (size_t i = 0; i < gears.values.size(); ++i) {
    const auto& values = gears.values[i];
    if (values.empty() || values.size() != wanted) {
      return broken("gear {} has {} sizes instead of {}", i, values.size(), wanted);
    }
    for (const int64_t value : values) {
      if (value < 1) return broken("gear {} has the size {}", i, value);
    }
    for (size_t other = 0; other < i; ++other) {
      if (gears.values[other] == values) return broken("gears {} and {} are the same", other, i);
    }
  }
  return {};
}

Status check_order(const OmGears& gears) {
  std::vector<size_t> sorted = gears.order;
  std::sort(sorted.begin(), sorted.end());
  bool each = sorted.size() == gears.input_dims.size();
  for (size_t i = 0; i < sorted.size() && each; ++i) each = sorted[i] == i;
  if (each) return {};
  return broken("the order of the inputs does not name each of the {} once",
                gears.input_dims.size());
}

Status check_like_first(const Graph& graph, const Graph& first, const std::vector<Dims>& patterns) {
  if (graph.inputs.size() != patterns.size() || graph.outputs.size() != first.outputs.size() ||
      graph.output_names != first.output_names) {
    return broken("it has {} inputs and {} outputs, the first {} and {}, or others",
                  graph.inputs.size(), graph.outputs.size(), patterns.size(), first.outputs.size());
  }
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    const Value& value = graph.value(graph.inputs[i]);
    const Value& same = first.value(first.inputs[i]);
    if (value.name != same.name || value.dtype != same.dtype || !value.fully_known() ||
        !fits(value.dims, patterns[i])) {
      return broken("its input {} is {} {}, which does not fit {} {}", i,
                    data_type_name(value.dtype), dims_to_string(value.dims),
                    data_type_name(same.dtype), dims_to_string(patterns[i]));
    }
  }
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    if (graph.value(graph.outputs[i]).dtype == first.value(first.outputs[i]).dtype) continue;
    return broken("its output {} has another type than the first gear's", i);
  }
  return {};
}

}  // namespace

size_t largest_gear(const std::vector<std::vector<int64_t>>& values) {
  size_t largest = 0;
  double most = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    double product = 1;
    for (const int64_t value : values[i]) product *= static_cast<double>(value);
    if (product > most) {
      most = product;
      largest = i;
    }
  }
  return largest;
}

std::string gear_label(const OmGears& gears, size_t gear) {
  return fmt::format("gear {} ({})", gear, fmt::join(gears.values[gear], ","));
}

void set_gear_input_dims(OmGears& gears, const std::vector<Dims>& open) {
  const Graph& first = gears.graphs[0];
  gears.input_dims.clear();
  for (size_t i = 0; i < first.inputs.size(); ++i) {
    const auto dims_of = [&](const Graph& graph) -> const Dims& {
      return graph.value(graph.inputs[i]).dims;
    };
    const bool plain =
        i < open.size() && std::all_of(gears.graphs.begin(), gears.graphs.end(),
                                       [&](const Graph& g) { return fits(dims_of(g), open[i]); });
    Dims dims = plain ? open[i] : dims_of(first);
    for (const Graph& graph : gears.graphs) {
      const Dims& other = dims_of(graph);
      for (size_t d = 0; d < dims.size() && d < other.size(); ++d) {
        if (dims[d] != other[d]) dims[d] = -1;
      }
    }
    gears.input_dims.push_back(std::move(dims));
  }
}

Status check_gears(const OmGears& gears) {
  const int kind = static_cast<int>(gears.kind);
  if (kind < 1 || kind > 3) return broken("gears of kind {} do not exist", kind);
  if (gears.count() < 2 || gears.count() > kMostGears || gears.graphs.size() != gears.count()) {
    return broken("{} gears with {} graphs; 2 to {} gears with a graph each are possible",
                  gears.count(), gears.graphs.size(), kMostGears);
  }
  POACL_RETURN_IF_ERROR(check_values(gears));
  POACL_RETURN_IF_ERROR(check_order(gears));
  for (size_t i = 0; i < gears.count(); ++i) {
    const Status status = check_like_first(gears.graphs[i], gears.graphs[0], gears.input_dims);
    if (!status.ok()) return status.with_context(gear_label(gears, i));
  }
  return {};
}

}  // namespace poacl
