// Runs eager operators without the engine.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "graph/eager_op.h"

namespace poacl {

class TestEagerContext : public EagerContext {
 public:
  using RunBody =
      std::function<Status(const Graph&, std::span<const Tensor>, std::vector<Tensor>*)>;

  explicit TestEagerContext(RunBody run_body = nullptr) : run_body_(std::move(run_body)) {}

  ParallelFor& parallel() override { return serial_; }
  Result<Tensor> allocate(DataType dtype, Dims dims, void** writable) override {
    const size_t bytes = static_cast<size_t>(element_count(dims)) * data_type_size(dtype);
    return Tensor{dtype, std::move(dims), ConstBuffer::allocate(bytes, writable)};
  }
  Status run_body(const Graph& body, std::span<const Tensor> inputs,
                  std::vector<Tensor>* outputs) override {
    return run_body_ ? run_body_(body, inputs, outputs) : Status(1, "no body was expected");
  }

 private:
  SerialFor serial_;
  RunBody run_body_;
};

// Runs the operator on the inputs (dtype kUndefined: absent) and returns `count` outputs.
inline Status run_eager(TestEagerContext& context, std::string type, AttrMap attrs,
                        const std::vector<Tensor>& inputs, size_t count,
                        std::vector<Tensor>* outputs) {
  Node node;
  node.name = "n";
  node.type = std::move(type);
  node.attrs = std::move(attrs);
  std::vector<const Tensor*> pointers;
  for (const Tensor& input : inputs) {
    pointers.push_back(input.dtype == DataType::kUndefined ? nullptr : &input);
  }
  outputs->assign(count, Tensor());
  return find_eager_op(node.type)->run(node, pointers, outputs, context);
}

}  // namespace poacl
