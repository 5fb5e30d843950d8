#include "frontend/onnx/node_arity.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace poacl::onnx_frontend {
namespace {

constexpr int kAny = 1 << 20;
constexpr int kRemoved = -1;

// One row for each operator and each version that changed the numbers, sorted by both.
struct Arity {
  std::string_view op;
  int since;
  int least_inputs;
  int most_inputs;  // kRemoved: the version took the operator out
  int most_outputs;
};

constexpr Arity kTable[] = {
    {"Abs", 1, 1, 1, 1},
    {"Acos", 7, 1, 1, 1},
    {"Acosh", 9, 1, 1, 1},
    {"Add", 1, 2, 2, 1},
    {"AffineGrid", 20, 2, 2, 1},
    {"And", 1, 2, 2, 1},
    {"ArgMax", 1, 1, 1, 1},
    {"ArgMin", 1, 1, 1, 1},
    {"Asin", 7, 1, 1, 1},
    {"Asinh", 9, 1, 1, 1},
    {"Atan", 7, 1, 1, 1},
    {"Atanh", 9, 1, 1, 1},
    {"Attention", 23, 3, 6, 4},
    {"Attention", 24, 3, 7, 4},
    {"AveragePool", 1, 1, 1, 1},
    {"BatchNormalization", 1, 5, 5, 5},
    {"BatchNormalization", 14, 5, 5, 3},
    {"Bernoulli", 15, 1, 1, 1},
    {"BitCast", 26, 1, 1, 1},
    {"BitShift", 11, 2, 2, 1},
    {"BitwiseAnd", 18, 2, 2, 1},
    {"BitwiseNot", 18, 1, 1, 1},
    {"BitwiseOr", 18, 2, 2, 1},
    {"BitwiseXor", 18, 2, 2, 1},
    {"BlackmanWindow", 17, 1, 1, 1},
    {"Cast", 1, 1, 1, 1},
    {"CastLike", 15, 2, 2, 1},
    {"CausalConvWithState", 27, 2, 4, 2},
    {"Ceil", 1, 1, 1, 1},
    {"Celu", 12, 1, 1, 1},
    {"CenterCropPad", 18, 2, 2, 1},
    {"Clip", 1, 1, 1, 1},
    {"Clip", 11, 1, 3, 1},
    {"Col2Im", 18, 3, 3, 1},
    {"Compress", 9, 2, 2, 1},
    {"Concat", 1, 1, kAny, 1},
    {"ConcatFromSequence", 11, 1, 1, 1},
    {"Constant", 1, 0, 0, 1},
    {"ConstantOfShape", 9, 1, 1, 1},
    {"Conv", 1, 2, 3, 1},
    {"ConvInteger", 10, 2, 4, 1},
    {"ConvTranspose", 1, 2, 3, 1},
    {"Cos", 7, 1, 1, 1},
    {"Cosh", 9, 1, 1, 1},
    {"CumProd", 26, 2, 2, 1},
    {"CumSum", 11, 2, 2, 1},
    {"DFT", 17, 1, 2, 1},
    {"DFT", 20, 1, 3, 1},
    {"DeformConv", 19, 3, 5, 1},
    {"DepthToSpace", 1, 1, 1, 1},
    {"DequantizeLinear", 10, 2, 3, 1},
    {"Det", 11, 1, 1, 1},
    {"Div", 1, 2, 2, 1},
    {"Dropout", 1, 1, 1, 2},
    {"Dropout", 12, 1, 3, 2},
    {"DynamicQuantizeLinear", 11, 1, 1, 3},
    {"Einsum", 12, 1, kAny, 1},
    {"Elu", 1, 1, 1, 1},
    {"Equal", 1, 2, 2, 1},
    {"Erf", 9, 1, 1, 1},
    {"Exp", 1, 1, 1, 1},
    {"Expand", 8, 2, 2, 1},
    {"EyeLike", 9, 1, 1, 1},
    {"Flatten", 1, 1, 1, 1},
    {"Floor", 1, 1, 1, 1},
    {"GRU", 1, 3, 6, 2},
    {"Gather", 1, 2, 2, 1},
    {"GatherElements", 11, 2, 2, 1},
    {"GatherND", 11, 2, 2, 1},
    {"Gelu", 20, 1, 1, 1},
    {"Gemm", 1, 3, 3, 1},
    {"Gemm", 11, 2, 3, 1},
    {"GlobalAveragePool", 1, 1, 1, 1},
    {"GlobalLpPool", 1, 1, 1, 1},
    {"GlobalMaxPool", 1, 1, 1, 1},
    {"Greater", 1, 2, 2, 1},
    {"GreaterOrEqual", 12, 2, 2, 1},
    {"GridSample", 16, 2, 2, 1},
    {"GroupNormalization", 18, 3, 3, 1},
    {"HammingWindow", 17, 1, 1, 1},
    {"HannWindow", 17, 1, 1, 1},
    {"HardSigmoid", 1, 1, 1, 1},
    {"HardSwish", 14, 1, 1, 1},
    {"Hardmax", 1, 1, 1, 1},
    {"Identity", 1, 1, 1, 1},
    {"If", 1, 1, 1, kAny},
    {"ImageDecoder", 20, 1, 1, 1},
    {"InstanceNormalization", 1, 3, 3, 1},
    {"IsInf", 10, 1, 1, 1},
    {"IsNaN", 9, 1, 1, 1},
    {"LRN", 1, 1, 1, 1},
    {"LSTM", 1, 3, 8, 3},
    {"LayerNormalization", 17, 2, 3, 3},
    {"LeakyRelu", 1, 1, 1, 1},
    {"Less", 1, 2, 2, 1},
    {"LessOrEqual", 12, 2, 2, 1},
    {"LinearAttention", 27, 3, 6, 2},
    {"Log", 1, 1, 1, 1},
    {"LogSoftmax", 1, 1, 1, 1},
    {"Loop", 1, 3, kAny, kAny},
    {"Loop", 11, 2, kAny, kAny},
    {"LpNormalization", 1, 1, 1, 1},
    {"LpPool", 1, 1, 1, 1},
    {"MatMul", 1, 2, 2, 1},
    {"MatMulInteger", 10, 2, 4, 1},
    {"Max", 1, 1, kAny, 1},
    {"MaxPool", 1, 1, 1, 1},
    {"MaxPool", 8, 1, 1, 2},
    {"MaxRoiPool", 1, 2, 2, 1},
    {"MaxUnpool", 9, 2, 3, 1},
    {"Mean", 1, 1, kAny, 1},
    {"MeanVarianceNormalization", 9, 1, 1, 1},
    {"MelWeightMatrix", 17, 5, 5, 1},
    {"Min", 1, 1, kAny, 1},
    {"Mish", 18, 1, 1, 1},
    {"Mod", 10, 2, 2, 1},
    {"Mul", 1, 2, 2, 1},
    {"Multinomial", 7, 1, 1, 1},
    {"Neg", 1, 1, 1, 1},
    {"NegativeLogLikelihoodLoss", 12, 2, 3, 1},
    {"NonMaxSuppression", 10, 2, 5, 1},
    {"NonZero", 9, 1, 1, 1},
    {"Not", 1, 1, 1, 1},
    {"OneHot", 9, 3, 3, 1},
    {"Optional", 15, 0, 1, 1},
    {"OptionalGetElement", 15, 1, 1, 1},
    {"OptionalHasElement", 15, 1, 1, 1},
    {"OptionalHasElement", 18, 0, 1, 1},
    {"Or", 1, 2, 2, 1},
    {"PRelu", 1, 2, 2, 1},
    {"Pad", 1, 1, 1, 1},
    {"Pad", 11, 2, 3, 1},
    {"Pad", 18, 2, 4, 1},
    {"Pow", 1, 2, 2, 1},
    {"QLinearConv", 10, 8, 9, 1},
    {"QLinearMatMul", 10, 8, 8, 1},
    {"QuantizeLinear", 10, 2, 3, 1},
    {"RMSNormalization", 23, 2, 2, 1},
    {"RNN", 1, 3, 6, 2},
    {"RandomNormal", 1, 0, 0, 1},
    {"RandomNormalLike", 1, 1, 1, 1},
    {"RandomUniform", 1, 0, 0, 1},
    {"RandomUniformLike", 1, 1, 1, 1},
    {"Range", 11, 3, 3, 1},
    {"Reciprocal", 1, 1, 1, 1},
    {"ReduceL1", 1, 1, 1, 1},
    {"ReduceL1", 18, 1, 2, 1},
    {"ReduceL2", 1, 1, 1, 1},
    {"ReduceL2", 18, 1, 2, 1},
    {"ReduceLogSum", 1, 1, 1, 1},
    {"ReduceLogSum", 18, 1, 2, 1},
    {"ReduceLogSumExp", 1, 1, 1, 1},
    {"ReduceLogSumExp", 18, 1, 2, 1},
    {"ReduceMax", 1, 1, 1, 1},
    {"ReduceMax", 18, 1, 2, 1},
    {"ReduceMean", 1, 1, 1, 1},
    {"ReduceMean", 18, 1, 2, 1},
    {"ReduceMin", 1, 1, 1, 1},
    {"ReduceMin", 18, 1, 2, 1},
    {"ReduceProd", 1, 1, 1, 1},
    {"ReduceProd", 18, 1, 2, 1},
    {"ReduceSum", 1, 1, 1, 1},
    {"ReduceSum", 13, 1, 2, 1},
    {"ReduceSumSquare", 1, 1, 1, 1},
    {"ReduceSumSquare", 18, 1, 2, 1},
    {"RegexFullMatch", 20, 1, 1, 1},
    {"Relu", 1, 1, 1, 1},
    {"Reshape", 1, 1, 1, 1},
    {"Reshape", 5, 2, 2, 1},
    {"Resize", 10, 2, 2, 1},
    {"Resize", 11, 3, 4, 1},
    {"Resize", 13, 1, 4, 1},
    {"ReverseSequence", 10, 2, 2, 1},
    {"RoiAlign", 10, 3, 3, 1},
    {"RotaryEmbedding", 23, 3, 4, 1},
    {"Round", 11, 1, 1, 1},
    {"STFT", 17, 2, 4, 1},
    {"Scan", 8, 2, kAny, kAny},
    {"Scan", 9, 1, kAny, kAny},
    {"Scatter", 9, 3, 3, 1},
    {"Scatter", 11, 0, kRemoved, 0},
    {"ScatterElements", 11, 3, 3, 1},
    {"ScatterND", 11, 3, 3, 1},
    {"Selu", 1, 1, 1, 1},
    {"SequenceAt", 11, 2, 2, 1},
    {"SequenceConstruct", 11, 1, kAny, 1},
    {"SequenceEmpty", 11, 0, 0, 1},
    {"SequenceErase", 11, 1, 2, 1},
    {"SequenceInsert", 11, 2, 3, 1},
    {"SequenceLength", 11, 1, 1, 1},
    {"SequenceMap", 17, 1, kAny, kAny},
    {"Shape", 1, 1, 1, 1},
    {"Shrink", 9, 1, 1, 1},
    {"Sigmoid", 1, 1, 1, 1},
    {"Sign", 9, 1, 1, 1},
    {"Sin", 7, 1, 1, 1},
    {"Sinh", 9, 1, 1, 1},
    {"Size", 1, 1, 1, 1},
    {"Slice", 1, 1, 1, 1},
    {"Slice", 10, 3, 5, 1},
    {"Softmax", 1, 1, 1, 1},
    {"SoftmaxCrossEntropyLoss", 12, 2, 3, 2},
    {"Softplus", 1, 1, 1, 1},
    {"Softsign", 1, 1, 1, 1},
    {"SpaceToDepth", 1, 1, 1, 1},
    {"Split", 1, 1, 2, kAny},
    {"Split", 2, 1, 1, kAny},
    {"Split", 13, 1, 2, kAny},
    {"SplitToSequence", 11, 1, 2, 1},
    {"Sqrt", 1, 1, 1, 1},
    {"Squeeze", 1, 1, 1, 1},
    {"Squeeze", 13, 1, 2, 1},
    {"StringConcat", 20, 2, 2, 1},
    {"StringNormalizer", 10, 1, 1, 1},
    {"StringSplit", 20, 1, 1, 2},
    {"Sub", 1, 2, 2, 1},
    {"Sum", 1, 1, kAny, 1},
    {"Swish", 24, 1, 1, 1},
    {"Tan", 7, 1, 1, 1},
    {"Tanh", 1, 1, 1, 1},
    {"TensorScatter", 24, 2, 3, 1},
    {"TfIdfVectorizer", 9, 1, 1, 1},
    {"ThresholdedRelu", 10, 1, 1, 1},
    {"Tile", 1, 3, 3, 1},
    {"Tile", 6, 2, 2, 1},
    {"TopK", 1, 1, 1, 2},
    {"TopK", 10, 2, 2, 2},
    {"Transpose", 1, 1, 1, 1},
    {"Trilu", 14, 1, 2, 1},
    {"Unique", 11, 1, 1, 4},
    {"Unsqueeze", 1, 1, 1, 1},
    {"Unsqueeze", 13, 2, 2, 1},
    {"Upsample", 1, 1, 1, 1},
    {"Upsample", 9, 2, 2, 1},
    {"Upsample", 10, 0, kRemoved, 0},
    {"Where", 9, 3, 3, 1},
    {"Xor", 1, 2, 2, 1},
};

std::string fault(const Arity& arity, int inputs) {
  const int least = arity.least_inputs;
  const int most = arity.most_inputs;
  const std::string wanted = most >= kAny    ? fmt::format("at least {}", least)
                             : least == most ? fmt::format("{}", most)
                                             : fmt::format("{} to {}", least, most);
  return fmt::format("it takes {} input{}, but {} given", wanted, wanted == "1" ? "" : "s",
                     inputs == 1 ? "1 is" : fmt::format("{} are", inputs));
}

}  // namespace

std::string arity_fault(const poacl::onnx::Node& node, int64_t opset) {
  const std::string_view op = node.op_type();
  const auto rows = std::equal_range(std::begin(kTable), std::end(kTable), Arity{op, 0, 0, 0, 0},
                                     [](const Arity& a, const Arity& b) { return a.op < b.op; });
  if (rows.first == rows.second) return {};
  if (opset < rows.first->since) {
    return fmt::format("ONNX has this operator from opset {} on", rows.first->since);
  }
  const Arity* found = rows.first;
  for (const Arity* row = rows.first; row != rows.second; ++row) {
    if (row->since <= opset) found = row;
  }
  if (found->most_inputs == kRemoved) {
    return fmt::format("ONNX removed this operator in opset {}", found->since);
  }
  int inputs = node.input_size();
  if (inputs < found->least_inputs) return fault(*found, inputs);
  while (inputs > 0 && node.input(inputs - 1).empty()) --inputs;
  if (inputs > found->most_inputs) return fault(*found, inputs);
  int outputs = node.output_size();
  while (outputs > 0 && node.output(outputs - 1).empty()) --outputs;
  if (outputs > found->most_outputs) {
    return fmt::format("it makes at most {} outputs, but {} are named", found->most_outputs,
                       outputs);
  }
  return {};
}

}  // namespace poacl::onnx_frontend
