// The buffers of one execution, checked against the model (spec: model section 5).
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "base/tensor.h"
#include "capi/mdl_dataset.h"
#include "model/model.h"
#include "runtime/context.h"
#include "runtime/runtime.h"

namespace poacl::capi {

// Pointers in the order of the model's ports. Up to kInlinePorts of each kind need no heap.
class Binding {
 public:
  // Checks both datasets. The order of checks and the codes are those of the specification:
  // 100000 for an element without a buffer, 145000 for a wrong number or a buffer too small.
  Status bind(const model::Description& description, const Dataset& inputs, Dataset& outputs,
              bool allow_empty_outputs);

  // Gives every empty output device memory, which is then the caller's. All or nothing.
  Status allocate_empty_outputs(const runtime::Context& context,
                                const model::Description& description, Dataset& outputs);

  // Of a model with gears: the one the input dataset chose. 0 otherwise.
  size_t gear() const { return gear_; }

  // Runs the model with these buffers, on the calling thread.
  Status run(model::LoadedModel& model, const runtime::TaskContext& task);

 private:
  static constexpr size_t kInlinePorts = 16;

  // The stand-in for a buffer that is a few bytes shorter than its tensor, which the API allows.
  struct Bounce {
    void* user;
    size_t user_bytes;
    void* memory;
    ConstBuffer owner;
    bool output;
  };

  const void** inputs() { return input_count_ <= kInlinePorts ? inline_in_.data() : in_.data(); }
  void** outputs() { return output_count_ <= kInlinePorts ? inline_out_.data() : out_.data(); }
  Status bind_inputs(const model::Description& description, const Dataset& dataset);
  Status bind_outputs(const model::Description& description, const Dataset& dataset,
                      bool allow_empty);
  void* bounce(void* user, size_t user_bytes, size_t needed, bool output);

  size_t gear_ = 0;
  size_t input_count_ = 0;
  size_t output_count_ = 0;
  std::array<const void*, kInlinePorts> inline_in_;
  std::array<void*, kInlinePorts> inline_out_;
  std::vector<const void*> in_;
  std::vector<void*> out_;
  std::vector<Bounce> bounces_;
  bool has_empty_outputs_ = false;
};

// With a tensor description set on any entry: writes each output's real shape, type and format
// into its entry.
void describe_outputs(const model::Description& description, size_t gear, const Dataset& inputs,
                      Dataset& outputs);

}  // namespace poacl::capi
