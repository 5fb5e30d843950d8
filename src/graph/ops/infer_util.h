// What the operators' shape inference functions share. Sentences here name the operator's own
// numbers; infer_node() puts the node's name in front.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "graph/graph_error.h"
#include "graph/op_def.h"

namespace poacl {

inline constexpr size_t kMaxRank = 8;
inline constexpr int64_t kMaxElements = int64_t{1} << 31;
// No window, stride, pad or dilation of a sane model comes near it; keeps all sums within int64.
inline constexpr int64_t kMaxExtent = int64_t{1} << 24;

// Rank, each dimension (>= 0, or -1 for unknown) and the element count within limits.
Status check_dims(const Dims& dims, std::string_view what);

// `axis` in [0, rank) from [-rank, rank).
Result<int64_t> normalize_axis(int64_t axis, int64_t rank, std::string_view what);
// The same for a list; sorted, duplicates refused.
Result<std::vector<int64_t>> normalize_axes(std::vector<int64_t> axes, int64_t rank,
                                            std::string_view what);

// Numpy broadcasting; -1 against 1 or -1 stays -1.
Result<Dims> broadcast_dims(const Dims& a, const Dims& b);

// Values of an int32 or int64 constant; nullopt when the input is not constant.
Result<std::optional<std::vector<int64_t>>> constant_ints(const InferContext& context, size_t input,
                                                          std::string_view what);

bool is_float(DataType type);    // float, float16, bfloat16, double
bool is_numeric(DataType type);  // float or integer
bool is_integer(DataType type);
Status require_float(const InferContext& context, size_t input, std::string_view what);
Status require_numeric(const InferContext& context, size_t input, std::string_view what);
Status require_integer(const InferContext& context, size_t input, std::string_view what);
// Present inputs [0, n) all of input 0's type.
Status require_same_type(const InferContext& context);
// Rank known to differ from `rank` fails.
Status require_rank(const InferContext& context, size_t input, size_t rank, std::string_view what);
// Dimension `axis` of `input`, if known, equals `expected`, if known.
Status require_dim(const InferContext& context, size_t input, size_t axis, int64_t expected,
                   std::string_view what);

// Output `i` of the type given and unknown rank.
void set_unknown(InferContext& context, size_t i, DataType dtype);
// Output 0 = input 0.
Status infer_same_as_input(InferContext& context);

// Geometry of a sliding window over two or three dimensions (H, W or D, H, W), attributes checked
// and auto_pad resolved.
struct Window {
  int rank = 2;  // 2 or 3; the arrays' first numbers count
  int64_t kernel[3] = {1, 1, 1};
  int64_t stride[3] = {1, 1, 1};
  int64_t dilation[3] = {1, 1, 1};
  int64_t pad_begin[3] = {0, 0, 0};
  int64_t pad_end[3] = {0, 0, 0};
  int64_t out[3] = {-1, -1, -1};  // -1 while the input's size is unknown

  // Input cells between the first and the last tap, both included.
  int64_t reach(int i) const { return (kernel[i] - 1) * dilation[i] + 1; }
};

// Reads and checks strides, dilations ({1, 1, ...spatial}), pads ({begin, end} of each dimension)
// and the kernel, which comes filled in.
Status read_window(const AttrMap& attrs, Window* window);
// "NOTSET", "VALID", "SAME_UPPER" or "SAME_LOWER"; anything else is an error.
Result<std::string> read_auto_pad(const AttrMap& attrs);
// Writes the window's pads into the attributes, in place of auto_pad.
void write_pads(const Window& window, AttrMap* attrs);

// read_window, then the output size; pads are written back when auto_pad could be resolved. `in`
// are the spatial dimensions, -1 = unknown.
Status infer_window(InferContext& context, const int64_t* in, bool ceil_mode, Window* window);

}  // namespace poacl
