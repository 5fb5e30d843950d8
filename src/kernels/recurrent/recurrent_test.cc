#include <cmath>

#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

struct Layer {
  std::string type = "CommonLSTM";
  int64_t seq = 5, batch = 3, input = 7, hidden = 19;
  std::string direction = "forward";
  bool bias = true, lens = false, states = false, peepholes = false;
};

int64_t gates_of(const std::string& type) {
  return type == "CommonLSTM" ? 4 : type == "CommonGRU" ? 3 : 1;
}

TestInput weight(Dims dims, uint32_t seed, bool wanted = true, bool constant = true) {
  if (!wanted) return TestInput::absent();
  return {random_tensor(std::move(dims), seed), constant};
}

TestOp make_layer(const Layer& l) {
  TestOp op;
  op.type = l.type;
  op.attrs.set("hidden_size", l.hidden);
  op.attrs.set("direction", l.direction);
  const int64_t dirs = l.direction == "bidirectional" ? 2 : 1;
  const int64_t rows = gates_of(l.type) * l.hidden;
  op.inputs.push_back({random_tensor({l.seq, l.batch, l.input}, 1)});
  op.inputs.push_back(weight({dirs, rows, l.input}, 2));
  op.inputs.push_back(weight({dirs, rows, l.hidden}, 3));
  op.inputs.push_back(weight({dirs, 2 * rows}, 4, l.bias));
  if (l.lens) {
    std::vector<int32_t> lens;
    for (int64_t b = 0; b < l.batch; ++b)
      lens.push_back(static_cast<int32_t>((b * 2) % (l.seq + 1)));
    op.inputs.push_back({Tensor::from<int32_t>(DataType::kInt32, {l.batch}, lens)});
  } else {
    op.inputs.push_back(TestInput::absent());
  }
  op.inputs.push_back(weight({dirs, l.batch, l.hidden}, 5, l.states, false));
  op.outputs.push_back({DataType::kFloat, {l.seq, dirs, l.batch, l.hidden}});
  op.outputs.push_back({DataType::kFloat, {dirs, l.batch, l.hidden}});
  if (l.type == "CommonLSTM") {
    op.inputs.push_back(weight({dirs, l.batch, l.hidden}, 6, l.states, false));
    op.inputs.push_back(weight({dirs, 3 * l.hidden}, 7, l.peepholes, false));
    op.outputs.push_back({DataType::kFloat, {dirs, l.batch, l.hidden}});
  }
  return op;
}

TEST(Recurrent, EveryCellDirectionAndState) {
  for (const char* type : {"CommonRNN", "CommonGRU", "CommonLSTM"}) {
    for (const char* direction : {"forward", "reverse", "bidirectional"}) {
      for (const bool extras : {false, true}) {
        Layer l;
        l.type = type;
        l.direction = direction;
        l.bias = l.lens = l.states = l.peepholes = extras;
        SCOPED_TRACE(l.type + " " + l.direction + (extras ? " with everything" : ""));
        EXPECT_FALSE(expect_all_match(recurrent_kernels(), make_layer(l)).empty());
      }
    }
  }
}

TEST(Recurrent, SizesThatShareTheWork) {
  for (const char* type : {"CommonGRU", "CommonLSTM"}) {
    Layer l;
    l.type = type;
    l.seq = 3, l.batch = 33, l.input = 40, l.hidden = 260;
    EXPECT_FALSE(expect_all_match(recurrent_kernels(), make_layer(l), {1e-4, 1e-4}).empty());
    l.seq = 2, l.batch = 1, l.hidden = 1;
    EXPECT_FALSE(expect_all_match(recurrent_kernels(), make_layer(l)).empty());
  }
}

TEST(Recurrent, Variants) {
  Layer l;
  l.bias = true;
  TestOp lstm = make_layer(l);
  lstm.attrs.set("clip", 0.3f);
  lstm.attrs.set("input_forget", int64_t{1});
  EXPECT_FALSE(expect_all_match(recurrent_kernels(), lstm).empty());
  l.type = "CommonGRU";
  l.direction = "bidirectional";
  TestOp gru = make_layer(l);
  gru.attrs.set("linear_before_reset", int64_t{1});
  EXPECT_FALSE(expect_all_match(recurrent_kernels(), gru).empty());
  l.type = "CommonRNN";
  l.direction = "forward";
  for (const char* name : {"Affine", "Relu", "LeakyRelu", "ThresholdedRelu", "ScaledTanh",
                           "Sigmoid", "HardSigmoid", "Elu", "Softsign", "Softplus"}) {
    TestOp rnn = make_layer(l);
    rnn.attrs.set("activations", std::vector<std::string>{name});
    rnn.attrs.set("activation_alpha", std::vector<float>{0.7f});
    rnn.attrs.set("activation_beta", std::vector<float>{0.2f});
    EXPECT_FALSE(expect_all_match(recurrent_kernels(), rnn, {1e-4, 1e-4}).empty()) << name;
  }
}

// The reference against numbers worked out here: one unit, one input, two steps.
TEST(Recurrent, LstmByHand) {
  TestOp op;
  op.type = "CommonLSTM";
  op.attrs.set("hidden_size", int64_t{1});
  op.inputs = {{float_tensor({2, 1, 1}, {1.0f, -2.0f})},
               {float_tensor({1, 4, 1}, {0.5f, -0.3f, 0.8f, 0.9f})},
               {float_tensor({1, 4, 1}, {0.1f, 0.2f, -0.4f, 0.6f})}};
  op.outputs = {{DataType::kFloat, {2, 1, 1, 1}},
                {DataType::kFloat, {1, 1, 1}},
                {DataType::kFloat, {1, 1, 1}}};
  const auto result = run_reference(recurrent_kernels(), op);
  ASSERT_TRUE(result.ok()) << result.status().message();
  const auto sigmoid = [](double v) { return 1 / (1 + std::exp(-v)); };
  double h = 0;
  double c = 0;
  std::vector<float> y;
  for (const double x : {1.0, -2.0}) {
    const double i = sigmoid(0.5 * x + 0.1 * h);
    const double o = sigmoid(-0.3 * x + 0.2 * h);
    const double f = sigmoid(0.8 * x - 0.4 * h);
    c = f * c + i * std::tanh(0.9 * x + 0.6 * h);
    h = o * std::tanh(c);
    y.push_back(static_cast<float>(h));
  }
  EXPECT_TRUE(tensors_match((*result)[0], float_tensor({2, 1, 1, 1}, y)));
  EXPECT_TRUE(tensors_match((*result)[1], float_tensor({1, 1, 1}, {y[1]})));
  EXPECT_TRUE(tensors_match((*result)[2], float_tensor({1, 1, 1}, {static_cast<float>(c)})));
}

TEST(Recurrent, WeightsThatDoNotFitAreDeclined) {
  TestOp op = make_layer({});
  op.inputs[2] = weight({1, 4 * 19, 18}, 3);
  for (const KernelImpl* kernel : recurrent_kernels()) {
    if (op.type != kernel->op) continue;
    const auto result = run_kernel(*kernel, op);
    ASSERT_FALSE(result.ok()) << kernel->name;
    EXPECT_NE(result.status().message().find("[1,76,18]"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace poacl::kernel_test
