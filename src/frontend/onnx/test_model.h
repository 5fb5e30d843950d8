// Tiny ONNX models for tests.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "onnx/onnx.pb.h"

namespace poacl::onnx_frontend {

class TestModel {
 public:
  explicit TestModel(int64_t opset = 13) {
    model.set_ir_version(8);
    model.mutable_graph()->set_name("tiny");
    if (opset != 0) import_opset("", opset);
  }

  void import_opset(const std::string& domain, int64_t version) {
    auto* entry = model.add_opset_import();
    entry->set_domain(domain);
    entry->set_version(version);
  }

  // A negative dimension is written as a name ("N").
  void input(const std::string& name, const std::vector<int64_t>& dims, int32_t type = 1) {
    fill(*graph().add_input(), name, dims, type);
  }
  void output(const std::string& name) { graph().add_output()->set_name(name); }

  poacl::onnx::Node& node(const std::string& type, std::initializer_list<std::string> inputs,
                          std::initializer_list<std::string> outputs,
                          const std::string& name = {}) {
    auto* node = graph().add_node();
    node->set_op_type(type);
    if (!name.empty()) node->set_name(name);
    for (const auto& input : inputs) node->add_input(input);
    for (const auto& output : outputs) node->add_output(output);
    return *node;
  }

  poacl::onnx::Tensor& initializer(const std::string& name, const std::vector<int64_t>& dims,
                                   const std::vector<float>& values) {
    auto* tensor = graph().add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(1);
    for (const int64_t dim : dims) tensor->add_dims(dim);
    for (const float value : values) tensor->add_float_data(value);
    return *tensor;
  }

  std::string bytes() const { return model.SerializeAsString(); }
  poacl::onnx::Graph& graph() { return *model.mutable_graph(); }

  poacl::onnx::Model model;

 private:
  static void fill(poacl::onnx::ValueInfo& info, const std::string& name,
                   const std::vector<int64_t>& dims, int32_t type) {
    info.set_name(name);
    auto* tensor = info.mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(type);
    tensor->mutable_shape();
    for (const int64_t dim : dims) {
      auto* added = tensor->mutable_shape()->add_dim();
      if (dim < 0) {
        added->set_dim_param("N");
      } else {
        added->set_dim_value(dim);
      }
    }
  }
};

// data [1,3,4,4] -> Relu "first" -> mid -> Relu "second" -> prob.
inline TestModel two_relus(int64_t opset = 13) {
  TestModel test(opset);
  test.input("data", {1, 3, 4, 4});
  test.node("Relu", {"data"}, {"mid"}, "first");
  test.node("Relu", {"mid"}, {"prob"}, "second");
  test.output("prob");
  return test;
}

}  // namespace poacl::onnx_frontend
