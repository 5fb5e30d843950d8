// The object behind aclmdlConfigHandle: how a model is to be loaded.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "acl/acl_mdl.h"
#include "base/status.h"
#include "model/model.h"

namespace poacl::capi {

struct LoadConfig {
  int32_t priority = 0;
  size_t load_type = 0;  // 0: not said
  std::string path;
  void* memory = nullptr;
  size_t memory_size = 0;
  void* weight = nullptr;
  size_t weight_size = 0;
  void* work = nullptr;
  size_t work_size = 0;
  const uint32_t* input_queues = nullptr;
  size_t input_queue_count = 0;
  const uint32_t* output_queues = nullptr;
  size_t output_queue_count = 0;
  std::string weight_path;
  bool without_graph = false;
  std::vector<model::ExternalWeight> external_weights;
};

// Settings may be changed by one thread while another loads with them.
struct ConfigHandle {
  std::mutex mutex;
  LoadConfig config;
};

// A copy of what the handle says; 100000 for null and for anything that is no live handle.
Result<LoadConfig> find_config(const aclmdlConfigHandle* handle);

// What the settings say besides where the model is.
Result<model::LoadOptions> load_options(const LoadConfig& config, bool with_memory);

}  // namespace poacl::capi
