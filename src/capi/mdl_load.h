// Loading a model from wherever it is, shared by the calls that do it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/status.h"
#include "model/model.h"

namespace poacl::capi {

// Work and weight memory of the caller; a null pointer leaves that part to the system whatever its
// size says. 100000 when the memory cannot be touched.
Status set_memory(void* work, size_t work_size, void* weight, size_t weight_size,
                  model::LoadOptions* options);

// What the device of the calling thread offers; 107002 without a context.
Status set_machine(model::LoadOptions* options);

// 100000 for null, no bytes, or bytes that cannot be read.
Status check_model_bytes(const void* model, size_t size);

// Load for the device of the calling thread (107002 without a context) and write the id.
Status load_file(const char* path, uint32_t* id, model::LoadOptions options);
Status load_memory(const void* model, size_t size, uint32_t* id, model::LoadOptions options);

// Queues to read inputs from and write outputs to: 100000 for a null list or a count of 0, 145008
// for everything else, as no queue exists on these devices.
Status check_queues(const uint32_t* inputs, size_t input_count, const uint32_t* outputs,
                    size_t output_count);

}  // namespace poacl::capi
