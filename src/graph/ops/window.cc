// Strides, pads, dilations: read, checked, turned into an output size.
#include <algorithm>

#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

// attribute {1, 1, ...spatial} -> spatial.
Status read_spatial(const AttrMap& attrs, std::string_view name, int rank, int64_t* values) {
  const auto* list = attrs.find<std::vector<int64_t>>(name);
  if (list == nullptr) return {};
  if (list->size() != static_cast<size_t>(rank) + 2 || (*list)[0] != 1 || (*list)[1] != 1) {
    return graph_error("{} is {}, but must be [1,1,{}height,width]", name, dims_to_string(*list),
                       rank == 3 ? "depth," : "");
  }
  for (int i = 0; i < rank; ++i) {
    const int64_t value = (*list)[static_cast<size_t>(i) + 2];
    if (value < 1 || value > kMaxExtent) {
      return graph_error("{} is {}; each of them must be from 1 to {}", name, dims_to_string(*list),
                         kMaxExtent);
    }
    values[i] = value;
  }
  return {};
}

Status read_pads(const AttrMap& attrs, Window* w) {
  const auto* pads = attrs.find<std::vector<int64_t>>("pads");
  if (pads == nullptr) return {};
  if (pads->size() != 2 * static_cast<size_t>(w->rank)) {
    return graph_error("pads is {}, but must be [{}top,bottom,left,right]", dims_to_string(*pads),
                       w->rank == 3 ? "front,back," : "");
  }
  for (const int64_t pad : *pads) {
    if (pad < 0 || pad > kMaxExtent) {
      return graph_error("pads is {}; each of them must be from 0 to {}", dims_to_string(*pads),
                         kMaxExtent);
    }
  }
  for (size_t i = 0; i < static_cast<size_t>(w->rank); ++i) {
    w->pad_begin[i] = (*pads)[2 * i];
    w->pad_end[i] = (*pads)[2 * i + 1];
  }
  return {};
}

std::string sides(const int64_t* values, int rank) {
  std::string text = std::to_string(values[0]);
  for (int i = 1; i < rank; ++i) text += "x" + std::to_string(values[i]);
  return text;
}

const char* dimension_name(const Window& w, int i) {
  constexpr const char* kNames[] = {"depth", "height", "width"};
  return kNames[i + 3 - w.rank];
}

// Pads that give ceil(in / stride) outputs; false while `in` is unknown and matters.
bool same_pads(int64_t in, bool upper, int i, Window* w) {
  int64_t total = std::max<int64_t>(0, w->reach(i) - w->stride[i]);
  if (in >= 0) {
    const int64_t out = (in + w->stride[i] - 1) / w->stride[i];
    total = std::max<int64_t>(0, (out - 1) * w->stride[i] + w->reach(i) - in);
  } else if (w->stride[i] != 1) {
    return false;
  }
  w->pad_begin[i] = upper ? total / 2 : total - total / 2;
  w->pad_end[i] = total - w->pad_begin[i];
  return true;
}

}  // namespace

Status read_window(const AttrMap& attrs, Window* window) {
  POACL_RETURN_IF_ERROR(read_spatial(attrs, "strides", window->rank, window->stride));
  POACL_RETURN_IF_ERROR(read_spatial(attrs, "dilations", window->rank, window->dilation));
  POACL_RETURN_IF_ERROR(read_pads(attrs, window));
  for (int i = 0; i < window->rank; ++i) {
    if (window->kernel[i] < 1 || window->kernel[i] > kMaxExtent) {
      return graph_error("the window is {}; each side must be from 1 to {}",
                         sides(window->kernel, window->rank), kMaxExtent);
    }
  }
  return {};
}

Result<std::string> read_auto_pad(const AttrMap& attrs) {
  std::string auto_pad = attrs.get_string("auto_pad", "NOTSET");
  if (auto_pad.empty()) auto_pad = "NOTSET";
  if (auto_pad != "SAME_UPPER" && auto_pad != "SAME_LOWER" && auto_pad != "VALID" &&
      auto_pad != "NOTSET") {
    return graph_error("auto_pad is '{}', but must be NOTSET, VALID, SAME_UPPER or SAME_LOWER",
                       auto_pad);
  }
  return auto_pad;
}

void write_pads(const Window& window, AttrMap* attrs) {
  std::vector<int64_t> pads;
  for (int i = 0; i < window.rank; ++i) {
    pads.push_back(window.pad_begin[i]);
    pads.push_back(window.pad_end[i]);
  }
  attrs->erase("auto_pad");
  attrs->set("pads", std::move(pads));
}

Status infer_window(InferContext& context, const int64_t* in, bool ceil_mode, Window* window) {
  Window& w = *window;
  POACL_RETURN_IF_ERROR(read_window(*context.attrs, &w));
  POACL_ASSIGN_OR_RETURN(const std::string auto_pad, read_auto_pad(*context.attrs));
  const bool same = auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
  bool resolved = true;
  for (int i = 0; i < w.rank; ++i) {
    if (same) resolved = same_pads(in[i], auto_pad == "SAME_UPPER", i, &w) && resolved;
    if (auto_pad == "VALID") w.pad_begin[i] = w.pad_end[i] = 0;
    if (in[i] < 0) continue;
    if (in[i] == 0) {
      return graph_error("the input is {}; each side must be at least 1", sides(in, w.rank));
    }
    const int64_t room = in[i] + w.pad_begin[i] + w.pad_end[i] - w.reach(i);
    if (room < 0) {
      return graph_error(
          "the window is larger than the padded input: {} {} with pads {} and {} against a kernel "
          "of {} with dilation {}",
          dimension_name(w, i), in[i], w.pad_begin[i], w.pad_end[i], w.kernel[i], w.dilation[i]);
    }
    w.out[i] = (room + (ceil_mode && !same ? w.stride[i] - 1 : 0)) / w.stride[i] + 1;
    // The last window must begin inside the input or the leading pad.
    if (ceil_mode && (w.out[i] - 1) * w.stride[i] >= in[i] + w.pad_begin[i]) --w.out[i];
  }
  if (resolved) write_pads(w, context.attrs);
  return {};
}

}  // namespace poacl
