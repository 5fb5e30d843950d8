#include <cmath>

#include "kernels/families.h"
#include "kernels/kernel_test_util.h"
#include "kernels/random/philox.h"

namespace poacl::kernel_test {
namespace {

constexpr int64_t kMany = 100000;

TestOp draw(const std::string& type, DataType dtype = DataType::kFloat) {
  TestOp op{type, {}, {}, {{dtype, {kMany}, Layout::kPlain}}};
  op.inputs.push_back({int64_tensor({1}, {kMany}), true});
  return op;
}

Tensor drawn(const TestOp& op, int workers = 1) {
  for (const KernelImpl* kernel : random_kernels()) {
    if (op.type != kernel->op) continue;
    auto result = run_kernel(*kernel, op, RunOptions{.workers = workers});
    EXPECT_TRUE(result.ok()) << result.status().message();
    if (result.ok()) return (*result)[0];
  }
  return {};
}

struct Moments {
  double mean = 0, variance = 0, fourth = 0;
};

Moments moments(std::span<const float> values) {
  Moments m;
  const auto count = static_cast<double>(values.size());
  for (const float v : values) m.mean += static_cast<double>(v) / count;
  for (const float v : values) {
    const double d = static_cast<double>(v) - m.mean;
    m.variance += d * d / count;
    m.fourth += d * d * d * d / count;
  }
  return m;
}

bool same(const Tensor& a, const Tensor& b) {
  return std::memcmp(a.buffer.data(), b.buffer.data(), a.buffer.size()) == 0;
}

// The known answers of the published generator.
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox(0, 0, 0), (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const uint64_t ones = ~uint64_t{0};
  EXPECT_EQ(philox(ones, ones, ones),
            (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
}

// Bounds of six standard errors for the fixed seed.
TEST(Random, UniformAndNormalHaveTheirMoments) {
  TestOp op = draw("RandomUniform");
  op.attrs.set("seed", int64_t{11});
  const Tensor uniform = drawn(op);
  Moments m = moments(uniform.as<float>());
  EXPECT_NEAR(m.mean, 0.5, 0.006);
  EXPECT_NEAR(m.variance, 1.0 / 12, 0.002);
  for (const float v : uniform.as<float>()) ASSERT_TRUE(v >= 0.0f && v < 1.0f);
  op.type = "RandomStandardNormal";
  m = moments(drawn(op).as<float>());
  EXPECT_NEAR(m.mean, 0, 0.02);
  EXPECT_NEAR(m.variance, 1, 0.03);
  EXPECT_NEAR(m.fourth, 3, 0.2);
}

TEST(Random, ASeedRepeatsAndNoSeedDoesNot) {
  TestOp op = draw("RandomUniform");
  EXPECT_FALSE(same(drawn(op), drawn(op)));
  op.attrs.set("seed", int64_t{5});
  const Tensor first = drawn(op);
  EXPECT_TRUE(same(first, drawn(op)));
  EXPECT_TRUE(same(first, drawn(op, 3))) << "the workers must not matter";
  op.attrs.set("seed", int64_t{6});
  EXPECT_FALSE(same(first, drawn(op)));
}

TEST(Random, BernoulliFollowsEachProbability) {
  std::vector<float> probability(kMany);
  for (size_t i = 0; i < probability.size(); ++i) probability[i] = i % 2 == 0 ? 0.25f : 1.0f;
  TestOp op{"Bernoulli", {}, {}, {{DataType::kInt32, {kMany}, Layout::kPlain}}};
  op.attrs.set("seed", int64_t{3});
  op.inputs.push_back({float_tensor({kMany}, probability)});
  const Tensor result = drawn(op);
  int64_t even = 0, odd = 0;
  for (size_t i = 0; i < probability.size(); ++i) {
    (i % 2 == 0 ? even : odd) += result.as<int32_t>()[i];
  }
  EXPECT_NEAR(static_cast<double>(even) / (kMany / 2), 0.25, 0.012);
  EXPECT_EQ(odd, kMany / 2);
}

TEST(Random, MultinomialFollowsTheLogits) {
  TestOp op{"Multinomial", {}, {}, {{DataType::kInt64, {2, kMany}, Layout::kPlain}}};
  op.attrs.set("seed", int64_t{4});
  const float none = -std::numeric_limits<float>::infinity();
  op.inputs.push_back({float_tensor({2, 3}, {std::log(1.0f), none, std::log(3.0f), 0, 5, none})});
  op.inputs.push_back({int64_tensor({}, {kMany}), true});
  const Tensor result = drawn(op);
  std::array<int64_t, 3> first{};
  for (size_t i = 0; i < kMany; ++i) ++first.at(static_cast<size_t>(result.as<int64_t>()[i]));
  EXPECT_NEAR(static_cast<double>(first[0]) / kMany, 0.25, 0.009);
  EXPECT_EQ(first[1], 0);
  for (size_t i = kMany; i < 2 * kMany; ++i) ASSERT_NE(result.as<int64_t>()[i], 2);
}

TEST(Dropout, DropsTheRatioAndKeepsTheMean) {
  TestOp op{
      "Dropout",
      {},
      {},
      {{DataType::kFloat, {kMany}, Layout::kPlain}, {DataType::kBool, {kMany}, Layout::kPlain}}};
  op.attrs.set("seed", int64_t{9});
  op.inputs.push_back({float_tensor({kMany}, std::vector<float>(kMany, 2.0f))});
  op.inputs.push_back({float_tensor({}, {0.75f})});
  const uint8_t yes[] = {1};
  const uint8_t no[] = {0};
  op.inputs.push_back({Tensor::from<uint8_t>(DataType::kBool, {}, yes)});
  auto result = run_reference(random_kernels(), op);
  ASSERT_TRUE(result.ok());
  const auto y = (*result)[0].as<float>();
  const auto mask = (*result)[1].as<uint8_t>();
  int64_t kept = 0;
  for (size_t i = 0; i < kMany; ++i) {
    kept += mask[i];
    ASSERT_EQ(y[i], mask[i] ? 8.0f : 0.0f);
  }
  EXPECT_NEAR(static_cast<double>(kept) / kMany, 0.25, 0.009);
  op.inputs[2] = {Tensor::from<uint8_t>(DataType::kBool, {}, no)};
  result = run_reference(random_kernels(), op);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(tensors_match((*result)[0], op.inputs[0].tensor));
}

}  // namespace
}  // namespace poacl::kernel_test
