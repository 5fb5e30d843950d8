// A small model with every kind of attribute, and a scratch folder.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "base/scratch_folder.h"
#include "om/om_model.h"

namespace poacl::om {

inline Tensor float_tensor(Dims dims, float first = 0.0f) {
  std::vector<float> values(static_cast<size_t>(element_count(dims)));
  std::iota(values.begin(), values.end(), first);
  return Tensor::from<float>(DataType::kFloat, std::move(dims), values);
}

inline void set_shape(Graph& graph, ValueId id, Dims dims, DataType dtype = DataType::kFloat) {
  graph.value(id).dtype = dtype;
  graph.value(id).dims = std::move(dims);
  graph.value(id).shape_known = true;
}

// data[1,3,4,4] -> Conv2D (weights, bias) -> Relu -> two outputs; one optional input is absent.
inline OmModel sample_model() {
  OmModel model;
  model.info.model_name = "sample";
  model.info.soc_version = "Ascend310P3";
  model.info.atc_cmdline = "atc --model=sample.onnx --framework=5";
  model.info.atc_version = "0.1.0";
  model.info.packed_isa = "avx2";
  model.info.framework = 5;
  model.info.memory_size = 4096;
  model.info.input_format = "NCHW";
  Graph& graph = model.graph;
  graph.name = "sample_graph";
  const ValueId data = graph.add_input("data", DataType::kFloat, {1, 3, 4, 4});
  const ValueId weight = graph.add_constant("conv.weight", float_tensor({5, 3, 1, 1}));
  const ValueId bias = graph.add_constant("conv.bias", float_tensor({5}, 100));
  AttrMap attrs;
  attrs.set("strides", std::vector<int64_t>{1, 1, 1, 1});
  attrs.set("empty_ints", std::vector<int64_t>{});
  attrs.set("empty_floats", std::vector<float>{});
  attrs.set("empty_strings", std::vector<std::string>{});
  attrs.set("groups", int64_t{1});
  attrs.set("negative", int64_t{-7});
  attrs.set("alpha", 0.25f);
  attrs.set("flag", true);
  attrs.set("data_format", std::string("NCHW"));
  attrs.set("scales", std::vector<float>{1.5f, -2.0f});
  attrs.set("names", std::vector<std::string>{"a", "", "c"});
  attrs.set("dst_type", DataType::kFloat16);
  attrs.set("table", float_tensor({2, 2}, 7));
  auto body = std::make_shared<Graph>();
  body->name = "body";
  const ValueId x = body->add_input("x", DataType::kInt64, {2});
  const ValueId one = body->add_constant("one", float_tensor({1}, 1));
  const NodeId add = body->add_node("body_add", "Add", {x, one}, {"y"});
  set_shape(*body, body->node(add).outputs[0], {2}, DataType::kInt64);
  body->outputs = {body->node(add).outputs[0]};
  body->output_names = {"body_add:0:y"};
  attrs.set("branch", std::shared_ptr<const Graph>(body));
  const NodeId conv = graph.add_node("conv", "Conv2D", {data, weight, bias, kNoValue}, {"conv_out"},
                                     std::move(attrs));
  graph.node(conv).origins = {"/conv/Conv", "/bn/BatchNormalization"};
  const ValueId conv_out = graph.node(conv).outputs[0];
  set_shape(graph, conv_out, {1, 5, 4, 4});
  const NodeId relu = graph.add_node("relu", "Relu", {conv_out}, {"out"});
  set_shape(graph, graph.node(relu).outputs[0], {1, 5, 4, 4});
  graph.outputs = {graph.node(relu).outputs[0], conv_out};
  graph.output_names = {"relu:0:out", "conv:0:conv_out"};
  const Tensor packed = float_tensor({3, 7}, 40);
  model.packed.push_back({"conv#1@conv2d.direct.avx2", packed.buffer});
  model.packed.push_back({"relu#0@odd", ConstBuffer::copy_of("abc", 3)});
  return model;
}

}  // namespace poacl::om
