#include "media/vpc/lane.h"

namespace poacl::media {
namespace {

Lane lane_of_plane(const Picture& picture, const FormatInfo& info, int index) {
  const Plane p = plane(picture, index);
  const PlaneLayout& layout = info.planes[static_cast<size_t>(index)];
  Lane lane;
  lane.data = p.data;
  lane.stride = p.stride;
  lane.step = p.components;
  lane.components = p.components;
  lane.width = p.width;
  lane.height = p.height;
  lane.shift_x = layout.shift_x;
  lane.shift_y = layout.shift_y;
  lane.samples = layout.samples;
  return lane;
}

bool packed_422(const FormatInfo& info) {
  return info.plane_count == 1 && info.chroma_shift_x == 1;
}

void add_packed_422(const Picture& picture, const Lane& pairs, Lanes& lanes) {
  for (const char sample : {'Y', 'U', 'V'}) {
    Lane lane = pairs;
    int first = 0;
    while (pairs.samples[static_cast<size_t>(first)] != sample) ++first;
    lane.data += first;
    lane.components = 1;
    lane.samples = {sample};
    if (sample == 'Y') {
      lane.step = 2;
      lane.width = picture.width;
      lane.shift_x = 0;
    }
    lanes.lane[static_cast<size_t>(lanes.count++)] = lane;
  }
}

}  // namespace

Lanes lanes_of(const Picture& picture) noexcept {
  Lanes lanes;
  lanes.format = &format_info(picture.format);
  for (int i = 0; i < lanes.format->plane_count; ++i) {
    const Lane lane = lane_of_plane(picture, *lanes.format, i);
    if (packed_422(*lanes.format)) {
      add_packed_422(picture, lane, lanes);
    } else {
      lanes.lane[static_cast<size_t>(lanes.count++)] = lane;
    }
  }
  return lanes;
}

Lane cut(const Lane& lane, const Rect& area) noexcept {
  Lane result = lane;
  result.data = lane.at(area.left >> lane.shift_x, area.top >> lane.shift_y);
  result.width = (area.width + lane.shift_x) >> lane.shift_x;
  result.height = (area.height + lane.shift_y) >> lane.shift_y;
  return result;
}

size_t component_index(char sample) noexcept {
  switch (sample) {
    case 'U':
    case 'G':
      return 1;
    case 'V':
    case 'B':
      return 2;
    case 'A':
      return 3;
    default:
      return 0;
  }
}

bool interchangeable(const Lane& a, const Lane& b) noexcept {
  return a.components == b.components && a.shift_x == b.shift_x && a.shift_y == b.shift_y &&
         a.samples == b.samples;
}

}  // namespace poacl::media
