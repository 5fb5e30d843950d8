// Loaded models by id, their descriptions, and running them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/parallel.h"
#include "base/status.h"
#include "dynamic/dynamic_program.h"
#include "exec/program.h"
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
  };
  uint32_t model_id = 0;  // 0: described from a file, not loaded
  std::string name;
  std::vector<Port> inputs;
  std::vector<Port> outputs;
  // Shapes or operands are known at run time only: run_dynamic() runs it.
  bool dynamic = false;
  // "[3]abc[2]de": original framework nodes of each operator that stands for others.
  std::unordered_map<std::string, std::string> origins;
  OmInfo info;
  size_t workspace_bytes = 0;  // on this machine; 0 when not loaded
  size_t weight_bytes = 0;     // of the weights partition
};

// One loaded model. run() may be called from several threads at once: each takes an ExecState
// from a small pool (made at load, grown when more run at once).
class LoadedModel;

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
  // Memory of the caller for weights. Weights are used where the file is mapped, so only its size
  // is checked. Too small: 145000.
  void* weight = nullptr;
  size_t weight_size = 0;
};

// Loads and registers; the id counts up from 1 and is unique for the life of the process. A file
// that cannot be opened is 145002, one that is no usable model 145006 or 145000, no memory 245000.
Result<uint32_t> load_from_file(const std::string& path, const LoadOptions& options = {});
// The bytes are copied (the caller may free them at once).
Result<uint32_t> load_from_memory(const void* data, size_t size, const LoadOptions& options = {});
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

// Runs on the calling thread with `parallel`'s helpers. Buffers hold at least the ports' bytes, in
// the order of the description. Allocates nothing unless more executions than ever run at once.
// For models that are not dynamic.
Status run(LoadedModel& model, std::span<const void* const> inputs, std::span<void* const> outputs,
           ParallelFor& parallel);

// The same for dynamic models: inputs with their shapes, results to where `sink` says once their
// shapes are known. Errors are DynamicProgram's and the sink's.
Status run_dynamic(LoadedModel& model, std::span<const Tensor> inputs, OutputSink& sink,
                   ParallelFor& parallel);

}  // namespace poacl::model
