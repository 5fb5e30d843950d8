#include "model/weight_block.h"

#include <cstring>

#include <gtest/gtest.h>

namespace poacl::model {
namespace {

ConstBuffer bytes(const char* text) {
  return ConstBuffer::copy_of(text, std::strlen(text));
}

std::string text(const ConstBuffer& buffer) {
  return {reinterpret_cast<const char*>(buffer.data()), buffer.size()};
}

std::vector<std::unique_ptr<Program>> two_programs() {
  std::vector<std::unique_ptr<Program>> programs;
  const ConstBuffer shared = bytes("shared by both");
  for (const char* own : {"one", "two"}) {
    programs.push_back(std::make_unique<Program>());
    programs.back()->constants = {shared, bytes(own), ConstBuffer()};
  }
  return programs;
}

TEST(WeightBlock, CountsSharedConstantsOnce) {
  const auto programs = two_programs();
  EXPECT_EQ(weight_block_bytes(weights_of(programs)), 3u * 64);
}

TEST(WeightBlock, MovesEveryConstantIntoTheBlock) {
  const auto programs = two_programs();
  alignas(64) char block[3 * 64] = {};
  move_weights(weights_of(programs), block);
  EXPECT_EQ(text(programs[0]->constants[0]), "shared by both");
  EXPECT_EQ(programs[0]->constants[0].data(), programs[1]->constants[0].data());
  EXPECT_EQ(text(programs[0]->constants[1]), "one");
  EXPECT_EQ(text(programs[1]->constants[1]), "two");
  for (const auto& program : programs) {
    for (const ConstBuffer& constant : program->constants) {
      if (constant.size() == 0) continue;
      const auto* at = reinterpret_cast<const char*>(constant.data());
      EXPECT_TRUE(at >= block && at + constant.size() <= block + sizeof(block));
      EXPECT_EQ((at - block) % 64, 0);
    }
  }
}

TEST(WeightBlock, HasRoomForTheConstantsOfGraphs) {
  Graph graph;
  const float values[2] = {1, 2};
  const ValueId id = graph.add_constant(
      "c", Tensor{DataType::kFloat, {2}, ConstBuffer::copy_of(values, sizeof(values))});
  const auto weights = weights_of(std::vector<Graph*>{&graph});
  ASSERT_EQ(weight_block_bytes(weights), 64u);
  alignas(64) char block[64] = {};
  move_weights(weights, block);
  EXPECT_EQ(static_cast<const void*>(graph.value(id).constant->buffer.data()), block);
  EXPECT_EQ(std::memcmp(block, values, sizeof(values)), 0);
}

}  // namespace
}  // namespace poacl::model
