// The buffers of one execution of a model whose shapes are known at run time only (spec: model
// section 5, dynamic-shape section 6).
#pragma once

#include <memory>
#include <vector>

#include "capi/mdl_dataset.h"
#include "model/model.h"
#include "runtime/context.h"
#include "runtime/runtime.h"

namespace poacl::capi {

// The datasets must not change until the execution is done: they learn the shapes of the results.
class DynamicBinding final : public OutputSink {
 public:
  // `context`: where empty outputs get their memory; null when they are not allowed (asynchronous
  // execution). It outlives the binding.
  DynamicBinding(std::shared_ptr<const model::Description> description,
                 std::shared_ptr<Dataset> outputs, const runtime::Context* context);
  ~DynamicBinding() override;

  // Checks both datasets and takes the inputs, with the shapes of the descriptions set on them
  // where the model leaves a dimension open. Codes as for models of fixed shape; 100000 for a shape
  // that is missing or not the model's.
  Status bind(const Dataset& inputs);

  // Runs the model on the calling thread. Afterwards each output's entry describes its real shape,
  // and empty outputs have memory of the device, which is then the caller's.
  Status run(model::LoadedModel& model, const runtime::TaskContext& task);

  Result<void*> place(size_t index, DataType dtype, const Dims& dims, size_t bytes) override;
  void give(size_t index, Tensor tensor) override;

 private:
  struct Output {
    std::shared_ptr<DataBuffer> buffer;
    void* data = nullptr;  // of the caller
    size_t size = 0;
    void* allocated = nullptr;  // for an empty buffer, until the execution has succeeded
    ConstBuffer bounce;         // for a buffer a few bytes too small, which the API allows
    Dims dims;
    size_t bytes = 0;
  };

  Result<Tensor> input(size_t index, const Dataset::Entry& entry) const;
  void finish();

  std::shared_ptr<const model::Description> description_;
  std::shared_ptr<Dataset> dataset_;
  const runtime::Context* context_;
  size_t gear_ = 0;
  std::vector<Tensor> inputs_;
  std::vector<Output> outputs_;
};

}  // namespace poacl::capi
