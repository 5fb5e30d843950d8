// What every execution checks of its datasets first (spec: model section 5).
#pragma once

#include <string>

#include "capi/mdl_dataset.h"
#include "model/model.h"

namespace poacl::capi {

// How much smaller than its tensor a buffer may be.
inline constexpr size_t kBufferSlack = 64;

// "input 3 (pixels)", for sentences.
std::string port_label(const char* direction, size_t index, const model::Description::Port& port);

// Both datasets hold live buffers (100000), as many as the model has inputs and outputs (145000).
Status check_datasets(const model::Description& description, const Dataset& inputs,
                      const Dataset& outputs);

// A buffer for a tensor of the port's type and of `dims`, `needed` bytes: 145000 when it is too
// small, 100000 when its address is null or not to be touched.
Status check_buffer(const char* direction, size_t index, const model::Description::Port& port,
                    const Dims& dims, size_t needed, const void* data, size_t size);

}  // namespace poacl::capi
