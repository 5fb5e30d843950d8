// The object behind aclmdlDesc.
#pragma once

#include <memory>
#include <string>

#include "acl/acl_mdl.h"
#include "base/status.h"
#include "model/model.h"

namespace poacl::capi {

struct ModelDesc {
  // Null until filled.
  std::shared_ptr<const model::Description> content;
};

enum class Side { kInput, kOutput };

// 100000 for null and for anything that is no live description.
Result<std::shared_ptr<ModelDesc>> find_model_desc(const aclmdlDesc* handle);

// What the description was filled with; 100000 when nothing yet. The handle keeps it alive.
Result<const model::Description*> filled_desc(const aclmdlDesc* handle);

// The input or output at an index; 100000 with the valid range.
Result<const model::Description::Port*> port_at(const aclmdlDesc* handle, Side side, size_t index);

// Fills the structure; 300000 for more dimensions than it holds. `name` is cut to what fits.
Status write_dims(const std::string& name, const Dims& dims, aclmdlIODims* out);

}  // namespace poacl::capi
