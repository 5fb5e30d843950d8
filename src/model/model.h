// Loaded models by id, their descriptions, and running them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/parallel.h"
#include "base/status.h"
#include "dynamic/dynamic_program.h"
#include "exec/program.h"
#include "model/aipp_port.h"
#include "om/om_model.h"

namespace poacl::model {

// Immutable description of one model; shared by the loaded model and by every aclmdlDesc filled
// from it.
struct Description {
  struct Port {
    std::string name;
    // What aclmdlIODims carries: the name, or a short one made from the model's id when the name
    // does not fit its 128 bytes.
    std::string dims_name;
    DataType dtype = DataType::kUndefined;
    int32_t format = 2;  // aclFormat; ND
    Dims dims;           // -1: known at run time only; {-2}: not even the rank is
    size_t bytes = 0;    // of the largest shape it can have; 0 when that has no bound
    bool fixed = true;   // every dimension is known
    // By dimension, what it may be at execution; empty in models of fixed shape and with gears.
    std::vector<DimRange> range;
    std::shared_ptr<const AippPort> aipp;  // null without AIPP; inputs only
  };
  // The shapes the model was converted for. `inputs` has one more entry then, the last, which
  // chooses the gear; its own inputs come before and have dims of -1 where gears differ. `outputs`
  // are those of the largest gear.
  struct Gear {
    std::vector<int64_t> values;  // a batch size; height and width; or a size per open dimension
    std::vector<Dims> inputs;     // without the one that chooses
    std::vector<Dims> outputs;    // -1: known at run time only
    std::vector<size_t> input_bytes;
    std::vector<size_t> output_bytes;  // 0 when unknown
  };
  GearKind gear_kind = GearKind::kNone;
  std::vector<Gear> gears;
  size_t largest_gear = 0;
  std::vector<size_t> gear_order;  // inputs in the order of conversion

  size_t gear_input() const { return inputs.size() - 1; }  // of a model with gears
  // Inputs that execution reads; the one that chooses the gear is not among them.
  size_t data_inputs() const { return inputs.size() - (gears.empty() ? 0 : 1); }
  // Of one gear (0 in a model without gears).
  const Dims& input_dims(size_t gear, size_t i) const {
    return gears.empty() ? inputs[i].dims : gears[gear].inputs[i];
  }
  const Dims& output_dims(size_t gear, size_t i) const {
    return gears.empty() ? outputs[i].dims : gears[gear].outputs[i];
  }
  size_t input_bytes(size_t gear, size_t i) const {
    return gears.empty() ? inputs[i].bytes : gears[gear].input_bytes[i];
  }
  size_t output_bytes(size_t gear, size_t i) const {
    return gears.empty() ? outputs[i].bytes : gears[gear].output_bytes[i];
  }
  uint32_t model_id = 0;  // 0: described from a file, not loaded
  std::string name;
  std::vector<Port> inputs;
  std::vector<Port> outputs;
  // Shapes or operands are known at run time only: run_dynamic() runs it.
  bool dynamic = false;
  bool has_dynamic_aipp = false;
  // "[3]abc[2]de": original framework nodes of each operator that stands for others.
  std::unordered_map<std::string, std::string> origins;
  OmInfo info;
  size_t workspace_bytes = 0;  // on this machine; 0 when not loaded
  size_t weight_bytes = 0;     // of the weights partition
};

// One loaded model. run() may be called from several threads at once: each takes an ExecState
// from a small pool (made at load, grown when more run at once).
class LoadedModel;

// A file of weights that is in memory of the caller, which outlives the model.
struct ExternalWeight {
  std::string file;  // its name without folders
  const void* data = nullptr;
  size_t size = 0;
};

struct LoadOptions {
  // Largest ParallelFor::width() it will run with.
  int workers = 1;
  // What one execution of a dynamic model may hold: the device's memory.
  size_t memory_limit = size_t{1} << 40;
  // Memory of the caller for activations, used by one execution at a time (others allocate their
  // own). It must outlive the model. A dynamic model has no use for it. Too small: 145000. Null:
  // allocated here.
  void* work = nullptr;
  size_t work_size = 0;
  // Memory of the caller that the weights are copied to and used from; it must outlive the model.
  // Several models loaded from one file may share it. Too small: 145000. Null: they are used where
  // the file is mapped.
  void* weight = nullptr;
  size_t weight_size = 0;
  uint32_t priority = 0;  // 0 to 7, the smaller the sooner
  // False: what is known of single operators is dropped. 145000 for a dynamic model.
  bool keep_graph = true;
  std::string file;  // name of the model's file without folders and ending, for dumps
  // Where files of weights are. Empty: `weight` beside the model's file.
  std::string weight_folder;
  std::vector<ExternalWeight> external_weights;  // looked at first
};

// Loads and registers; the id counts up from 1 and is unique for the life of the process. A file
// that cannot be opened is 145002, one that is no usable model 145006 or 145000, no memory 245000.
Result<uint32_t> load_from_file(const std::string& path, const LoadOptions& options = {});
// The bytes are copied (the caller may free them at once).
Result<uint32_t> load_from_memory(const void* data, size_t size, const LoadOptions& options = {});
// The same without a copy: `owner` keeps the bytes alive. `name` is for sentences.
Result<uint32_t> load_from_owned(std::shared_ptr<const void> owner, const void* data, size_t size,
                                 std::string_view name, const LoadOptions& options);
// The id that the next model would get, which is then never given to one.
uint32_t next_model_id();
// Model stays alive until its running executions are done. 145003 for an unknown id.
Status unload(uint32_t id);
Result<std::shared_ptr<LoadedModel>> find_model(uint32_t id);

// Without loading. Codes as for loading.
Result<std::shared_ptr<const Description>> describe_file(const std::string& path);
Result<std::shared_ptr<const Description>> describe_memory(const void* data, size_t size);

struct Sizes {
  size_t workspace = 0;
  size_t weight = 0;
};
// What LoadOptions must offer on this machine for `workers`.
Result<Sizes> query_size_file(const std::string& path, int workers);
Result<Sizes> query_size_memory(const void* data, size_t size, int workers);

const std::shared_ptr<const Description>& description(const LoadedModel& model);
// LoadOptions::priority, which may be changed later. Any thread.
std::atomic<uint32_t>& priority(LoadedModel& model);

// The task that an execution is, in the numbers that reports of failures use; 0 for an execution on
// the caller's thread.
struct RunTask {
  uint32_t device = 0;
  uint32_t stream = 0;
  uint32_t task = 0;
};

struct OpTensor {
  DataType dtype = DataType::kUndefined;
  int32_t format = 2;  // aclFormat; ND
  Dims dims;
  const void* address = nullptr;  // null when it lies in work memory
};

struct OpInfo {
  std::string name;
  std::vector<OpTensor> inputs;
  std::vector<OpTensor> outputs;
};

// The operator that a task was at: the last one when it is done, the first one when it is not. Of
// the newest thousand executions that were tasks. 500002 for another task, a model that was
// unloaded or loaded without its graph, and a dynamic model.
Result<OpInfo> find_operator(const RunTask& task);

// Runs on the calling thread with `parallel`'s helpers. Buffers hold at least the ports' bytes, in
// the order of the description. Allocates nothing unless more executions than ever run at once.
// For models that are not dynamic. `gear` is 0 in models without gears; the inputs do not include
// the one that chooses it.
// `task` is for dumps and look-ups.
Status run(LoadedModel& model, size_t gear, std::span<const void* const> inputs,
           std::span<void* const> outputs, ParallelFor& parallel, const RunTask& task = {});
inline Status run(LoadedModel& model, std::span<const void* const> inputs,
                  std::span<void* const> outputs, ParallelFor& parallel) {
  return run(model, 0, inputs, outputs, parallel);
}

// The same for dynamic models: inputs with their shapes, results to where `sink` says once their
// shapes are known. Errors are DynamicProgram's and the sink's.
Status run_dynamic(LoadedModel& model, size_t gear, std::span<const Tensor> inputs,
                   OutputSink& sink, ParallelFor& parallel, const RunTask& task = {});
inline Status run_dynamic(LoadedModel& model, std::span<const Tensor> inputs, OutputSink& sink,
                          ParallelFor& parallel) {
  return run_dynamic(model, 0, inputs, sink, parallel);
}

// The gear that was chosen last for the model by whatever dataset, for aclmdlGetCurOutputDims;
// nothing before the first choice. Any thread.
void set_current_gear(LoadedModel& model, size_t gear);
std::optional<size_t> current_gear(const LoadedModel& model);

}  // namespace poacl::model
