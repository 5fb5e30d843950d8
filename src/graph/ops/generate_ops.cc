// Cumsum, Cumprod, EyeLike, OneHot, the windows, MatrixDeterminant, TfIdfVectorizer.
#include <algorithm>

#include "graph/op_registry.h"
#include "graph/ops/infer_util.h"

namespace poacl {
namespace {

Status require_one(const InferContext& c, size_t input, std::string_view what) {
  if (!c.has_input(input) || !c.inputs[input].rank_known) return {};
  const int64_t count = element_count(c.inputs[input].dims);
  if (count < 0 || count == 1) return {};
  return graph_error("{} must be one number, but has shape {}", what,
                     dims_to_string(c.inputs[input].dims));
}

Status infer_cumulative(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_one(c, 1, "axis"));
  POACL_ASSIGN_OR_RETURN(const auto axis, constant_ints(c, 1, "axis"));
  if (axis && c.inputs[0].rank_known) {
    const auto rank = static_cast<int64_t>(c.inputs[0].dims.size());
    POACL_RETURN_IF_ERROR(normalize_axis((*axis)[0], rank, "axis").status());
  }
  return infer_same_as_input(c);
}

Status infer_eye_like(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_rank(c, 0, 2, "x"));
  const DataType* given = c.attrs->find<DataType>("dtype");
  const DataType type = given && *given != DataType::kUndefined ? *given : c.inputs[0].dtype;
  if (!is_numeric(type) && type != DataType::kBool) {
    return graph_error("dtype {} is not supported; numeric types and bool are",
                       data_type_name(type));
  }
  c.set_output(0, type, c.inputs[0].rank_known ? c.inputs[0].dims : Dims{-1, -1});
  return {};
}

// The one number in a constant of any numeric type, as an integer.
Result<int64_t> whole_number(const Tensor& tensor, std::string_view what) {
  if (tensor.count() != 1) return graph_error("{} must be one number", what);
  double value = 0;
  switch (tensor.dtype) {
    case DataType::kInt64:
      return tensor.as<int64_t>()[0];
    case DataType::kInt32:
      return tensor.as<int32_t>()[0];
    case DataType::kInt16:
      return tensor.as<int16_t>()[0];
    case DataType::kInt8:
      return tensor.as<int8_t>()[0];
    case DataType::kUint8:
      return tensor.as<uint8_t>()[0];
    case DataType::kUint16:
      return tensor.as<uint16_t>()[0];
    case DataType::kUint32:
      return tensor.as<uint32_t>()[0];
    case DataType::kUint64:
      value = static_cast<double>(tensor.as<uint64_t>()[0]);
      break;
    case DataType::kFloat:
      value = tensor.as<float>()[0];
      break;
    case DataType::kDouble:
      value = tensor.as<double>()[0];
      break;
    default:
      return graph_error("{} is {}, which is not supported here", what,
                         data_type_name(tensor.dtype));
  }
  if (!(value > -1e18 && value < 1e18)) return graph_error("{} is {}", what, value);
  return static_cast<int64_t>(value);
}

Status infer_one_hot(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_numeric(c, 0, "x"));
  POACL_RETURN_IF_ERROR(require_numeric(c, 1, "depth"));
  for (size_t i = 1; i < 4; ++i) {
    POACL_RETURN_IF_ERROR(require_one(c, i, i == 1 ? "depth" : i == 2 ? "on_value" : "off_value"));
  }
  const DataType type = c.inputs[2].dtype;
  if (c.inputs[3].dtype != type) {
    return graph_error("on_value is {}, but off_value is {}", data_type_name(type),
                       data_type_name(c.inputs[3].dtype));
  }
  int64_t depth = -1;
  if (c.inputs[1].constant != nullptr) {
    POACL_ASSIGN_OR_RETURN(depth, whole_number(*c.inputs[1].constant, "depth"));
    if (depth < 0 || depth > kMaxElements) {
      return graph_error("depth is {}, but must be from 0 to {}", depth, kMaxElements);
    }
  }
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  Dims out = c.inputs[0].dims;
  POACL_ASSIGN_OR_RETURN(
      const int64_t axis,
      normalize_axis(c.attrs->get_int("axis", -1), static_cast<int64_t>(out.size()) + 1, "axis"));
  out.insert(out.begin() + axis, depth);
  c.set_output(0, type, std::move(out));
  return {};
}

Status infer_window_function(InferContext& c) {
  const DataType type = *c.attrs->find<DataType>("dtype");
  if (!is_numeric(type)) return graph_error("dtype {} is not numeric", data_type_name(type));
  POACL_RETURN_IF_ERROR(require_one(c, 0, "window_length"));
  POACL_ASSIGN_OR_RETURN(const auto length, constant_ints(c, 0, "window_length"));
  if (length && (*length)[0] < 0) return graph_error("window_length is {}", (*length)[0]);
  c.set_output(0, type, {length ? (*length)[0] : -1});
  return {};
}

Status infer_determinant(InferContext& c) {
  POACL_RETURN_IF_ERROR(require_float(c, 0, "x"));
  const DataType type = c.inputs[0].dtype;
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, type);
    return {};
  }
  const Dims& x = c.inputs[0].dims;
  const bool square =
      x.size() >= 2 && (x.back() == x[x.size() - 2] || x.back() < 0 || x[x.size() - 2] < 0);
  if (!square) return graph_error("x must be square matrices, but has shape {}", dims_to_string(x));
  c.set_output(0, type, Dims(x.begin(), x.end() - 2));
  return {};
}

Status infer_tf_idf(InferContext& c) {
  if (c.inputs[0].dtype != DataType::kInt32 && c.inputs[0].dtype != DataType::kInt64) {
    return graph_error("x is {}; int32 and int64 are supported", data_type_name(c.inputs[0].dtype));
  }
  const std::string mode = c.attrs->get_string("mode");
  if (mode != "TF" && mode != "IDF" && mode != "TFIDF") {
    return graph_error("mode is '{}', but must be TF, IDF or TFIDF", mode);
  }
  if (c.attrs->get_int("max_skip_count") < 0) return graph_error("max_skip_count is negative");
  POACL_ASSIGN_OR_RETURN(const auto pool, constant_ints(c, 1, "pool"));
  POACL_ASSIGN_OR_RETURN(const auto starts, constant_ints(c, 2, "ngram_counts"));
  POACL_ASSIGN_OR_RETURN(const auto indexes, constant_ints(c, 3, "ngram_indexes"));
  for (size_t i = 1; i < 4; ++i) {
    if (c.inputs[i].dtype != DataType::kInt64) return graph_error("the pool must be int64");
  }
  if (!pool || !starts || !indexes) return graph_error("the pool of n-grams must be constant");
  int64_t grams = 0;
  for (size_t n = 0; n < starts->size(); ++n) {
    const auto size = static_cast<int64_t>(pool->size());
    const int64_t begin = (*starts)[n];
    const int64_t end = n + 1 < starts->size() ? (*starts)[n + 1] : size;
    if (begin < 0 || begin > end || end > size) {
      return graph_error("ngram_counts {} does not divide a pool of {} items",
                         dims_to_string(*starts), pool->size());
    }
    grams += (end - begin) / static_cast<int64_t>(n + 1);
  }
  if (grams != static_cast<int64_t>(indexes->size())) {
    return graph_error("the pool has {} n-grams, but ngram_indexes has {} entries", grams,
                       indexes->size());
  }
  int64_t results = 0;
  for (const int64_t index : *indexes) {
    if (index < 0 || index >= kMaxElements) return graph_error("ngram_indexes has {}", index);
    results = std::max(results, index + 1);
  }
  if (c.has_input(4) && (c.inputs[4].dtype != DataType::kFloat || !c.inputs[4].rank_known ||
                         element_count(c.inputs[4].dims) != grams)) {
    return graph_error("weights must be {} floats", grams);
  }
  if (!c.inputs[0].rank_known) {
    set_unknown(c, 0, DataType::kFloat);
    return {};
  }
  Dims out = c.inputs[0].dims;
  if (out.empty() || out.size() > 2) {
    return graph_error("x has shape {}, but must be [C] or [N,C]", dims_to_string(out));
  }
  out.back() = results;
  c.set_output(0, DataType::kFloat, std::move(out));
  return {};
}

}  // namespace

std::span<const OpDef> generate_ops() {
  static const std::vector<OpDef> defs = [] {
    std::vector<OpDef> all;
    for (const char* type : {"Cumsum", "Cumprod"}) {
      all.push_back({type,
                     {{"x"}, {"axis"}},
                     {{"y"}},
                     {{"exclusive", false}, {"reverse", false}},
                     infer_cumulative});
    }
    for (const char* type : {"HannWindow", "HammingWindow", "BlackmanWindow"}) {
      all.push_back({type,
                     {{"window_length", PortKind::kRequired, true}},
                     {{"y"}},
                     {{"periodic", true}, {"dtype", DataType::kFloat}},
                     infer_window_function});
    }
    all.push_back({"EyeLike",
                   {{"x"}},
                   {{"y"}},
                   {{"dtype", DataType::kUndefined}, {"k", int64_t{0}}},
                   infer_eye_like});
    all.push_back({"OneHot",
                   {{"x"}, {"depth", PortKind::kRequired, true}, {"on_value"}, {"off_value"}},
                   {{"y"}},
                   {{"axis", int64_t{-1}}},
                   infer_one_hot});
    all.push_back({"MatrixDeterminant", {{"x"}}, {{"y"}}, {}, infer_determinant});
    all.push_back({"TfIdfVectorizer",
                   {{"x"},
                    {"pool", PortKind::kRequired, true},
                    {"ngram_counts", PortKind::kRequired, true},
                    {"ngram_indexes", PortKind::kRequired, true},
                    {"weights", PortKind::kOptional}},
                   {{"y"}},
                   {{"mode", std::string("TF"), true},
                    {"min_gram_length", int64_t{1}, true},
                    {"max_gram_length", int64_t{1}, true},
                    {"max_skip_count", int64_t{0}, true}},
                   infer_tf_idf});
    return all;
  }();
  return defs;
}

}  // namespace poacl
