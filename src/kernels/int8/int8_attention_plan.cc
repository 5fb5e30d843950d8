#include <algorithm>

#include <fmt/format.h>

#include "kernels/int8/int8_attention.h"
#include "kernels/int8/int8_conv.h"
#include "kernels/kernel_list.h"
#include "kernels/qlinear/qlinear_kernels.h"

namespace poacl {
namespace {

constexpr int64_t kLanes = 16;
constexpr int64_t kMostProducts = 16384;  // that add up without overflow
constexpr int64_t kMostScratch = int64_t{1} << 30;

int64_t ceil_div(int64_t a, int64_t b) {
  return (a + b - 1) / b;
}

QuantTensor quant_tensor(const AttrMap& attrs, const std::string& name, DataType type) {
  return {attrs.get_float(name + "_scale", 1.0f),
          static_cast<int32_t>(attrs.get_int(name + "_offset")), type == DataType::kInt8};
}

Status read_mask(const OpInstance& op, QuantAttentionParams* p) {
  p->has_mask = op.inputs.size() > 3 && !op.inputs[3].absent();
  if (!p->has_mask) return {};
  const TensorDesc& mask = op.inputs[3];
  const int64_t wanted[4] = {p->batch, p->heads, p->queries, p->keys};
  const size_t rank = mask.dims.size();
  bool fits = mask.dtype == DataType::kFloat && rank > 0 && rank <= 4;
  int64_t step = 1;
  for (size_t i = 0; fits && i < rank; ++i) {
    const int64_t size = mask.dims[rank - 1 - i];
    fits = size == wanted[3 - i] || size == 1;
    p->mask_stride[3 - i] = size == 1 ? 0 : step;
    step *= size;
  }
  if (fits) return {};
  return declined(fmt::format("mask {}{} for scores [{},{},{},{}]", data_type_name(mask.dtype),
                              dims_to_string(mask.dims), wanted[0], wanted[1], wanted[2],
                              wanted[3]));
}

struct Machine {
  Int8Machine base;
  int64_t rows, blocks;
};
constexpr Machine kVnni = {kInt8Vnni, 9, 3};
constexpr Machine kAvx2 = {kInt8Avx2, 6, 1};
constexpr Machine kGeneric = {kInt8Generic, 3, 1};

template <const Machine& M>
Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  POACL_RETURN_IF_ERROR(require_machine(M.base));
  Int8AttentionParams a{};
  POACL_RETURN_IF_ERROR(read_quant_attention(op, &a.p));
  const QuantAttentionParams& p = a.p;
  if (p.batch * p.heads * p.queries * p.keys * p.depth * p.value_depth == 0) {
    return declined("a tensor is empty");
  }
  if (p.depth % 4 != 0 || p.depth > kMostProducts || p.keys > kMostProducts) {
    return declined(fmt::format("{} numbers of a query, {} keys", p.depth, p.keys));
  }
  // Heads are shared out whole where there are enough.
  const int64_t jobs = p.batch * p.heads;
  const int64_t wanted = context.workers == 1 ? 1 : ceil_div(4 * context.workers, jobs);
  a.pieces = std::min(wanted, ceil_div(p.queries, M.rows));
  a.piece = ceil_div(p.queries, a.pieces);
  a.pieces = ceil_div(p.queries, a.piece);
  const auto groups = [](int64_t columns, int64_t* blocks) {
    const int64_t all = ceil_div(columns, kLanes);
    const int64_t count = ceil_div(all, M.blocks);
    *blocks = ceil_div(all, count);
    return ceil_div(all, *blocks);
  };
  a.key_groups = groups(p.keys, &a.key_blocks);
  a.value_groups = groups(p.value_depth, &a.value_blocks);
  const int64_t word = 4 / M.base.number;
  a.depth_words = p.depth / word;
  a.key_words = ceil_div(p.keys, word);
  int64_t at = 0;
  const auto take = [&at](int64_t bytes) {
    const int64_t start = at;
    at += ceil_div(bytes, 64) * 64;
    return start;
  };
  const int64_t key_columns = a.key_groups * a.key_blocks * kLanes;
  const int64_t value_columns = a.value_groups * a.value_blocks * kLanes;
  a.keys_at = take(key_columns * a.depth_words * 4);
  a.key_bias_at = take(key_columns * 4);
  a.values_at = take(value_columns * a.key_words * 4);
  a.value_bias_at = take(value_columns * 4);
  a.scores_at = take(M.rows * key_columns * 4);
  a.shares_at = take(M.rows * std::max(key_columns, a.key_words * 4));
  if (M.base.number != 1) {
    a.rows_at = take(M.rows * std::max(a.depth_words, a.key_words) * 4);
  }
  a.worker_bytes = at;
  if (context.workers * at > kMostScratch) return declined("keys and values too large to pack");
  plan->scratch_bytes = static_cast<size_t>(context.workers * at);
  plan->set_params(a);
  return {};
}

constexpr KernelImpl kKernels[] = {
    {"QuantAttention", "int8.attention.vnni", Isa::kAvx512, plan<kVnni>, nullptr,
     int8_attention_run_vnni},
    {"QuantAttention", "int8.attention.avx2", Isa::kAvx2, plan<kAvx2>, nullptr,
     int8_attention_run_avx2},
    {"QuantAttention", "int8.attention.generic", Isa::kGeneric, plan<kGeneric>, nullptr,
     int8_attention_run_generic},
};

}  // namespace

Status read_quant_attention(const OpInstance& op, QuantAttentionParams* params) {
  QuantAttentionParams p{};
  const Dims& q = op.inputs[0].dims;
  const Dims& k = op.inputs[1].dims;
  const Dims& v = op.inputs[2].dims;
  p.rows = op.attrs->get_string("layout", "BNSD") == "BSND";
  const size_t head = p.rows ? 2 : 1;
  const size_t position = p.rows ? 1 : 2;
  const bool fits = q.size() == 4 && k.size() == 4 && v.size() == 4 && k[0] == q[0] &&
                    v[0] == q[0] && k[head] == q[head] && v[head] == q[head] &&
                    v[position] == k[position] && k[3] == q[3];
  for (size_t i = 0; i < 3; ++i) {
    if (!is_quant_type(op.inputs[i].dtype) || !fits) {
      return declined(
          fmt::format("query {}, key {}, value {} of types {}, {}, {}", dims_to_string(q),
                      dims_to_string(k), dims_to_string(v), data_type_name(op.inputs[0].dtype),
                      data_type_name(op.inputs[1].dtype), data_type_name(op.inputs[2].dtype)));
    }
  }
  p.batch = q[0], p.heads = q[head], p.queries = q[position], p.depth = q[3];
  p.keys = k[position], p.value_depth = v[3];
  const AttrMap& attrs = *op.attrs;
  const auto type = [&attrs](std::string_view name) {
    const DataType* dtype = attrs.find<DataType>(name);
    return dtype == nullptr ? DataType::kUint8 : *dtype;
  };
  p.query = quant_tensor(attrs, "query", op.inputs[0].dtype);
  p.key = quant_tensor(attrs, "key", op.inputs[1].dtype);
  p.value = quant_tensor(attrs, "value", op.inputs[2].dtype);
  p.score = quant_tensor(attrs, "score", type("score_dtype"));
  p.share = quant_tensor(attrs, "share", type("share_dtype"));
  p.y = quant_tensor(attrs, "y", op.outputs[0].dtype);
  p.scale = attrs.get_float("scale_value", 1.0f);
  POACL_RETURN_IF_ERROR(read_mask(op, &p));
  *params = p;
  return {};
}

std::span<const KernelImpl* const> int8_attention_kernels() {
  static constexpr auto kList = kernel_pointers(kKernels);
  return kList;
}

}  // namespace poacl
