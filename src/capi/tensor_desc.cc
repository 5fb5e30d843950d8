// Tensor descriptions: making them and reading them (spec: util section 4). Setters are in
// tensor_desc_set.cc.
#include "capi/tensor_desc.h"

#include "acl/acl_mdl.h"
#include "capi/entry.h"
#include "capi/handle_arg.h"

namespace poacl::capi {
namespace {

constexpr int64_t kUnknownRankDim = -2;

HandleTable<ApiTensorDesc>& table() {
  static auto* const descs = new HandleTable<ApiTensorDesc>;
  return *descs;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const auto& table_made_early = table();

Result<int64_t> dim_at(const aclTensorDesc* handle, size_t index) {
  POACL_ASSIGN_OR_RETURN(const auto desc, find_tensor_desc(handle));
  if (index >= desc->dims.size()) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("index {} is out of range: the description has {} dimensions", index,
                              desc->dims.size()));
  }
  return desc->dims[index];
}

}  // namespace

Result<std::shared_ptr<ApiTensorDesc>> find_tensor_desc(const aclTensorDesc* handle) {
  return find_handle(table(), handle, "desc", "aclCreateTensorDesc");
}

aclTensorDesc* insert_tensor_desc(std::shared_ptr<ApiTensorDesc> desc) {
  return static_cast<aclTensorDesc*>(table().insert(std::move(desc)));
}

bool remove_tensor_desc(const aclTensorDesc* handle) {
  return table().remove(handle) != nullptr;
}

size_t element_count_of(const ApiTensorDesc& desc) noexcept {
  const int64_t count = element_count(desc.dims);
  return count < 0 ? 0 : static_cast<size_t>(count);
}

Result<Dims> dims_argument(int count, const int64_t* dims) {
  if (count < 0 || count > ACL_MAX_DIM_CNT) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("numDims {} is not one of 0 to {}", count, ACL_MAX_DIM_CNT));
  }
  if (count > 0 && dims == nullptr) return null_argument("dims");
  return count == 0 ? Dims() : Dims(dims, dims + count);
}

}  // namespace poacl::capi

using namespace poacl;
using namespace poacl::capi;

aclTensorDesc* aclCreateTensorDesc(aclDataType dataType, int numDims, const int64_t* dims,
                                   aclFormat format) {
  return answer<aclTensorDesc*>("aclCreateTensorDesc", nullptr, [&]() -> Result<aclTensorDesc*> {
    POACL_ASSIGN_OR_RETURN(Dims list, dims_argument(numDims, dims));
    auto desc = std::make_shared<ApiTensorDesc>();
    desc->dtype = dataType;
    desc->format = format;
    desc->dims = std::move(list);
    return insert_tensor_desc(std::move(desc));
  });
}

void aclDestroyTensorDesc(const aclTensorDesc* desc) {
  if (desc == nullptr) return;
  entry("aclDestroyTensorDesc", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto object, find_tensor_desc(desc));
    if (object->owned_by_dataset) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    "the description belongs to a dataset, which destroys it");
    }
    if (object->owned_by_array) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    "the description is part of an array: destroy the first one, which destroys "
                    "all");
    }
    // Another thread may have destroyed it since.
    if (!remove_tensor_desc(desc)) return find_tensor_desc(desc).status();
    for (const aclTensorDesc* next : object->following) remove_tensor_desc(next);
    return {};
  });
}

aclDataType aclGetTensorDescType(const aclTensorDesc* desc) {
  return answer<aclDataType>("aclGetTensorDescType", ACL_DT_UNDEFINED,
                             [&]() -> Result<aclDataType> {
                               POACL_ASSIGN_OR_RETURN(const auto object, find_tensor_desc(desc));
                               return object->dtype;
                             });
}

aclFormat aclGetTensorDescFormat(const aclTensorDesc* desc) {
  return answer<aclFormat>("aclGetTensorDescFormat", ACL_FORMAT_UNDEFINED,
                           [&]() -> Result<aclFormat> {
                             POACL_ASSIGN_OR_RETURN(const auto object, find_tensor_desc(desc));
                             return object->format;
                           });
}

size_t aclGetTensorDescElementCount(const aclTensorDesc* desc) {
  return answer<size_t>("aclGetTensorDescElementCount", 0, [&]() -> Result<size_t> {
    POACL_ASSIGN_OR_RETURN(const auto object, find_tensor_desc(desc));
    return element_count_of(*object);
  });
}

size_t aclGetTensorDescSize(const aclTensorDesc* desc) {
  return answer<size_t>("aclGetTensorDescSize", 0, [&]() -> Result<size_t> {
    POACL_ASSIGN_OR_RETURN(const auto object, find_tensor_desc(desc));
    size_t bytes = 0;
    if (__builtin_mul_overflow(element_count_of(*object), aclDataTypeSize(object->dtype), &bytes)) {
      return Status(ACL_ERROR_INVALID_PARAM, fmt::format("the tensor {} is larger than any memory",
                                                         dims_to_string(object->dims)));
    }
    return bytes;
  });
}

size_t aclGetTensorDescNumDims(const aclTensorDesc* desc) {
  return answer<size_t>("aclGetTensorDescNumDims", 0, [&]() -> Result<size_t> {
    POACL_ASSIGN_OR_RETURN(const auto object, find_tensor_desc(desc));
    const bool unknown = !object->dims.empty() && object->dims[0] == kUnknownRankDim;
    return unknown ? static_cast<size_t>(ACL_UNKNOWN_RANK) : object->dims.size();
  });
}

int64_t aclGetTensorDescDim(const aclTensorDesc* desc, size_t index) {
  return answer<int64_t>("aclGetTensorDescDim", -1, [&] { return dim_at(desc, index); });
}

aclError aclGetTensorDescDimV2(const aclTensorDesc* desc, size_t index, int64_t* dimSize) {
  return entry("aclGetTensorDescDimV2", [&]() -> Status {
    POACL_CHECK_NOT_NULL(dimSize);
    POACL_ASSIGN_OR_RETURN(*dimSize, dim_at(desc, index));
    return {};
  });
}

aclError aclGetTensorDescDimRange(const aclTensorDesc* desc, size_t index, size_t dimRangeNum,
                                  int64_t* dimRange) {
  return entry("aclGetTensorDescDimRange", [&]() -> Status {
    POACL_CHECK_NOT_NULL(dimRange);
    POACL_ASSIGN_OR_RETURN(const auto object, find_tensor_desc(desc));
    if (index >= object->shape_range.size() || dimRangeNum < 2) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("index {} with room for {} numbers: the description has {} ranges "
                                "of 2 numbers each",
                                index, dimRangeNum, object->shape_range.size()));
    }
    dimRange[0] = object->shape_range[index][0];
    dimRange[1] = object->shape_range[index][1];
    return {};
  });
}

const char* aclGetTensorDescName(aclTensorDesc* desc) {
  return answer<const char*>("aclGetTensorDescName", "", [&]() -> Result<const char*> {
    POACL_ASSIGN_OR_RETURN(const auto object, find_tensor_desc(desc));
    return object->name.c_str();
  });
}

void* aclGetTensorDescAddress(const aclTensorDesc* desc) {
  return answer<void*>("aclGetTensorDescAddress", nullptr, [&]() -> Result<void*> {
    POACL_ASSIGN_OR_RETURN(const auto object, find_tensor_desc(desc));
    return object->address;
  });
}

aclTensorDesc* aclGetTensorDescByIndex(aclTensorDesc* desc, size_t index) {
  return answer<aclTensorDesc*>(
      "aclGetTensorDescByIndex", nullptr, [&]() -> Result<aclTensorDesc*> {
        POACL_ASSIGN_OR_RETURN(const auto object, find_tensor_desc(desc));
        if (index == 0) return desc;
        if (index <= object->following.size()) return object->following[index - 1];
        return Status(ACL_ERROR_INVALID_PARAM,
                      fmt::format("index {} is out of range: there are {} descriptions", index,
                                  object->following.size() + 1));
      });
}

aclError aclTransTensorDescFormat(const aclTensorDesc* srcDesc, aclFormat,
                                  aclTensorDesc** dstDesc) {
  return entry("aclTransTensorDescFormat", [&]() -> Status {
    POACL_CHECK_NOT_NULL(dstDesc);
    POACL_RETURN_IF_ERROR(find_tensor_desc(srcDesc).status());
    return Status(ACL_ERROR_API_NOT_SUPPORT,
                  "descriptions cannot be converted between formats on this product: create one "
                  "with the wanted shape and format");
  });
}
