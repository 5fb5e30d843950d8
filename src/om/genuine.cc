#include "om/genuine.h"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "base/dtype.h"
#include "base/tensor.h"
#include "om/attr_compression.h"
#include "om/om_attrs.h"
#include "om/om_dtype.h"

namespace poacl::om {
namespace {

constexpr size_t kMaxListed = 4;
constexpr size_t kMaxText = 300;

std::string printable(std::string text) {
  if (text.size() > kMaxText) text = text.substr(0, kMaxText) + "...";
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

// Compiled inputs are in the chip's own order; the original shape is an attribute.
std::string describe_input(const OpDef& op) {
  if (op.output_desc_size() == 0) return printable(op.name());
  const TensorDescriptor& desc = op.output_desc(0);
  Dims dims(desc.shape().dim().begin(), desc.shape().dim().end());
  const AttrDef* origin = find_attr(desc.attr(), "origin_shape");
  if (origin != nullptr && origin->has_list() && origin->list().i_size() != 0) {
    dims.assign(origin->list().i().begin(), origin->list().i().end());
  }
  const auto dtype = dtype_from_message(desc.dtype());
  return fmt::format("{} {} {}", printable(op.name()), dims_to_string(dims),
                     dtype ? data_type_name(*dtype) : "of an unknown type");
}

std::string describe_inputs(const GraphDef& graph) {
  std::string text;
  size_t count = 0;
  for (const OpDef& op : graph.op()) {
    if (op.type() != "Data" && op.type() != "AippData") continue;
    if (++count <= kMaxListed) text += (count == 1 ? "" : ", ") + describe_input(op);
  }
  if (count > kMaxListed) text += fmt::format(" and {} more", count - kMaxListed);
  return count == 0 ? "no readable inputs" : "inputs " + text;
}

std::string describe_ops(const GraphDef& graph) {
  std::map<std::string, int> counts;
  for (const OpDef& op : graph.op()) ++counts[op.type()];
  std::vector<std::pair<std::string, int>> order(counts.begin(), counts.end());
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text = fmt::format("{} operators", graph.op_size());
  for (size_t i = 0; i < order.size() && i < kMaxListed; ++i) {
    text +=
        fmt::format("{}{} x {}", i == 0 ? " (" : ", ", order[i].second, printable(order[i].first));
  }
  if (!order.empty()) text += order.size() > kMaxListed ? ", ...)" : ")";
  return text;
}

}  // namespace

std::string describe_genuine(ModelDef& model) {
  undo_attr_compression(model);
  const std::string soc = printable(attr_string(model.attr(), "soc_version"));
  const std::string version = printable(attr_string(model.attr(), "atc_version"));
  const std::string command = printable(attr_string(model.attr(), "atc_cmdline"));
  std::string text =
      fmt::format("it was compiled for the silicon of {}", soc.empty() ? "an Ascend chip" : soc);
  text += version.empty() ? " by another atc" : fmt::format(" by atc version {}", version);
  if (!command.empty()) text += fmt::format(" with \"{}\"", command);
  if (model.graph_size() != 0) {
    text += fmt::format(" and has {}, {}", describe_inputs(model.graph(0)),
                        describe_ops(model.graph(0)));
  }
  return text;
}

}  // namespace poacl::om
