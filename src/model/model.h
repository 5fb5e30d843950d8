// Loaded models by id, their descriptions, and running them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/parallel.h"
#include "base/status.h"
#include "exec/program.h"
#include "om/om_model.h"

namespace poacl::model {

// Immutable description of one model; shared by the loaded model and by every aclmdlDesc filled
// from it.
struct Description {
  struct Port {
    std::string name;
    DataType dtype = DataType::kUndefined;
    int32_t format = 2;  // aclFormat; ND
    Dims dims;
    size_t bytes = 0;
  };
  uint32_t model_id = 0;
  std::string name;
  std::vector<Port> inputs;
  std::vector<Port> outputs;
  OmInfo info;
  size_t workspace_bytes = 0;
  size_t weight_bytes = 0;
};

// One loaded model. run() may be called from several threads at once: each takes an ExecState
// from a small pool (made at load, grown when more run at once).
class LoadedModel;

// Loads and registers; the id is unique for the life of the process.
Result<uint32_t> load_from_file(const std::string& path);
// The bytes are copied (the caller may free them at once).
Result<uint32_t> load_from_memory(const void* data, size_t size);
// Model stays alive until its running executions are done. 145003 for an unknown id.
Status unload(uint32_t id);
Result<std::shared_ptr<LoadedModel>> find_model(uint32_t id);

std::shared_ptr<const Description> description(const LoadedModel& model);
Status run(LoadedModel& model, std::span<const void* const> inputs, std::span<void* const> outputs,
           ParallelFor& parallel);

}  // namespace poacl::model
