#include "compile/set_precision.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/isa.h"
#include "compile/bf16_error.h"
#include "kernels/kernel.h"

namespace poacl {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool names_node(const std::vector<std::string>& names, const Node& node) {
  return contains(names, node.name) ||
         std::any_of(node.origins.begin(), node.origins.end(),
                     [&](const std::string& origin) { return contains(names, origin); });
}

bool names_type(const std::vector<std::string>& types, std::string_view type) {
  if (contains(types, type)) return true;
  return type.ends_with("V2") && contains(types, type.substr(0, type.size() - 2));
}

bool computes_floats(const Graph& graph, const Node& node) {
  const std::span<const int> factors = bf16_factors(node.type);
  return !factors.empty() && std::all_of(factors.begin(), factors.end(), [&](int i) {
    const auto at = static_cast<size_t>(i);
    return at < node.inputs.size() && node.inputs[at] != kNoValue &&
           graph.value(node.inputs[at]).dtype == DataType::kFloat;
  });
}

class Marker {
 public:
  Marker(const PrecisionRules& rules, PrecisionReport* report) : rules_(rules), report_(*report) {}

  // `whole`: not the body of a control flow operator.
  Status mark(Graph& graph, bool whole) {
    POACL_RETURN_IF_ERROR(mark_bodies(graph));
    std::vector<NodeId> chosen;
    for (size_t n = 0; n < graph.nodes().size(); ++n) {
      Node& node = graph.nodes()[n];
      node.attrs.erase(kComputeTypeAttr);
      if (!rules_.bf16 || !computes_floats(graph, node)) continue;
      ++report_.candidates;
      if (names_node(rules_.float_nodes, node)) {
        keep(node, "named by the user");
      } else if (names_type(rules_.float_types, node.type)) {
        keep(node, "its type is named by the user");
      } else {
        chosen.push_back(static_cast<NodeId>(n));
      }
    }
    for (const NodeId id : chosen) set(graph.node(id));
    if (whole && !chosen.empty() && can_measure_bf16(graph)) return guard(graph, chosen);
    return {};
  }

 private:
  static void set(Node& node) {
    node.attrs.set(std::string(kComputeTypeAttr), DataType::kBfloat16);
  }

  void unset(Node& node, std::string reason) {
    node.attrs.erase(kComputeTypeAttr);
    keep(node, std::move(reason));
  }

  void keep(const Node& node, std::string reason) {
    report_.kept.push_back({node.name, node.type, std::move(reason)});
  }

  Status mark_bodies(Graph& graph) {
    for (Node& node : graph.nodes()) {
      std::vector<std::pair<std::string, std::shared_ptr<const Graph>>> bodies;
      for (const auto& [name, value] : node.attrs) {
        const auto* body = std::get_if<std::shared_ptr<const Graph>>(&value);
        if (body == nullptr) continue;
        auto copy = std::make_shared<Graph>(**body);
        POACL_RETURN_IF_ERROR(mark(*copy, false));
        bodies.emplace_back(name, std::move(copy));
      }
      for (auto& [name, body] : bodies) node.attrs.set(name, std::move(body));
    }
    return {};
  }

  Status guard(Graph& graph, const std::vector<NodeId>& chosen) {
    POACL_ASSIGN_OR_RETURN(auto errors, measure_bf16_errors(graph, chosen));
    report_.measured = true;
    std::erase_if(errors, [&](const Bf16Error& item) {
      if (item.error <= kMostBf16Error) return false;
      unset(graph.node(item.node),
            fmt::format("bfloat16 changes its result by {:.2g} of its size, at most {} wanted",
                        item.error, kMostBf16Error));
      return true;
    });
    if (cpu_has_avx512_bf16() && active_isa() == Isa::kAvx512) {
      POACL_RETURN_IF_ERROR(guard_whole(graph, &errors));
    }
    for (const Bf16Error& item : errors) {
      report_.worst_error = std::max(report_.worst_error, item.error);
    }
    return {};
  }

  // The smallest number of operators, from the front of the list, that have to stay float.
  Status guard_whole(Graph& graph, std::vector<Bf16Error>* errors) {
    POACL_ASSIGN_OR_RETURN(const WholeBf16 whole, WholeBf16::make(graph));
    POACL_ASSIGN_OR_RETURN(const double all, whole.cosine(graph));
    report_.cosine = all;
    if (all >= kLeastBf16Cosine) return {};
    const auto harm = [&](const Bf16Error& item) {
      return item.error * item.error / work_of(graph, graph.node(item.node));
    };
    std::sort(errors->begin(), errors->end(),
              [&](const Bf16Error& a, const Bf16Error& b) { return harm(a) > harm(b); });
    const auto mark_from = [&](size_t first) {
      for (size_t i = 0; i < errors->size(); ++i) {
        Node& node = graph.node((*errors)[i].node);
        i < first ? void(node.attrs.erase(kComputeTypeAttr)) : set(node);
      }
    };
    size_t low = 0;  // too few
    size_t high = errors->size();
    double reached = 1;
    while (high - low > 1) {
      const size_t middle = (low + high) / 2;
      mark_from(middle);
      POACL_ASSIGN_OR_RETURN(const double cosine, whole.cosine(graph));
      (cosine >= kLeastBf16Cosine ? high : low) = middle;
      if (high == middle) reached = cosine;
    }
    mark_from(high);
    report_.cosine = reached;
    for (size_t i = 0; i < high; ++i) {
      keep(graph.node((*errors)[i].node),
           fmt::format(
               "with all in bfloat16 the model's outputs have a cosine of {:.5f} to float32, "
               "{} wanted",
               all, kLeastBf16Cosine));
    }
    errors->erase(errors->begin(), errors->begin() + static_cast<ptrdiff_t>(high));
    return {};
  }

  // In proportion to the multiplications.
  static double work_of(const Graph& graph, const Node& node) {
    const auto count = [&](ValueId id) {
      return static_cast<double>(std::max<int64_t>(1, element_count(graph.value(id).dims)));
    };
    const Dims& y = graph.value(node.outputs[0]).dims;
    const double outputs = count(node.outputs[0]);
    if (node.type == "Conv2D") {
      return outputs * count(node.inputs[1]) / static_cast<double>(std::max<int64_t>(1, y[1]));
    }
    const Dims& x = graph.value(node.inputs[0]).dims;
    return outputs * static_cast<double>(x.empty() ? 1 : std::max<int64_t>(1, x.back()));
  }

  const PrecisionRules& rules_;
  PrecisionReport& report_;
};

}  // namespace

std::span<const int> bf16_factors(std::string_view op_type) noexcept {
  static constexpr int kTwo[] = {0, 1};
  static constexpr int kThree[] = {0, 1, 2};
  if (op_type == "Conv2D" || op_type == "MatMulV2" || op_type == "BatchMatMulV2") return kTwo;
  if (op_type == "FusedInferAttentionScore") return kThree;
  return {};
}

Result<PrecisionReport> set_precision(Graph& graph, const PrecisionRules& rules) {
  PrecisionReport report;
  POACL_RETURN_IF_ERROR(Marker(rules, &report).mark(graph, true));
  return report;
}

}  // namespace poacl
