#include "media/vpc/pyramid.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "acl/acl_base.h"
#include "media/vpc/border_index.h"
#include "media/vpc/row_memory.h"

namespace poacl::media {
namespace {

constexpr int kTaps = 5;
constexpr int kReach = 2;  // samples to either side of the middle one
constexpr int32_t kRowsPerChunk = 16;

struct Rows {
  uint8_t* padded[kTaps];  // kReach samples more to either side
  uint16_t* sums;

  Rows(int32_t width, RowMemory& memory) noexcept {
    for (uint8_t*& row : padded) row = memory.bytes(width + 2 * kReach);
    sums = reinterpret_cast<uint16_t*>(memory.words(width + 2 * kReach));
  }
};

class Filter {
 public:
  Filter(const Picture& source, const Picture& destination, const PyramidFilter& filter)
      : source_(source),
        destination_(destination),
        filter_(filter),
        gaussian_(filter.weights == PyramidFilter{}.weights && filter.divisor == 256) {}

  void make_row(int32_t y, const Rows& rows) const {
    for (int k = 0; k < kTaps; ++k) pad(2 * y + k - kReach, rows.padded[k]);
    uint8_t* out = destination_.data + int64_t{y} * destination_.width_stride;
    return gaussian_ ? smooth(rows, out) : convolve(rows, out);
  }

 private:
  void pad(int32_t y, uint8_t* row) const {
    const int32_t width = source_.width;
    const bool constant = filter_.border == BorderType::kConstant;
    if (constant && (y < 0 || y >= source_.height)) {
      std::memset(row, filter_.border_value, static_cast<size_t>(width) + 2 * kReach);
      return;
    }
    const int32_t from = constant ? y : border_index(filter_.border, y, source_.height);
    const uint8_t* in = source_.data + int64_t{from} * source_.width_stride;
    std::memcpy(row + kReach, in, static_cast<size_t>(width));
    for (int32_t i = 1; i <= kReach; ++i) {
      const auto outside = [&](int32_t x) {
        return constant ? filter_.border_value : in[border_index(filter_.border, x, width)];
      };
      row[kReach - i] = outside(-i);
      row[kReach + width - 1 + i] = outside(width - 1 + i);
    }
  }

  // The default filter, first down, then across: the same sums.
  void smooth(const Rows& rows, uint8_t* out) const {
    const auto* const* r = rows.padded;
    const int32_t n = source_.width + 2 * kReach;
    for (int32_t x = 0; x < n; ++x) {
      rows.sums[x] =
          static_cast<uint16_t>(r[0][x] + r[4][x] + 4 * (r[1][x] + r[3][x]) + 6 * r[2][x]);
    }
    for (int32_t x = 0; x < destination_.width; ++x) {
      const uint16_t* s = rows.sums + 2 * x;
      out[x] = static_cast<uint8_t>((s[0] + s[4] + 4 * (s[1] + s[3]) + 6 * s[2] + 128) >> 8);
    }
  }

  void convolve(const Rows& rows, uint8_t* out) const {
    const int32_t divisor = filter_.divisor;
    for (int32_t x = 0; x < destination_.width; ++x) {
      int64_t sum = divisor / 2;
      for (int k = 0; k < kTaps * kTaps; ++k) {
        sum += filter_.weights[static_cast<size_t>(k)] * rows.padded[k / kTaps][2 * x + k % kTaps];
      }
      out[x] = static_cast<uint8_t>(std::clamp<int64_t>(sum / divisor, 0, 255));
    }
  }

  const Picture& source_;
  const Picture& destination_;
  const PyramidFilter& filter_;
  bool gaussian_;
};

bool half(int32_t whole, int32_t part) {
  return part == whole / 2 || part == (whole + 1) / 2;
}

}  // namespace

Status check_pyrdown(const Picture& source, const Picture& destination,
                     const PyramidFilter& filter) {
  const auto wrong = [](std::string sentence) {
    return Status(ACL_ERROR_INVALID_PARAM, std::move(sentence));
  };
  if (source.format != PixelFormat::kYuv400 || destination.format != PixelFormat::kYuv400) {
    return wrong(fmt::format("pyramid of {} into {}; both must be YUV_400 (0)",
                             format_info(source.format).name,
                             format_info(destination.format).name));
  }
  if (!half(source.width, destination.width) || !half(source.height, destination.height)) {
    return wrong(
        fmt::format("pyramid output of {} x {} pixels for an input of {} x {}; it must be "
                    "{} x {}",
                    destination.width, destination.height, source.width, source.height,
                    (source.width + 1) / 2, (source.height + 1) / 2));
  }
  if (filter.divisor < 1) {
    return wrong(fmt::format("pyramid divisor {}; it must be at least 1", filter.divisor));
  }
  if (filter.border == BorderType::kReflect101) {
    return wrong(
        "pyramid with border type 3 (reflect 101); use 0 constant, 1 replicate or 2 "
        "reflect");
  }
  return {};
}

Status pyrdown(const Picture& source, const Picture& destination, const PyramidFilter& filter,
               ParallelFor& parallel) {
  try {
    const Filter work(source, destination, filter);
    RowMemory sum;
    const Rows measured(source.width, sum);
    const WorkerMemory memory(sum.used(), parallel.width());
    const int64_t chunks = (destination.height + kRowsPerChunk - 1) / kRowsPerChunk;
    parallel(chunks, [&](int64_t chunk, int worker) {
      RowMemory mine = memory.of(worker);
      const Rows rows(source.width, mine);
      const auto first = static_cast<int32_t>(chunk) * kRowsPerChunk;
      const int32_t end = std::min(first + kRowsPerChunk, destination.height);
      for (int32_t y = first; y < end; ++y) work.make_row(y, rows);
    });
  } catch (const std::bad_alloc&) {
    return {ACL_ERROR_BAD_ALLOC, fmt::format("no memory for {} rows of {} samples on {} workers",
                                             kTaps, source.width, parallel.width())};
  }
  return {};
}

}  // namespace poacl::media
