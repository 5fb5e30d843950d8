#include "kernels/attention/attention.h"

#include <algorithm>

#include <fmt/format.h>

namespace poacl {
namespace {

bool present(const OpInstance& op, size_t input) {
  return op.inputs.size() > input && !op.inputs[input].absent();
}

Status read_mask(const OpInstance& op, AttentionParams* p) {
  p->has_mask = present(op, 3);
  if (!p->has_mask) return {};
  const TensorDesc& mask = op.inputs[3];
  p->mask_is_bool = mask.dtype == DataType::kBool;
  if (!p->mask_is_bool && mask.dtype != p->dtype) return declined("a mask of another type");
  const int64_t wanted[4] = {p->batch, p->heads, p->queries, p->keys};
  const size_t rank = mask.dims.size();
  if (rank == 0 || rank > 4) return declined("a mask of rank " + std::to_string(rank));
  int64_t step = 1;
  for (size_t i = 0; i < rank; ++i) {
    const size_t axis = 3 - i;
    const int64_t size = mask.dims[rank - 1 - i];
    const bool fits = size == wanted[axis] || size == 1 || (axis == 3 && size < wanted[axis]);
    if (!fits) {
      return declined(fmt::format("mask {} for scores [{},{},{},{}]", dims_to_string(mask.dims),
                                  wanted[0], wanted[1], wanted[2], wanted[3]));
    }
    p->mask_stride[axis] = size == 1 ? 0 : step;
    step *= size;
  }
  p->mask_keys = mask.dims[rank - 1] == 1 ? p->keys : mask.dims[rank - 1];
  return {};
}

AttentionSteps steps_of(int64_t heads, int64_t rows, int64_t width, bool rows_first) {
  return {heads * rows * width, rows_first ? width : rows * width,
          rows_first ? heads * width : width};
}

}  // namespace

Status read_attention(const OpInstance& op, AttentionParams* params) {
  AttentionParams p{};
  const Dims& q = op.inputs[0].dims;
  const Dims& k = op.inputs[1].dims;
  const Dims& v = op.inputs[2].dims;
  p.dtype = op.inputs[0].dtype;
  if (p.dtype != DataType::kFloat && p.dtype != DataType::kDouble) {
    return declined("type " + std::string(data_type_name(p.dtype)));
  }
  if (op.inputs[1].dtype != p.dtype || op.inputs[2].dtype != p.dtype) {
    return declined("query, key and value of different types");
  }
  const std::string layout = op.attrs->get_string("input_layout", "BNSD");
  const bool rows_first = layout == "BSND";
  if (!rows_first && layout != "BNSD") return declined("input_layout " + layout);
  const size_t n = rows_first ? 2 : 1;
  const size_t s = 3 - n;
  const bool fits = q.size() == 4 && k.size() == 4 && v.size() == 4 && k[0] == q[0] &&
                    v[0] == q[0] && v[1] == k[1] && v[2] == k[2] && k[3] == q[3] &&
                    (k[n] == 0 ? q[n] == 0 : q[n] % k[n] == 0);
  if (!fits) {
    return declined(fmt::format("query {}, key {}, value {}", dims_to_string(q), dims_to_string(k),
                                dims_to_string(v)));
  }
  p.batch = q[0], p.heads = q[n], p.kv_heads = k[n];
  p.queries = q[s], p.keys = k[s], p.depth = q[3], p.value_depth = v[3];
  p.query_at = steps_of(p.heads, p.queries, p.depth, rows_first);
  p.key_at = steps_of(p.kv_heads, p.keys, p.depth, rows_first);
  p.value_at = steps_of(p.kv_heads, p.keys, p.value_depth, rows_first);
  p.result_at = steps_of(p.heads, p.queries, p.value_depth, rows_first);
  p.scale = op.attrs->get_float("scale_value", 1.0f);
  p.softcap = op.attrs->get_float("softcap", 0.0f);
  p.causal = op.attrs->get_bool("is_causal");
  p.left = op.attrs->get_int("pre_tokens", -1);
  p.right = op.attrs->get_int("next_tokens", -1);
  p.past = present(op, 5) && op.inputs[5].dims.size() == 4 ? op.inputs[5].dims[s] : 0;
  POACL_RETURN_IF_ERROR(read_mask(op, &p));
  p.has_lengths = present(op, 4);
  if (p.has_lengths) {
    p.length_type = op.inputs[4].dtype;
    if ((p.length_type != DataType::kInt64 && p.length_type != DataType::kInt32) ||
        element_count(op.inputs[4].dims) != p.batch) {
      return declined("actual_seq_lengths_kv is not one integer per batch element");
    }
  }
  p.has_scores = op.outputs.size() > 1;
  p.score_mode = static_cast<int>(op.attrs->get_int("score_mode", 0));
  *params = p;
  return {};
}

int64_t AttentionParams::length(const void* lengths, int64_t b) const {
  if (!has_lengths) return keys;
  const int64_t given = length_type == DataType::kInt64 ? static_cast<const int64_t*>(lengths)[b]
                                                        : static_cast<const int32_t*>(lengths)[b];
  return std::clamp<int64_t>(given, 0, keys);
}

int64_t AttentionParams::offset(const void* lengths, int64_t b) const {
  return has_lengths ? length(lengths, b) - queries : past;
}

int64_t AttentionParams::mask_row(int64_t b, int64_t head, int64_t i) const {
  return b * mask_stride[0] + head * mask_stride[1] + i * mask_stride[2];
}

void AttentionParams::reach(int64_t offset, int64_t length, int64_t i, int64_t* first,
                            int64_t* last) const {
  *first = left >= 0 ? std::max<int64_t>(0, offset + i - left) : 0;
  *last = length;
  if (causal) *last = std::min(*last, offset + i + 1);
  if (right >= 0) *last = std::min(*last, offset + i + right + 1);
  *last = std::max(*first, *last);
}

}  // namespace poacl
