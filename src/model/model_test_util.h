// Small models for the tests of this layer and of the C API, and a scratch folder for their files.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/scratch_folder.h"
#include "graph/shape_inference.h"
#include "om/om_model.h"

namespace poacl::model {

inline Tensor floats(Dims dims, float value) {
  const std::vector<float> values(static_cast<size_t>(element_count(dims)), value);
  return Tensor::from<float>(DataType::kFloat, std::move(dims), values);
}

inline OmModel with_graph(Graph graph) {
  OmModel om;
  om.info.model_name = "test";
  om.info.soc_version = "Ascend310P3";
  om.info.input_format = "NCHW";
  om.info.framework = 5;
  om.graph = std::move(graph);
  const Status status = infer_shapes(om.graph);
  if (!status.ok()) throw std::runtime_error(std::string(status.message()));
  return om;
}

// y[n] = exp(relu(x[n])) + 10, z[n] = relu(x[n]); work memory is needed between the steps.
inline OmModel chain_model(int64_t n = 64, const std::string& input_name = "x") {
  Graph graph;
  graph.name = "chain";
  const ValueId x = graph.add_input(input_name, DataType::kFloat, {1, n});
  const NodeId relu = graph.add_node("relu", "Relu", {x}, {"r"});
  const ValueId r = graph.node(relu).outputs[0];
  const NodeId exp = graph.add_node("exp", "Exp", {r}, {"e"});
  const ValueId ten = graph.add_constant("ten", floats({1, n}, 10.0f));
  const NodeId add = graph.add_node("add", "Add", {graph.node(exp).outputs[0], ten}, {"y"});
  graph.node(add).origins = {"Exp_1", "Add_2"};
  graph.outputs = {graph.node(add).outputs[0], r};
  graph.output_names = {"add:0:y", "relu:0:r"};
  return with_graph(std::move(graph));
}

// sum[1,2,3,4] = image[1,2,3,4] + other[1,2,3,4].
inline OmModel image_model() {
  Graph graph;
  graph.name = "image";
  const ValueId a = graph.add_input("image", DataType::kFloat, {1, 2, 3, 4});
  const ValueId b = graph.add_input("other", DataType::kFloat, {1, 2, 3, 4});
  const NodeId add = graph.add_node("plus", "Add", {a, b}, {"sum"});
  graph.outputs = {graph.node(add).outputs[0]};
  graph.output_names = {"plus:0:sum"};
  return with_graph(std::move(graph));
}

class ModelFolder : public ScratchFolder {
 public:
  // Writes the model; the path of the file.
  std::string write(const OmModel& om, const std::string& name = "m.om") const {
    const Status status = write_om(om, file(name));
    if (!status.ok()) throw std::runtime_error(std::string(status.message()));
    return file(name);
  }
};

}  // namespace poacl::model
