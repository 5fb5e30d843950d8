#include "kernels/einsum/einsum_equation.h"
#include "kernels/families.h"
#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {
namespace {

Result<std::vector<Tensor>> einsum(const std::string& equation, std::vector<Tensor> operands,
                                   Dims out) {
  TestOp op{"Einsum", {}, {}, {{operands[0].dtype, std::move(out)}}};
  op.attrs.set("equation", equation);
  for (Tensor& operand : operands) op.inputs.push_back({std::move(operand)});
  return run_reference(einsum_kernels(), op);
}

void expect_einsum(const std::string& equation, std::vector<Tensor> operands, Dims out,
                   const std::vector<float>& values) {
  const auto result = einsum(equation, std::move(operands), out);
  ASSERT_TRUE(result.ok()) << equation << ": " << result.status().message();
  EXPECT_TRUE(tensors_match((*result)[0], float_tensor(std::move(out), values))) << equation;
}

TEST(Einsum, OneOperand) {
  const Tensor x = float_tensor({2, 3}, {1, 2, 3, 4, 5, 6});
  expect_einsum("ij->ji", {x}, {3, 2}, {1, 4, 2, 5, 3, 6});
  expect_einsum("ij->i", {x}, {2}, {6, 15});
  expect_einsum("ij->", {x}, {}, {21});
  expect_einsum("ba", {x}, {3, 2}, {1, 4, 2, 5, 3, 6});
  const Tensor square = float_tensor({2, 2}, {1, 2, 3, 4});
  expect_einsum("ii->i", {square}, {2}, {1, 4});
  expect_einsum("ii", {square}, {}, {5});
  expect_einsum("...ii -> ...i", {float_tensor({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8})}, {2, 2},
                {1, 4, 5, 8});
}

TEST(Einsum, ProductsAndEllipses) {
  const Tensor a = float_tensor({2, 2}, {1, 2, 3, 4});
  const Tensor b = float_tensor({2, 2}, {5, 6, 7, 8});
  expect_einsum("ij,jk->ik", {a, b}, {2, 2}, {19, 22, 43, 50});
  expect_einsum("ij,jk", {a, b}, {2, 2}, {19, 22, 43, 50});
  expect_einsum("i,j->ij", {float_tensor({2}, {1, 2}), float_tensor({2}, {3, 4})}, {2, 2},
                {3, 4, 6, 8});
  expect_einsum("i...,...->i...", {a, float_tensor({2}, {10, 100})}, {2, 2}, {10, 200, 30, 400});
  expect_einsum("ij,j,i->", {a, float_tensor({2}, {1, 10}), float_tensor({2}, {1, 100})}, {},
                {21 + 4300});
  expect_einsum("ij,ij->ij", {a, float_tensor({1, 2}, {1, 10})}, {2, 2}, {1, 20, 3, 40});
}

TEST(Einsum, Integers) {
  const auto result =
      einsum("i,i->", {int64_tensor({2}, {1LL << 40, 3}), int64_tensor({2}, {5, 7})}, {});
  ASSERT_TRUE(result.ok()) << result.status().message();
  EXPECT_EQ((*result)[0].as<int64_t>()[0], 5 * (1LL << 40) + 21);
}

TEST(Einsum, EquationsThatMakeNoSense) {
  const size_t two[] = {2, 2};
  const std::pair<const char*, const char*> cases[] = {
      {"ij->ij", "1 operands"}, {"ij,jk->iz", "'z'"}, {"ij,jk->ii", "twice"},
      {"i.j,jk", "dots"},       {"ij,j1->i", "'1'"},  {"ijk,jk->i", "3 letters"}};
  for (const auto& [equation, words] : cases) {
    const auto terms = parse_einsum(equation, two);
    ASSERT_FALSE(terms.ok()) << equation;
    EXPECT_NE(terms.status().message().find(words), std::string_view::npos)
        << terms.status().message();
  }
  const auto terms = parse_einsum("ij,jk->ik", two);
  ASSERT_TRUE(terms.ok());
  const Dims a = {2, 3};
  const Dims b = {4, 5};
  const Dims* const dims[] = {&a, &b};
  EXPECT_FALSE(einsum_sizes(*terms, dims).ok());
}

}  // namespace
}  // namespace poacl::kernel_test
