// The object behind aclTensorDesc.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "acl/acl_base.h"
#include "base/status.h"
#include "base/tensor.h"

namespace poacl::capi {

using Range = std::array<int64_t, 2>;

struct ApiTensorDesc {
  aclDataType dtype = ACL_DT_UNDEFINED;
  aclFormat format = ACL_FORMAT_UNDEFINED;
  Dims dims;  // -1: not known; {-2}: rank not known
  aclFormat storage_format = ACL_FORMAT_UNDEFINED;
  Dims storage_dims;
  std::vector<Range> shape_range;
  std::vector<Range> value_range;
  std::string name;
  std::string dynamic_input;
  aclMemType placement = ACL_MEMTYPE_DEVICE;
  std::vector<std::byte> constant;
  void* address = nullptr;
  // Part of a dataset, which alone destroys it.
  bool owned_by_dataset = false;
  // Of the first of an array: the others, which are destroyed with it.
  std::vector<aclTensorDesc*> following;
  bool owned_by_array = false;
};

// 100000 for null and for anything that is no live description.
Result<std::shared_ptr<ApiTensorDesc>> find_tensor_desc(const aclTensorDesc* handle);

aclTensorDesc* insert_tensor_desc(std::shared_ptr<ApiTensorDesc> desc);
// False when the handle was not alive, so that of two calls at once one gets true.
bool remove_tensor_desc(const aclTensorDesc* handle);

// Elements of the main dims: 1 for a scalar, 0 when a dimension is unknown or they overflow.
size_t element_count_of(const ApiTensorDesc& desc) noexcept;

// 100000 for a negative count, more than 128, or null with a count.
Result<Dims> dims_argument(int count, const int64_t* dims);

}  // namespace poacl::capi
