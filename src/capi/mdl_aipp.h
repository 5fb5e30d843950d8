// The object behind aclmdlAIPP: a parameter block as the model's input holds it.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "acl/acl_mdl.h"
#include "base/status.h"
#include "kernels/aipp/aipp_block.h"

namespace poacl::capi {

// One thread at a time sets it.
struct AippSettings {
  explicit AippSettings(uint64_t batch);

  aipp::BlockHeader header{};
  std::vector<aipp::BlockRecord> records;  // one for each picture of the batch

  // The block's bytes, in order.
  std::vector<std::byte> block() const;
};

// 100000 for null and for anything that is no live AIPP settings.
Result<std::shared_ptr<AippSettings>> find_aipp_settings(const aclmdlAIPP* handle);

}  // namespace poacl::capi
