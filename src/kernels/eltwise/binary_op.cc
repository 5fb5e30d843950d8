#include "kernels/eltwise/binary_op.h"

#include <algorithm>
#include <iterator>

namespace poacl {
namespace {

struct Name {
  std::string_view op;
  BinaryKind kind;
};
constexpr Name kNames[] = {
    {"Add", BinaryKind::kAdd},
    {"Sub", BinaryKind::kSub},
    {"Mul", BinaryKind::kMul},
    {"RealDiv", BinaryKind::kDiv},
    {"Maximum", BinaryKind::kMaximum},
    {"Minimum", BinaryKind::kMinimum},
    {"Pow", BinaryKind::kPow},
    {"PRelu", BinaryKind::kPRelu},
    {"Mod", BinaryKind::kMod},
    {"FloorMod", BinaryKind::kFloorMod},
    {"BitwiseAnd", BinaryKind::kBitwiseAnd},
    {"BitwiseOr", BinaryKind::kBitwiseOr},
    {"BitwiseXor", BinaryKind::kBitwiseXor},
    {"LeftShift", BinaryKind::kLeftShift},
    {"RightShift", BinaryKind::kRightShift},
    {"Equal", BinaryKind::kEqual},
    {"NotEqual", BinaryKind::kNotEqual},
    {"Greater", BinaryKind::kGreater},
    {"GreaterEqual", BinaryKind::kGreaterEqual},
    {"Less", BinaryKind::kLess},
    {"LessEqual", BinaryKind::kLessEqual},
    {"LogicalAnd", BinaryKind::kAnd},
    {"LogicalOr", BinaryKind::kOr},
    {"LogicalXor", BinaryKind::kXor},
};

}  // namespace

Status read_binary(const OpInstance& op, BinaryParams* params) {
  const auto* found = std::find_if(std::begin(kNames), std::end(kNames),
                                   [&](const Name& n) { return n.op == op.type; });
  if (found == std::end(kNames)) return declined("not a binary operator");
  BinaryParams p{};
  p.kind = found->kind;
  p.dtype = op.inputs[0].dtype;
  p.second = op.inputs[1].dtype;
  p.activation = activation_of(*op.attrs);
  const Dims* inputs[] = {&op.inputs[0].dims, &op.inputs[1].dims};
  if (!make_broadcast(op.outputs[0].dims, inputs, 2, &p.broadcast)) {
    return declined("the shapes do not broadcast to the output's");
  }
  *params = p;
  return {};
}

}  // namespace poacl
