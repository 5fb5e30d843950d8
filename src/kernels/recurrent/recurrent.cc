#include "kernels/recurrent/recurrent.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

namespace poacl {
namespace {

struct Name {
  std::string_view name;
  CellActivation kind;
  int scales;  // how many of alpha and beta it takes
  float alpha, beta;
};
constexpr Name kNames[] = {{"affine", CellActivation::kAffine, 2, 1.0f, 0.0f},
                           {"relu", CellActivation::kRelu, 0, 0.0f, 0.0f},
                           {"leakyrelu", CellActivation::kLeakyRelu, 1, 0.01f, 0.0f},
                           {"thresholdedrelu", CellActivation::kThresholdedRelu, 1, 1.0f, 0.0f},
                           {"tanh", CellActivation::kTanh, 0, 0.0f, 0.0f},
                           {"scaledtanh", CellActivation::kScaledTanh, 2, 1.0f, 1.0f},
                           {"sigmoid", CellActivation::kSigmoid, 0, 0.0f, 0.0f},
                           {"hardsigmoid", CellActivation::kHardSigmoid, 2, 0.2f, 0.5f},
                           {"elu", CellActivation::kElu, 1, 1.0f, 0.0f},
                           {"softsign", CellActivation::kSoftsign, 0, 0.0f, 0.0f},
                           {"softplus", CellActivation::kSoftplus, 0, 0.0f, 0.0f}};

const Name* find_name(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const Name& name : kNames) {
    if (name.name == text) return &name;
  }
  return nullptr;
}

// Scales are consumed by the functions that take one, or stand one for each function.
Status read_functions(const OpInstance& op, int per_direction, RecurrentParams* p) {
  const auto* list = op.attrs->find<std::vector<std::string>>("activations");
  const auto alpha = op.attrs->get_floats("activation_alpha");
  const auto beta = op.attrs->get_floats("activation_beta");
  const size_t count = static_cast<size_t>(per_direction * p->directions);
  if (list != nullptr && list->empty()) list = nullptr;
  if (list != nullptr && list->size() != count) {
    return declined(fmt::format("{} activations, {} wanted", list->size(), count));
  }
  size_t next_alpha = 0;
  size_t next_beta = 0;
  for (size_t i = 0; i < count; ++i) {
    const size_t place = i % static_cast<size_t>(per_direction);
    const char* fallback = p->kind == CellKind::kRnn || place > 0 ? "tanh" : "sigmoid";
    const Name* name = find_name(list == nullptr ? fallback : (*list)[i]);
    if (name == nullptr) return declined("activation '" + (*list)[i] + "'");
    CellFunction function{name->kind, name->alpha, name->beta};
    if (name->scales > 0) {
      const size_t at = alpha.size() == count ? i : next_alpha++;
      if (at < alpha.size()) function.alpha = alpha[at];
    }
    if (name->scales > 1) {
      const size_t at = beta.size() == count ? i : next_beta++;
      if (at < beta.size()) function.beta = beta[at];
    }
    p->functions[i / static_cast<size_t>(per_direction)][place] = function;
  }
  return {};
}

bool present(const OpInstance& op, int input) {
  return op.inputs.size() > static_cast<size_t>(input) &&
         !op.inputs[static_cast<size_t>(input)].absent();
}

Status require(const OpInstance& op, int input, const char* name, DataType type,
               const Dims& wanted) {
  if (!present(op, input)) return {};
  const TensorDesc& desc = op.inputs[static_cast<size_t>(input)];
  if (desc.dtype == type && desc.dims == wanted) return {};
  return declined(fmt::format("{} is {}{}, {}{} wanted", name, data_type_name(desc.dtype),
                              dims_to_string(desc.dims), data_type_name(type),
                              dims_to_string(wanted)));
}

Status check_inputs(const OpInstance& op, const RecurrentParams& p) {
  const int64_t rows = p.gates * p.hidden;
  const Dims state = {p.directions, p.batch, p.hidden};
  POACL_RETURN_IF_ERROR(require(op, 1, "w", p.dtype, {p.directions, rows, p.input}));
  POACL_RETURN_IF_ERROR(require(op, 2, "r", p.dtype, {p.directions, rows, p.hidden}));
  POACL_RETURN_IF_ERROR(require(op, 3, "b", p.dtype, {p.directions, 2 * rows}));
  POACL_RETURN_IF_ERROR(require(op, 4, "sequence_lens", p.lens_type, {p.batch}));
  POACL_RETURN_IF_ERROR(require(op, 5, "initial_h", p.dtype, state));
  POACL_RETURN_IF_ERROR(require(op, 6, "initial_c", p.dtype, state));
  return require(op, 7, "p", p.dtype, {p.directions, 3 * p.hidden});
}

}  // namespace

Status read_recurrent(const OpInstance& op, RecurrentParams* params) {
  RecurrentParams p{};
  p.kind = op.type == "CommonLSTM"  ? CellKind::kLstm
           : op.type == "CommonGRU" ? CellKind::kGru
                                    : CellKind::kRnn;
  p.gates = p.kind == CellKind::kLstm ? 4 : p.kind == CellKind::kGru ? 3 : 1;
  p.dtype = op.inputs[0].dtype;
  if (p.dtype != DataType::kFloat && p.dtype != DataType::kDouble) {
    return declined("type " + std::string(data_type_name(p.dtype)));
  }
  const size_t outputs = p.kind == CellKind::kLstm ? 3 : 2;
  if (op.outputs.size() != outputs) {
    return declined(fmt::format("{} outputs, {} wanted", op.outputs.size(), outputs));
  }
  const std::string direction = op.attrs->get_string("direction", "forward");
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional") {
    return declined("direction '" + direction + "'");
  }
  p.directions = direction == "bidirectional" ? 2 : 1;
  p.backward_first = direction == "reverse";
  const Dims& x = op.inputs[0].dims;
  if (x.size() != 3) return declined("x is not [seq, batch, input]");
  p.seq = x[0], p.batch = x[1], p.input = x[2];
  p.hidden = op.attrs->get_int("hidden_size");
  if (p.hidden < 1) return declined(fmt::format("hidden_size {}", p.hidden));
  p.has_bias = present(op, 3);
  p.has_lens = present(op, 4);
  p.has_h = present(op, 5);
  p.has_c = present(op, 6);
  p.has_peepholes = present(op, 7);
  p.h_input = 5, p.c_input = 6, p.p_input = 7;
  p.lens_type = p.has_lens ? op.inputs[4].dtype : DataType::kInt32;
  if (p.lens_type != DataType::kInt32 && p.lens_type != DataType::kInt64) {
    return declined("sequence_lens is neither int32 nor int64");
  }
  POACL_RETURN_IF_ERROR(check_inputs(op, p));
  p.clip = std::max(0.0f, op.attrs->get_float("clip", 0.0f));
  p.linear_before_reset = op.attrs->get_int("linear_before_reset") != 0;
  p.input_forget = op.attrs->get_int("input_forget") != 0;
  const int functions = p.kind == CellKind::kLstm ? 3 : p.kind == CellKind::kGru ? 2 : 1;
  POACL_RETURN_IF_ERROR(read_functions(op, functions, &p));
  *params = p;
  return {};
}

int64_t sequence_length(const RecurrentParams& p, const void* lens, int64_t b) {
  if (!p.has_lens) return p.seq;
  const int64_t length = p.lens_type == DataType::kInt64 ? static_cast<const int64_t*>(lens)[b]
                                                         : static_cast<const int32_t*>(lens)[b];
  return std::clamp<int64_t>(length, 0, p.seq);
}

double apply_cell(const CellFunction& function, double x) {
  const double alpha = static_cast<double>(function.alpha);
  const double beta = static_cast<double>(function.beta);
  switch (function.kind) {
    case CellActivation::kAffine:
      return alpha * x + beta;
    case CellActivation::kRelu:
      return std::max(x, 0.0);
    case CellActivation::kLeakyRelu:
      return x < 0 ? alpha * x : x;
    case CellActivation::kThresholdedRelu:
      return x > alpha ? x : 0.0;
    case CellActivation::kTanh:
      return std::tanh(x);
    case CellActivation::kScaledTanh:
      return alpha * std::tanh(beta * x);
    case CellActivation::kSigmoid:
      return 1.0 / (1.0 + std::exp(-x));
    case CellActivation::kHardSigmoid:
      return std::clamp(alpha * x + beta, 0.0, 1.0);
    case CellActivation::kElu:
      return x < 0 ? alpha * std::expm1(x) : x;
    case CellActivation::kSoftsign:
      return x / (1.0 + std::fabs(x));
    case CellActivation::kSoftplus:
      return x > 30.0 ? x : std::log1p(std::exp(x));
  }
  return x;
}

}  // namespace poacl
