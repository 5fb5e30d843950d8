#include "dynamic/dynamic_program.h"

#include <cmath>
#include <thread>

#include "dynamic/dynamic_test_util.h"

namespace poacl {
namespace {

using Floats = std::vector<float>;

// y = relu(x) + bias, x of any number of rows.
Graph open_rows() {
  Graph graph;
  graph.name = "open_rows";
  const ValueId x = graph.add_input("x", DataType::kFloat, {-1, 3});
  const ValueId bias = graph.add_constant("bias", floats({3}, {10, 20, 30}));
  finish(graph, {add(graph, "add", "Add", {add(graph, "relu", "Relu", {x}), bias})});
  return graph;
}

// y = reshape(x * 2, shape), shape given at run time.
Graph reshaped() {
  Graph graph;
  graph.name = "reshaped";
  const ValueId x = graph.add_input("x", DataType::kFloat, {2, 6});
  const ValueId shape = graph.add_input("shape", DataType::kInt64, {2});
  const ValueId two = graph.add_constant("two", floats({}, {2}));
  finish(graph, {add(graph, "reshape", "Reshape", {add(graph, "mul", "Mul", {x, two}), shape})});
  return graph;
}

// The position of the largest element of each row decides how much of `data` is kept.
Graph sliced_by_result() {
  Graph graph;
  graph.name = "sliced_by_result";
  const ValueId x = graph.add_input("x", DataType::kFloat, {1, 5});
  const ValueId data = graph.add_input("data", DataType::kFloat, {8});
  const ValueId axis = graph.add_constant("axis", ints({}, {1}));
  const ValueId zero = graph.add_constant("zero", ints({1}, {0}));
  AttrMap attrs;
  attrs.set("dtype", DataType::kInt64);
  const ValueId best = add(graph, "best", "ArgMaxV2", {x, axis}, attrs);
  const ValueId doubled = add(graph, "double", "Add", {data, data});
  finish(graph, {add(graph, "slice", "StridedSliceV2", {doubled, zero, best}), best});
  return graph;
}

TEST(DynamicProgram, StaticGraphsDoNotNeedIt) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {2, 3});
  const ValueId shape = graph.add_constant("shape", ints({2}, {3, 2}));
  finish(graph, {add(graph, "reshape", "Reshape", {x, shape})});
  EXPECT_FALSE(needs_dynamic(graph));
  EXPECT_TRUE(needs_dynamic(open_rows()));
  EXPECT_TRUE(needs_dynamic(reshaped()));
  EXPECT_TRUE(needs_dynamic(sliced_by_result()));
}

TEST(DynamicProgram, UnknownInputDimensionsAreOneStage) {
  const auto program = make_program(open_rows());
  ASSERT_NE(program, nullptr);
  EXPECT_EQ(program->plan_count(), 0u);
  for (int round = 0; round < 2; ++round) {
    const auto one = run(*program, {floats({1, 3}, {-1, 2, 3})});
    EXPECT_EQ(one[0].dims, Dims({1, 3}));
    EXPECT_EQ(values_of<float>(one[0]), Floats({10, 22, 33}));
    const auto two = run(*program, {floats({2, 3}, {1, 1, 1, -5, -5, -5})});
    EXPECT_EQ(two[0].dims, Dims({2, 3}));
    EXPECT_EQ(values_of<float>(two[0]), Floats({11, 21, 31, 10, 20, 30}));
  }
  EXPECT_EQ(program->plan_count(), 2u);
}

TEST(DynamicProgram, EmptyInputsGiveEmptyOutputs) {
  const auto program = make_program(open_rows());
  const auto none = run(*program, {floats({0, 3}, {})});
  EXPECT_EQ(none[0].dims, Dims({0, 3}));
  EXPECT_EQ(none[0].count(), 0);
}

TEST(DynamicProgram, OperandsByValueComeAtRunTime) {
  const auto program = make_program(reshaped());
  const Tensor x = ramp({2, 6});
  const auto wide = run(*program, {x, ints({2}, {3, -1})});
  EXPECT_EQ(wide[0].dims, Dims({3, 4}));
  EXPECT_EQ(values_of<float>(wide[0])[11], 22.0f);
  const auto tall = run(*program, {x, ints({2}, {12, 1})});
  EXPECT_EQ(tall[0].dims, Dims({12, 1}));
  EXPECT_EQ(values_of<float>(tall[0])[11], 22.0f);
  EXPECT_EQ(program->plan_count(), 2u);
}

TEST(DynamicProgram, ResultsDecideShapesOfLaterStages) {
  const auto program = make_program(sliced_by_result());
  EXPECT_EQ(program->plan_count(), 1u);  // the first stage needs no value
  const Tensor data = ramp({8}, 1);
  const auto three = run(*program, {floats({1, 5}, {0, 1, 2, 9, 4}), data});
  EXPECT_EQ(values_of<float>(three[0]), Floats({2, 4, 6}));
  EXPECT_EQ(values_of<int64_t>(three[1]), std::vector<int64_t>({3}));
  const auto none = run(*program, {floats({1, 5}, {9, 1, 2, 3, 4}), data});
  EXPECT_EQ(none[0].dims, Dims({0}));
  EXPECT_EQ(run(*program, {floats({1, 5}, {7, 8, 9, 10, 4}), data})[0].dims, Dims({3}));
  EXPECT_EQ(program->plan_count(), 3u);
}

TEST(DynamicProgram, ShapeArithmeticNeedsNoStageOfItsOwn) {
  // y = reshape(x, [size(x) / 2, 2]).
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {-1, -1});
  const ValueId two = graph.add_constant("two", ints({1}, {2}));
  const ValueId one = graph.add_constant("one", ints({1}, {1}));
  const ValueId size = add(graph, "size", "Size", {x});
  const ValueId size1 = add(graph, "size1", "Reshape", {size, one});
  const ValueId half = add(graph, "half", "RealDiv", {size1, two});
  AttrMap attrs;
  attrs.set("concat_dim", int64_t{0});
  const ValueId shape = add(graph, "shape", "ConcatD", {half, two}, attrs);
  finish(graph, {add(graph, "y", "Reshape", {x, shape})});
  const auto program = make_program(std::move(graph));
  const auto out = run(*program, {ramp({4, 3})});
  EXPECT_EQ(out[0].dims, Dims({6, 2}));
  EXPECT_EQ(program->plan_count(), 1u);
}

TEST(DynamicProgram, OutputsThatAreInputsConstantsOrTwice) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {-1});
  const ValueId c = graph.add_constant("c", floats({2}, {5, 6}));
  const ValueId y = add(graph, "relu", "Relu", {x});
  finish(graph, {x, c, y, y});
  const auto program = make_program(std::move(graph));
  std::vector<float> memory = {-1, 2};
  std::vector<Tensor> outputs;
  {
    const Tensor borrowed{DataType::kFloat, {2}, ConstBuffer(nullptr, memory.data(), 8)};
    SerialFor serial;
    ASSERT_TRUE(program->run(std::vector<Tensor>{borrowed}, &outputs, serial).ok());
  }
  memory = {7, 7};  // results must not share the caller's bytes
  EXPECT_EQ(values_of<float>(outputs[0]), Floats({-1, 2}));
  EXPECT_EQ(values_of<float>(outputs[1]), Floats({5, 6}));
  EXPECT_EQ(values_of<float>(outputs[2]), Floats({0, 2}));
  EXPECT_EQ(values_of<float>(outputs[3]), Floats({0, 2}));
}

TEST(DynamicProgram, SinkGivesMemoryAndMayRefuse) {
  struct Sink final : OutputSink {
    std::vector<float> memory = std::vector<float>(6, -1);
    bool refuse = false;
    Dims dims;
    Result<void*> place(size_t, DataType, const Dims& d, size_t bytes) override {
      if (refuse) return Status(145000, "too small");
      dims = d;
      EXPECT_EQ(bytes, 24u);
      return static_cast<void*>(memory.data());
    }
    void give(size_t, Tensor) override { ADD_FAILURE(); }
  } sink;
  const auto program = make_program(open_rows());
  SerialFor serial;
  const std::vector<Tensor> inputs = {ramp({2, 3})};
  ASSERT_TRUE(program->run(inputs, sink, serial).ok());
  EXPECT_EQ(sink.dims, Dims({2, 3}));
  EXPECT_EQ(sink.memory, Floats({10, 21, 32, 13, 24, 35}));
  sink.refuse = true;
  EXPECT_EQ(program->run(inputs, sink, serial).code(), 145000);
}

TEST(DynamicProgram, ErrorsNameTheNodeAndItsNumbers) {
  const auto program = make_program(reshaped());
  const Status mismatch = run_status(*program, {ramp({2, 6}), ints({2}, {5, -1})});
  EXPECT_EQ(mismatch.code(), 145021);
  EXPECT_NE(mismatch.message().find("node 'reshape' (Reshape)"), std::string_view::npos)
      << mismatch.message();
  EXPECT_NE(mismatch.message().find("[5,-1]"), std::string_view::npos) << mismatch.message();
  EXPECT_EQ(run_status(*program, {ramp({2, 5}), ints({2}, {5, -1})}).code(), 145021);
  EXPECT_EQ(run_status(*program, {ramp({2, 6}), floats({2}, {5, -1})}).code(), 145021);
  EXPECT_EQ(run_status(*program, {ramp({2, 6})}).code(), 145000);
  // After errors the program runs as before.
  EXPECT_EQ(run(*program, {ramp({2, 6}), ints({2}, {6, 2})})[0].dims, Dims({6, 2}));
}

Graph expanded() {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {1});
  const ValueId shape = graph.add_input("shape", DataType::kInt64, {2});
  finish(graph, {add(graph, "expand", "Expand", {x, shape})});
  return graph;
}

TEST(DynamicProgram, MemoryOfOneExecutionIsBounded) {
  DynamicOptions options;
  options.memory_limit = 1 << 20;
  const auto program = make_program(expanded(), options);
  EXPECT_EQ(run(*program, {floats({1}, {3}), ints({2}, {100, 100})})[0].count(), 10000);
  const Status large = run_status(*program, {floats({1}, {3}), ints({2}, {1000, 1000})});
  EXPECT_EQ(large.code(), 245000);
  EXPECT_NE(large.message().find("4000000 bytes"), std::string_view::npos) << large.message();
  EXPECT_EQ(run_status(*program, {floats({1}, {3}), ints({2}, {INT64_MAX, 2})}).code(), 145021);
  EXPECT_EQ(run_status(*program, {floats({1}, {3}), ints({2}, {-7, 2})}).code(), 145021);
  EXPECT_EQ(run(*program, {floats({1}, {3}), ints({2}, {1, 2})})[0].count(), 2);
}

TEST(DynamicProgram, PlansAreBounded) {
  const auto program = make_program(open_rows());
  for (int64_t rows = 1; rows <= 100; ++rows) {
    const auto out = run(*program, {ramp({rows, 3})});
    ASSERT_EQ(out[0].dims, Dims({rows, 3}));
  }
  EXPECT_EQ(program->plan_count(), 64u);
}

TEST(DynamicProgram, OneConstantServesManyShapes) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {-1, 4});
  const ValueId w = graph.add_constant("w", ramp({4, 3}));
  finish(graph, {add(graph, "matmul", "MatMulV2", {x, w})});
  DynamicOptions options;
  options.isa = active_isa();
  const auto program = make_program(std::move(graph), options);
  for (const int64_t rows : {1, 7, 33}) {
    const auto out = run(*program, {floats({rows, 4}, Floats(static_cast<size_t>(rows) * 4, 1))});
    EXPECT_EQ(values_of<float>(out[0])[static_cast<size_t>(rows - 1) * 3], 0.0f + 3 + 6 + 9);
  }
  EXPECT_EQ(program->packed().size(), 1u);
}

// A matrix reshaped by a run-time value is another constant in every plan.
TEST(DynamicProgram, ConstantsOfOnePlanAreNotUsedInAnother) {
  Graph graph;
  const ValueId x = graph.add_input("x", DataType::kFloat, {-1, -1});
  const ValueId shape = graph.add_input("shape", DataType::kInt64, {2});
  const ValueId w = graph.add_constant("w", ramp({4, 6}));
  const ValueId m = add(graph, "reshape", "Reshape", {w, shape});
  finish(graph, {add(graph, "matmul", "MatMulV2", {x, m})});
  DynamicOptions options;
  options.isa = active_isa();
  const auto program = make_program(std::move(graph), options);
  for (int round = 0; round < 2; ++round) {
    const auto a = run(*program, {floats({1, 4}, {0, 1, 0, 0}), ints({2}, {4, 6})});
    EXPECT_EQ(values_of<float>(a[0]), Floats({6, 7, 8, 9, 10, 11}));
    const auto b = run(*program, {floats({1, 6}, {0, 1, 0, 0, 0, 0}), ints({2}, {6, 4})});
    EXPECT_EQ(values_of<float>(b[0]), Floats({4, 5, 6, 7}));
  }
}

TEST(DynamicProgram, ManyThreadsRunOneProgram) {
  const auto program = make_program(sliced_by_result());
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        const int best = (t + i) % 5;
        Floats x(5, 0);
        x[static_cast<size_t>(best)] = 1;
        std::vector<Tensor> outputs;
        SerialFor serial;
        const std::vector<Tensor> inputs = {floats({1, 5}, x), ramp({8}, static_cast<float>(t))};
        const bool ok = program->run(inputs, &outputs, serial).ok() &&
                        outputs[0].dims == Dims({best}) &&
                        (best == 0 || outputs[0].as<float>()[0] == 2.0f * static_cast<float>(t));
        if (!ok) ++wrong[static_cast<size_t>(t)];
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(DynamicProgram, UnknownOperatorsAreRefused) {
  Graph graph = open_rows();
  graph.nodes()[0].type = "NoSuchOperator";
  const auto program = DynamicProgram::make(std::move(graph), {});
  ASSERT_FALSE(program.ok());
  EXPECT_NE(program.status().message().find("NoSuchOperator"), std::string_view::npos);
}

}  // namespace
}  // namespace poacl
