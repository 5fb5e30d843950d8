#include "kernels/eltwise/broadcast.h"

namespace poacl {

bool make_broadcast(const Dims& out, const Dims* const* inputs, int input_count,
                    Broadcast* result) {
  if (out.size() > static_cast<size_t>(kMaxBroadcastRank)) return false;
  Broadcast b;
  b.count = element_count(out);
  if (b.count < 0) return false;
  b.rank = static_cast<int>(out.size());
  for (int d = 0; d < b.rank; ++d) b.dims[d] = out[static_cast<size_t>(d)];
  for (int i = 0; i < input_count; ++i) {
    const Dims& in = *inputs[i];
    if (in.size() > out.size()) return false;
    const int skip = b.rank - static_cast<int>(in.size());
    int64_t stride = 1;
    for (int d = b.rank - 1; d >= skip; --d) {
      const int64_t extent = in[static_cast<size_t>(d - skip)];
      if (extent != 1 && extent != b.dims[d]) return false;
      b.stride[i][d] = extent == 1 ? 0 : stride;
      stride *= extent;
    }
  }
  if (b.rank == 0) {
    b.rank = 1;
    b.dims[0] = 1;
  }
  *result = b;
  return true;
}

void coalesce(Broadcast* broadcast) {
  Broadcast& b = *broadcast;
  int kept = 0;
  for (int d = 0; d < b.rank; ++d) {
    if (b.dims[d] == 1 && b.rank > 1) continue;
    bool merge = kept > 0;
    for (int i = 0; i < 3 && merge; ++i) {
      merge = b.stride[i][kept - 1] == b.stride[i][d] * b.dims[d];
    }
    const int to = merge ? kept - 1 : kept++;
    b.dims[to] = merge ? b.dims[to] * b.dims[d] : b.dims[d];
    for (int i = 0; i < 3; ++i) b.stride[i][to] = b.stride[i][d];
  }
  if (kept == 0) {
    kept = 1;
    b.dims[0] = 1;
    for (auto& stride : b.stride) stride[0] = 0;
  }
  b.rank = kept;
}

}  // namespace poacl
