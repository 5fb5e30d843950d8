// What a kernel is: something that accepts an operator instance (or says why not), may repack its
// constant inputs once, and then runs any number of times without allocating or failing.
//
// Life cycle (after XNNPACK): plan -> pack (constants only) -> run. plan and pack happen at
// compile or load time, on one thread; run happens on any thread, concurrently for different
// executions of one plan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/isa.h"
#include "base/parallel.h"
#include "base/status.h"
#include "base/tensor.h"
#include "base/x86.h"

namespace poacl {

// One operator to be computed: type and attributes under Ascend's IR names (graph/op_def.h).
// Layouts of `inputs` are what the producers offer; a plan may ask for others.
struct OpInstance {
  std::string_view type;
  const AttrMap* attrs = nullptr;
  std::span<const TensorDesc> inputs;        // absent optional inputs have dtype kUndefined
  std::span<const Tensor* const> constants;  // parallel to inputs; null unless constant
  std::span<const TensorDesc> outputs;       // plain layout; all dims known
};

struct PlanContext {
  int workers = 1;  // largest ParallelFor::width() the plan will be run with
};

// What plan() fills in. Everything in `params` is a trivially copyable struct of the kernel's own.
struct KernelPlan {
  std::vector<std::byte> params;
  std::vector<Layout> input_layouts;   // required order of each input; default: all plain
  std::vector<Layout> output_layouts;  // order of what run() writes; default: all plain
  struct Packed {
    int input;     // index of the constant input that run() wants in packed form
    size_t bytes;  // size of that form
  };
  std::vector<Packed> packed;
  size_t scratch_bytes = 0;  // 64-byte aligned scratch given to run(); for all workers together
  bool in_place = false;     // outputs[0] may be the very buffer of in_place_input
  int in_place_input = 0;

  template <typename T>
  void set_params(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    params.resize(sizeof(T));
    std::memcpy(params.data(), &value, sizeof(T));
  }
  template <typename T>
  const T& get_params() const {
    static_assert(std::is_trivially_copyable_v<T>);
    return *reinterpret_cast<const T*>(params.data());
  }
};

// Pointers of one run. Packed inputs arrive packed; absent optional inputs are null. Every tensor
// starts on a 64-byte boundary except user buffers, which may start anywhere.
struct KernelArgs {
  const void* params;
  const void* const* inputs;
  void* const* outputs;
  std::byte* scratch;
  ParallelFor* parallel;

  template <typename T>
  const T& get_params() const {
    return *static_cast<const T*>(params);
  }
};

// Returned by plan() for "not me": the reason is printed by POACL_VERBOSE=1.
inline constexpr int32_t kDeclined = -1;
inline Status declined(std::string reason) {
  return Status(kDeclined, std::move(reason));
}

struct KernelImpl {
  const char* op;    // Ascend IR type, e.g. "Conv2D"
  const char* name;  // unique and stable: "conv2d.direct.avx512"; stored in .om files
  Isa isa;           // least instruction set
  Status (*plan)(const OpInstance& op, const PlanContext& context, KernelPlan* plan);
  // Writes the packed form of constant input `input` to dst (plan.packed bytes, 64-byte aligned,
  // zeroed). Null when the kernel packs nothing. The form is kept in .om files under the kernel's
  // name and shared between the sizes of a model: it may depend on constants, attributes, layouts,
  // ranks and channels only (not on other sizes, workers or caches), and a change of it needs a new
  // name.
  void (*pack)(const OpInstance& op, const KernelPlan& plan, int input, void* dst);
  void (*run)(const KernelArgs& args);
  // Whether plan() knows the Bf16 layouts as inputs; to others they are offered at full width.
  bool reads_bf16 = false;
};

// Attribute (a DataType) of float operators that may multiply in a lesser type, kBfloat16; sums and
// everything else stay float. Set by compile/set_precision.h; kernels are free to ignore it.
inline constexpr std::string_view kComputeTypeAttr = "_poacl_compute_type";

inline bool may_compute_in_bf16(const OpInstance& op) {
  const DataType* type = op.attrs->find<DataType>(kComputeTypeAttr);
  return type != nullptr && *type == DataType::kBfloat16;
}

// The implementations of an operator, best first, reference last; empty when there is none.
std::span<const KernelImpl* const> kernels_for(std::string_view op_type);

// By stable name; null when this build has none of that name.
const KernelImpl* find_kernel(std::string_view name);

}  // namespace poacl
