// The tensor format an input is labelled with.
#pragma once

#include <string_view>

#include "acl/acl_base.h"
#include "base/tensor.h"

namespace poacl::om {

// aclFormat of a model input: the model's label for 4-D (5-D) inputs, ND for all others.
inline int32_t input_format_number(const Dims& dims, std::string_view label) noexcept {
  if (dims.size() == 4 && label == "NCHW") return ACL_FORMAT_NCHW;
  if (dims.size() == 4 && label == "NHWC") return ACL_FORMAT_NHWC;
  if (dims.size() == 5 && label == "NCDHW") return ACL_FORMAT_NCDHW;
  if (dims.size() == 5 && label == "NDHWC") return ACL_FORMAT_NDHWC;
  return ACL_FORMAT_ND;
}

}  // namespace poacl::om
