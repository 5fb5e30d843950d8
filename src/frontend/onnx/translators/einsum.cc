// Einsum. Two operands that share labels become one batched matrix product between transpositions,
// for which there are fast kernels; the rest is left to the operator's own.
#include <algorithm>

#include "frontend/onnx/translators/translate_util.h"
#include "frontend/onnx/translators/translators.h"
#include "graph/graph_error.h"
#include "kernels/einsum/einsum_equation.h"

namespace poacl::onnx_frontend {
namespace {

bool has(const std::vector<int>& labels, int label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

bool repeats(const std::vector<int>& labels) {
  for (size_t i = 0; i < labels.size(); ++i) {
    if (std::find(labels.begin() + static_cast<int64_t>(i) + 1, labels.end(), labels[i]) !=
        labels.end()) {
      return true;
    }
  }
  return false;
}

// Which part of a matrix product each label is.
struct Product {
  std::vector<int> batch, rows, inner, columns;
};

// False when a label is summed in one operand alone or the product has nothing to sum.
bool classify(const EinsumTerms& terms, Product* product) {
  const std::vector<int>& a = terms.operands[0];
  const std::vector<int>& b = terms.operands[1];
  for (const int label : a) {
    const bool kept = has(terms.output, label);
    if (has(b, label)) {
      (kept ? product->batch : product->inner).push_back(label);
    } else if (kept) {
      product->rows.push_back(label);
    } else {
      return false;
    }
  }
  for (const int label : b) {
    if (has(a, label)) continue;
    if (!has(terms.output, label)) return false;
    product->columns.push_back(label);
  }
  return !product->inner.empty();
}

int64_t extent(const std::vector<int>& labels, const std::vector<int64_t>& sizes) {
  int64_t count = 1;
  for (const int label : labels) count *= sizes[static_cast<size_t>(label)];
  return count;
}

std::vector<int> joined(const std::vector<int>& a, const std::vector<int>& b,
                        const std::vector<int>& c) {
  std::vector<int> all = a;
  all.insert(all.end(), b.begin(), b.end());
  all.insert(all.end(), c.begin(), c.end());
  return all;
}

// `value`, whose dimensions are `from`, in the order `to`.
Result<ValueId> reordered(TranslateContext& context, ValueId value, const std::vector<int>& from,
                          const std::vector<int>& to) {
  if (from == to) return value;
  std::vector<int64_t> perm;
  for (const int label : to) {
    perm.push_back(std::find(from.begin(), from.end(), label) - from.begin());
  }
  AttrMap attrs;
  attrs.set("perm", std::move(perm));
  return context.add("TransposeD", {value}, std::move(attrs));
}

Result<ValueId> reshaped(TranslateContext& context, ValueId value, const Dims& dims) {
  const ValueId shape = add_ints(context, "shape", {static_cast<int64_t>(dims.size())}, dims);
  AttrMap attrs;
  attrs.set("allowzero", true);
  return context.add("Reshape", {value, shape}, std::move(attrs));
}

Status lower(TranslateContext& context, const EinsumTerms& terms, const Product& p,
             const std::vector<int64_t>& sizes) {
  const int64_t batch = extent(p.batch, sizes);
  const int64_t rows = extent(p.rows, sizes);
  const int64_t inner = extent(p.inner, sizes);
  const int64_t columns = extent(p.columns, sizes);
  POACL_ASSIGN_OR_RETURN(ValueId a, reordered(context, context.input(0), terms.operands[0],
                                              joined(p.batch, p.rows, p.inner)));
  POACL_ASSIGN_OR_RETURN(a, reshaped(context, a, {batch, rows, inner}));
  POACL_ASSIGN_OR_RETURN(ValueId b, reordered(context, context.input(1), terms.operands[1],
                                              joined(p.batch, p.inner, p.columns)));
  POACL_ASSIGN_OR_RETURN(b, reshaped(context, b, {batch, inner, columns}));
  POACL_ASSIGN_OR_RETURN(ValueId y, context.add("BatchMatMulV2", {a, b}));
  const std::vector<int> order = joined(p.batch, p.rows, p.columns);
  Dims dims;
  for (const int label : order) dims.push_back(sizes[static_cast<size_t>(label)]);
  POACL_ASSIGN_OR_RETURN(y, reshaped(context, y, dims));
  POACL_ASSIGN_OR_RETURN(y, reordered(context, y, order, terms.output));
  context.set_output(0, y);
  return {};
}

// Shapes are known, nothing repeats within an operand or broadcasts between them.
bool is_plain(const TranslateContext& context, const EinsumTerms& terms,
              const std::vector<int64_t>& sizes) {
  for (size_t i = 0; i < terms.operands.size(); ++i) {
    const Value& value = context.input_value(i);
    if (!value.fully_known() || repeats(terms.operands[i])) return false;
    for (size_t d = 0; d < value.dims.size(); ++d) {
      if (value.dims[d] != sizes[static_cast<size_t>(terms.operands[i][d])]) return false;
    }
  }
  return true;
}

Status translate_einsum(TranslateContext& context) {
  const size_t count = context.input_count();
  POACL_RETURN_IF_ERROR(need_inputs(context, count == 0 ? 1 : count));
  const auto* equation = context.node().attrs.find<std::string>("equation");
  if (equation == nullptr) return graph_error("the attribute equation is missing");
  std::vector<size_t> ranks;
  std::vector<const Dims*> dims;
  std::vector<ValueId> inputs;
  bool known = true;
  for (size_t i = 0; i < count; ++i) {
    inputs.push_back(context.input(i));
    known = known && context.input_value(i).shape_known;
    ranks.push_back(context.input_value(i).dims.size());
    dims.push_back(&context.input_value(i).dims);
  }
  if (known && count == 2) {
    const auto terms = parse_einsum(*equation, ranks);
    if (!terms.ok()) return graph_error("{}", terms.status().message());
    const auto sizes = einsum_sizes(*terms, dims);
    if (!sizes.ok()) return graph_error("{}", sizes.status().message());
    Product product;
    if (is_plain(context, *terms, *sizes) && classify(*terms, &product)) {
      return lower(context, *terms, product, *sizes);
    }
  }
  AttrMap attrs;
  attrs.set("equation", *equation);
  attrs.set("N", static_cast<int64_t>(count));
  return emit(context, "Einsum", std::move(inputs), std::move(attrs));
}

}  // namespace

std::span<const TranslatorEntry> einsum_translators() {
  static constexpr TranslatorEntry kTable[] = {{"Einsum", translate_einsum}};
  return kTable;
}

}  // namespace poacl::onnx_frontend
