#include "om/input_ranges.h"

#include <algorithm>

#include <fmt/format.h>

#include "om/om_attrs.h"
#include "om/om_codes.h"

namespace poacl::om {
namespace {

constexpr std::string_view kRangeAttr = "shape_range";

Result<std::vector<DimRange>> read_input(const ListListInt& list, const Dims& dims) {
  if (list.list_size() != static_cast<int>(dims.size())) {
    return Status(kParamInvalid,
                  fmt::format("it has {} ranges for {} dimensions", list.list_size(), dims.size()));
  }
  std::vector<DimRange> ranges;
  for (const auto& pair : list.list()) {
    const DimRange range{pair.i_size() == 2 ? pair.i(0) : -1, pair.i_size() == 2 ? pair.i(1) : -1};
    const int64_t dim = dims[ranges.size()];
    const bool open = dim < 0 && range.min >= 0 && (range.max == -1 || range.max >= range.min);
    const bool fixed = dim >= 0 && range.min == dim && range.max == dim;
    if (!open && !fixed) {
      return Status(kParamInvalid,
                    fmt::format("dimension {} of {} has the range {} to {}", ranges.size(),
                                dims_to_string(dims), range.min, range.max));
    }
    ranges.push_back(range);
  }
  return ranges;
}

}  // namespace

void write_ranges(const std::vector<DimRange>& ranges, TensorDescriptor* desc) {
  if (ranges.empty()) return;
  ListListInt* list = add_attr(desc->mutable_attr(), kRangeAttr).mutable_list_list_int();
  for (const DimRange& range : ranges) {
    ListListInt::ListInt* pair = list->add_list();
    pair->add_i(range.min);
    pair->add_i(range.max);
  }
}

Result<std::vector<std::vector<DimRange>>> read_ranges(const GraphDef& def, Graph* graph) {
  std::vector<std::vector<DimRange>> all;
  for (const OpDef& op : def.op()) {
    if (op.type() != "Data" || op.output_desc_size() != 1) continue;
    const AttrDef* attr = find_attr(op.output_desc(0).attr(), kRangeAttr);
    if (attr == nullptr || !attr->has_list_list_int()) continue;
    const auto index = static_cast<size_t>(attr_int(op.attr(), "index", -1));
    if (index >= graph->inputs.size()) continue;
    Value& value = graph->value(graph->inputs[index]);
    if (!value.shape_known) continue;
    auto ranges = read_input(attr->list_list_int(), value.dims);
    if (!ranges.ok()) return ranges.status().with_context(fmt::format("input {}", index));
    all.resize(graph->inputs.size());
    value.max_dims.clear();
    for (const DimRange& range : *ranges) value.max_dims.push_back(range.max);
    all[index] = *std::move(ranges);
  }
  return all;
}

}  // namespace poacl::om
