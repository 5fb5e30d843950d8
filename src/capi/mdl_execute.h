// Queueing an execution on a stream, shared by the calls that do it.
#pragma once

#include <cstdint>
#include <memory>

#include "acl/acl_mdl.h"
#include "base/status.h"
#include "runtime/stream.h"

namespace poacl::capi {

// Checks everything, queues and returns the stream of the handle. The task shares the datasets and
// the model. With `fill_empty`, outputs of address 0 and size 0 get memory of the device; the
// caller then waits for the stream. `api` must live for ever.
Result<std::shared_ptr<runtime::Stream>> queue_execution(const char* api, uint32_t id,
                                                         const aclmdlDataset* input,
                                                         aclmdlDataset* output, aclrtStream stream,
                                                         bool fill_empty);

}  // namespace poacl::capi
