// Strides, pads, dilations: read, checked, turned into an output size.
#include <algorithm>

#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

// attribute {1, 1, h, w} -> hw.
Status read_hw(const AttrMap& attrs, std::string_view name, int64_t hw[2]) {
  const auto* list = attrs.find<std::vector<int64_t>>(name);
  if (list == nullptr) return {};
  if (list->size() != 4 || (*list)[0] != 1 || (*list)[1] != 1) {
    return graph_error("{} is {}, but must be [1,1,height,width]", name, dims_to_string(*list));
  }
  for (int i = 0; i < 2; ++i) {
    const int64_t value = (*list)[static_cast<size_t>(i) + 2];
    if (value < 1 || value > kMaxExtent) {
      return graph_error("{} is {}; each of them must be from 1 to {}", name, dims_to_string(*list),
                         kMaxExtent);
    }
    hw[i] = value;
  }
  return {};
}

Status read_pads(const AttrMap& attrs, Window* w) {
  const auto* pads = attrs.find<std::vector<int64_t>>("pads");
  if (pads == nullptr) return {};
  if (pads->size() != 4) {
    return graph_error("pads is {}, but must be [top,bottom,left,right]", dims_to_string(*pads));
  }
  for (const int64_t pad : *pads) {
    if (pad < 0 || pad > kMaxExtent) {
      return graph_error("pads is {}; each of them must be from 0 to {}", dims_to_string(*pads),
                         kMaxExtent);
    }
  }
  for (size_t i = 0; i < 2; ++i) {
    w->pad_begin[i] = (*pads)[2 * i];
    w->pad_end[i] = (*pads)[2 * i + 1];
  }
  return {};
}

int64_t reach(const Window& w, int i) {
  return (w.kernel[i] - 1) * w.dilation[i] + 1;
}

// Pads that give ceil(in / stride) outputs; false while `in` is unknown and matters.
bool same_pads(int64_t in, bool upper, int i, Window* w) {
  int64_t total = std::max<int64_t>(0, reach(*w, i) - w->stride[i]);
  if (in >= 0) {
    const int64_t out = (in + w->stride[i] - 1) / w->stride[i];
    total = std::max<int64_t>(0, (out - 1) * w->stride[i] + reach(*w, i) - in);
  } else if (w->stride[i] != 1) {
    return false;
  }
  w->pad_begin[i] = upper ? total / 2 : total - total / 2;
  w->pad_end[i] = total - w->pad_begin[i];
  return true;
}

}  // namespace

Status infer_window(InferContext& context, const int64_t in[2], bool ceil_mode, Window* window) {
  AttrMap& attrs = *context.attrs;
  Window& w = *window;
  POACL_RETURN_IF_ERROR(read_hw(attrs, "strides", w.stride));
  POACL_RETURN_IF_ERROR(read_hw(attrs, "dilations", w.dilation));
  POACL_RETURN_IF_ERROR(read_pads(attrs, &w));
  for (int i = 0; i < 2; ++i) {
    if (w.kernel[i] < 1 || w.kernel[i] > kMaxExtent) {
      return graph_error("the window is {}x{}; each side must be from 1 to {}", w.kernel[0],
                         w.kernel[1], kMaxExtent);
    }
  }
  const std::string auto_pad = attrs.get_string("auto_pad", "NOTSET");
  const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
  if (!same && auto_pad != "VALID" && auto_pad != "NOTSET") {
    return graph_error("auto_pad is '{}', but must be NOTSET, VALID, SAME_UPPER or SAME_LOWER",
                       auto_pad);
  }
  bool resolved = true;
  for (int i = 0; i < 2; ++i) {
    if (same) resolved = same_pads(in[i], auto_pad == "SAME_UPPER", i, &w) && resolved;
    if (auto_pad == "VALID") w.pad_begin[i] = w.pad_end[i] = 0;
    if (in[i] < 0) continue;
    if (in[i] == 0) {
      return graph_error("the input is {}x{}; height and width must be at least 1", in[0], in[1]);
    }
    const int64_t room = in[i] + w.pad_begin[i] + w.pad_end[i] - reach(w, i);
    if (room < 0) {
      return graph_error(
          "the window is larger than the padded input: {} {} with pads {} and {} against a kernel "
          "of {} with dilation {}",
          i == 0 ? "height" : "width", in[i], w.pad_begin[i], w.pad_end[i], w.kernel[i],
          w.dilation[i]);
    }
    w.out[i] = (room + (ceil_mode && !same ? w.stride[i] - 1 : 0)) / w.stride[i] + 1;
    // The last window must begin inside the input or the leading pad.
    if (ceil_mode && (w.out[i] - 1) * w.stride[i] >= in[i] + w.pad_begin[i]) --w.out[i];
  }
  if (resolved) {
    attrs.erase("auto_pad");
    attrs.set("pads",
              std::vector<int64_t>{w.pad_begin[0], w.pad_end[0], w.pad_begin[1], w.pad_end[1]});
  }
  return {};
}

}  // namespace poacl
