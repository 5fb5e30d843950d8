#include "kernels/eltwise/unary_op.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "kernels/eltwise/type_dispatch.h"

namespace poacl {
namespace {

struct Name {
  std::string_view op;
  UnaryKind kind;
};
constexpr Name kNames[] = {
    {"Relu", UnaryKind::kRelu},
    {"Relu6", UnaryKind::kRelu6},
    {"LeakyRelu", UnaryKind::kLeakyRelu},
    {"Sigmoid", UnaryKind::kSigmoid},
    {"Tanh", UnaryKind::kTanh},
    {"HardSigmoid", UnaryKind::kHardSigmoid},
    {"HardSwish", UnaryKind::kHardSwish},
    {"Swish", UnaryKind::kSwish},
    {"Elu", UnaryKind::kElu},
    {"Selu", UnaryKind::kSelu},
    {"Softplus", UnaryKind::kSoftplus},
    {"Softsign", UnaryKind::kSoftsign},
    {"Gelu", UnaryKind::kGelu},
    {"GeluV2", UnaryKind::kGelu},
    {"Erf", UnaryKind::kErf},
    {"Exp", UnaryKind::kExp},
    {"Log", UnaryKind::kLog},
    {"Sqrt", UnaryKind::kSqrt},
    {"Rsqrt", UnaryKind::kRsqrt},
    {"Reciprocal", UnaryKind::kReciprocal},
    {"Abs", UnaryKind::kAbs},
    {"Neg", UnaryKind::kNeg},
    {"Sign", UnaryKind::kSign},
    {"Floor", UnaryKind::kFloor},
    {"Ceil", UnaryKind::kCeil},
    {"Round", UnaryKind::kRound},
    {"Sin", UnaryKind::kSin},
    {"Cos", UnaryKind::kCos},
    {"Tan", UnaryKind::kTan},
    {"Sinh", UnaryKind::kSinh},
    {"Cosh", UnaryKind::kCosh},
    {"Asin", UnaryKind::kAsin},
    {"Acos", UnaryKind::kAcos},
    {"Atan", UnaryKind::kAtan},
    {"Asinh", UnaryKind::kAsinh},
    {"Acosh", UnaryKind::kAcosh},
    {"Atanh", UnaryKind::kAtanh},
    {"CeluV2", UnaryKind::kCelu},
    {"Mish", UnaryKind::kMish},
    {"Shrink", UnaryKind::kShrink},
    {"ThresholdedRelu", UnaryKind::kThresholdedRelu},
    {"LogicalNot", UnaryKind::kLogicalNot},
    {"Invert", UnaryKind::kInvert},
    {"ClipByValue", UnaryKind::kClip},
};

// The number in a one-element tensor.
float scalar_of(const Tensor& tensor) {
  float value = 0;
  dispatch_arithmetic(
      tensor.dtype, [&](auto zero) { value = static_cast<float>(tensor.as<decltype(zero)>()[0]); });
  return value;
}

void read_bounds(const OpInstance& op, UnaryParams* p) {
  p->alpha = -std::numeric_limits<float>::infinity();
  p->beta = std::numeric_limits<float>::infinity();
  for (size_t i = 1; i < op.inputs.size(); ++i) {
    if (op.inputs[i].absent()) continue;
    (i == 1 ? p->has_low : p->has_high) = true;
    if (op.constants[i] == nullptr) {
      p->bounds_at_run = true;
      continue;
    }
    (i == 1 ? p->alpha : p->beta) = scalar_of(*op.constants[i]);
  }
}

}  // namespace

Status read_unary(const OpInstance& op, UnaryParams* params) {
  const auto* found = std::find_if(std::begin(kNames), std::end(kNames),
                                   [&](const Name& n) { return n.op == op.type; });
  if (found == std::end(kNames)) return declined("not a unary operator");
  UnaryParams p{};
  p.kind = found->kind;
  p.dtype = op.inputs[0].dtype;
  p.count = element_count(op.outputs[0].dims);
  switch (p.kind) {
    case UnaryKind::kRelu6:
      p.alpha = 0.0f;
      p.beta = 6.0f;
      break;
    case UnaryKind::kLeakyRelu:
      p.alpha = op.attrs->get_float("negative_slope");
      break;
    case UnaryKind::kHardSigmoid:
      p.alpha = op.attrs->get_float("alpha", 0.16666666f);
      p.beta = op.attrs->get_float("beta", 0.5f);
      break;
    case UnaryKind::kSwish:
      p.alpha = op.attrs->get_float("scale", 1.0f);
      break;
    case UnaryKind::kElu:
    case UnaryKind::kCelu:
    case UnaryKind::kThresholdedRelu:
      p.alpha = op.attrs->get_float("alpha", 1.0f);
      break;
    case UnaryKind::kShrink:
      p.alpha = op.attrs->get_float("lambd", 0.5f);
      p.beta = op.attrs->get_float("bias", 0.0f);
      break;
    case UnaryKind::kGelu:
      if (op.attrs->get_string("approximate") == "tanh") p.kind = UnaryKind::kGeluTanh;
      break;
    case UnaryKind::kSelu:
      p.alpha = op.attrs->get_float("alpha", 1.67326319f);
      p.beta = op.attrs->get_float("gamma", 1.05070102f);
      break;
    case UnaryKind::kClip:
      read_bounds(op, &p);
      break;
    default:
      break;
  }
  *params = p;
  return {};
}

double evaluate_unary(const UnaryParams& p, double x) {
  const auto clamp = [](double v, double low, double high) {
    if (v < low) v = low;
    return v > high ? high : v;  // not-a-number stays
  };
  switch (p.kind) {
    case UnaryKind::kRelu:
      return x < 0 ? 0 : x;
    case UnaryKind::kRelu6:
    case UnaryKind::kClip:
      return clamp(x, p.alpha, p.beta);
    case UnaryKind::kLeakyRelu:
      return x < 0 ? p.alpha * x : x;
    case UnaryKind::kSigmoid:
      return 1 / (1 + std::exp(-x));
    case UnaryKind::kTanh:
      return std::tanh(x);
    case UnaryKind::kHardSigmoid:
      return clamp(p.alpha * x + p.beta, 0, 1);
    case UnaryKind::kHardSwish:
      return x * clamp(x / 6 + 0.5, 0, 1);
    case UnaryKind::kSwish:
      return x / (1 + std::exp(-p.alpha * x));
    case UnaryKind::kElu:
      return x < 0 ? p.alpha * std::expm1(x) : x;
    case UnaryKind::kSelu:
      return p.beta * (x < 0 ? p.alpha * std::expm1(x) : x);
    case UnaryKind::kSoftplus:
      return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
    case UnaryKind::kSoftsign:
      return x / (1 + std::fabs(x));
    case UnaryKind::kGelu:
      return 0.5 * x * (1 + std::erf(x * 0.70710678118654752));
    case UnaryKind::kGeluTanh:
      return 0.5 * x * (1 + std::tanh(0.79788456080286536 * (x + 0.044715 * x * x * x)));
    case UnaryKind::kErf:
      return std::erf(x);
    case UnaryKind::kExp:
      return std::exp(x);
    case UnaryKind::kLog:
      return std::log(x);
    case UnaryKind::kSqrt:
      return std::sqrt(x);
    case UnaryKind::kRsqrt:
      return 1 / std::sqrt(x);
    case UnaryKind::kReciprocal:
      return 1 / x;
    case UnaryKind::kAbs:
      return std::fabs(x);
    case UnaryKind::kNeg:
      return -x;
    case UnaryKind::kSign:
      return x > 0 ? 1 : x < 0 ? -1 : x;
    case UnaryKind::kFloor:
      return std::floor(x);
    case UnaryKind::kCeil:
      return std::ceil(x);
    case UnaryKind::kRound:
      return std::nearbyint(x);
    case UnaryKind::kSin:
      return std::sin(x);
    case UnaryKind::kCos:
      return std::cos(x);
    case UnaryKind::kTan:
      return std::tan(x);
    case UnaryKind::kSinh:
      return std::sinh(x);
    case UnaryKind::kCosh:
      return std::cosh(x);
    case UnaryKind::kAsin:
      return std::asin(x);
    case UnaryKind::kAcos:
      return std::acos(x);
    case UnaryKind::kAtan:
      return std::atan(x);
    case UnaryKind::kAsinh:
      return std::asinh(x);
    case UnaryKind::kAcosh:
      return std::acosh(x);
    case UnaryKind::kAtanh:
      return std::atanh(x);
    case UnaryKind::kCelu:
      return x < 0 ? p.alpha * std::expm1(x / p.alpha) : x;
    case UnaryKind::kMish:
      return x * std::tanh(x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)));
    case UnaryKind::kShrink:
      return x < -p.alpha ? x + p.beta : x > p.alpha ? x - p.beta : x != x ? x : 0;
    case UnaryKind::kThresholdedRelu:
      return x > p.alpha ? x : 0;
    case UnaryKind::kLogicalNot:
      return x == 0 ? 1 : 0;
    case UnaryKind::kInvert:
      return x;  // integers only; evaluated on their bits
  }
  return x;
}

}  // namespace poacl
