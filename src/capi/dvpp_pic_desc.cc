// Descriptions of pictures, one or a batch (spec: media-memory section 5).
#include <fmt/format.h>

#include "capi/dvpp_objects.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

// The most pictures of one call.
constexpr uint32_t kMostPictures = 256;

constexpr const char* kPicDesc = "picDesc";

template <typename Value>
aclError set_number(const char* api, acldvppPicDesc* handle, std::atomic<Value> PicNumbers::*field,
                    Value value) {
  return entry(api, [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto picture, find(handle, kPicDesc));
    picture->set.*field = value;
    picture->now.*field = value;
    return {};
  });
}

template <typename Value>
Value get_number(const char* api, const acldvppPicDesc* handle, Value fallback,
                 std::atomic<Value> PicNumbers::*field) {
  return answer<Value>(api, fallback, [&]() -> Result<Value> {
    POACL_ASSIGN_OR_RETURN(const auto picture, find(handle, kPicDesc));
    return (picture->now.*field).load();
  });
}

}  // namespace

acldvppPicDesc* acldvppCreatePicDesc() {
  return create<acldvppPicDesc>("acldvppCreatePicDesc");
}

aclError acldvppDestroyPicDesc(acldvppPicDesc* picDesc) {
  return entry("acldvppDestroyPicDesc", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto picture, find(picDesc, kPicDesc));
    if (picture->in_batch) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    "the description belongs to a batch: acldvppDestroyBatchPicDesc destroys it");
    }
    // Another thread may have destroyed it since.
    return objects<PicDesc>().remove(picDesc) != nullptr ? Status()
                                                         : find(picDesc, kPicDesc).status();
  });
}

aclError acldvppSetPicDescData(acldvppPicDesc* picDesc, void* dataDev) {
  return set_field("acldvppSetPicDescData", picDesc, kPicDesc, &PicDesc::data, dataDev);
}

aclError acldvppSetPicDescSize(acldvppPicDesc* picDesc, uint32_t size) {
  return set_number("acldvppSetPicDescSize", picDesc, &PicNumbers::size, size);
}

aclError acldvppSetPicDescFormat(acldvppPicDesc* picDesc, acldvppPixelFormat format) {
  return set_number("acldvppSetPicDescFormat", picDesc, &PicNumbers::format, format);
}

aclError acldvppSetPicDescWidth(acldvppPicDesc* picDesc, uint32_t width) {
  return set_number("acldvppSetPicDescWidth", picDesc, &PicNumbers::width, width);
}

aclError acldvppSetPicDescHeight(acldvppPicDesc* picDesc, uint32_t height) {
  return set_number("acldvppSetPicDescHeight", picDesc, &PicNumbers::height, height);
}

aclError acldvppSetPicDescWidthStride(acldvppPicDesc* picDesc, uint32_t widthStride) {
  return set_number("acldvppSetPicDescWidthStride", picDesc, &PicNumbers::width_stride,
                    widthStride);
}

aclError acldvppSetPicDescHeightStride(acldvppPicDesc* picDesc, uint32_t heightStride) {
  return set_number("acldvppSetPicDescHeightStride", picDesc, &PicNumbers::height_stride,
                    heightStride);
}

aclError acldvppSetPicDescRetCode(acldvppPicDesc* picDesc, uint32_t retCode) {
  return set_field("acldvppSetPicDescRetCode", picDesc, kPicDesc, &PicDesc::ret_code, retCode);
}

void* acldvppGetPicDescData(const acldvppPicDesc* picDesc) {
  return get_field<void*>("acldvppGetPicDescData", picDesc, kPicDesc, nullptr, &PicDesc::data);
}

uint32_t acldvppGetPicDescSize(const acldvppPicDesc* picDesc) {
  return get_number("acldvppGetPicDescSize", picDesc, 0u, &PicNumbers::size);
}

acldvppPixelFormat acldvppGetPicDescFormat(const acldvppPicDesc* picDesc) {
  return get_number("acldvppGetPicDescFormat", picDesc, PIXEL_FORMAT_UNKNOWN, &PicNumbers::format);
}

uint32_t acldvppGetPicDescWidth(const acldvppPicDesc* picDesc) {
  return get_number("acldvppGetPicDescWidth", picDesc, 0u, &PicNumbers::width);
}

uint32_t acldvppGetPicDescHeight(const acldvppPicDesc* picDesc) {
  return get_number("acldvppGetPicDescHeight", picDesc, 0u, &PicNumbers::height);
}

uint32_t acldvppGetPicDescWidthStride(const acldvppPicDesc* picDesc) {
  return get_number("acldvppGetPicDescWidthStride", picDesc, 0u, &PicNumbers::width_stride);
}

uint32_t acldvppGetPicDescHeightStride(const acldvppPicDesc* picDesc) {
  return get_number("acldvppGetPicDescHeightStride", picDesc, 0u, &PicNumbers::height_stride);
}

uint32_t acldvppGetPicDescRetCode(const acldvppPicDesc* picDesc) {
  return get_field("acldvppGetPicDescRetCode", picDesc, kPicDesc, 0u, &PicDesc::ret_code);
}

acldvppBatchPicDesc* acldvppCreateBatchPicDesc(uint32_t batchSize) {
  return answer<acldvppBatchPicDesc*>(
      "acldvppCreateBatchPicDesc", nullptr, [&]() -> Result<acldvppBatchPicDesc*> {
        if (batchSize == 0 || batchSize > kMostPictures) {
          return Status(ACL_ERROR_INVALID_PARAM,
                        fmt::format("batchSize {} is not one of 1 to {}: split the batch",
                                    batchSize, kMostPictures));
        }
        auto batch = std::make_shared<BatchPicDesc>();
        for (uint32_t i = 0; i < batchSize; ++i) {
          auto picture = std::make_shared<PicDesc>();
          picture->in_batch = true;
          batch->pictures.push_back(picture);
          batch->handles.push_back(objects<PicDesc>().insert(std::move(picture)));
        }
        return insert<acldvppBatchPicDesc>(std::move(batch));
      });
}

aclError acldvppDestroyBatchPicDesc(acldvppBatchPicDesc* batchPicDesc) {
  return entry("acldvppDestroyBatchPicDesc", [&]() -> Status {
    const auto batch = objects<BatchPicDesc>().remove(batchPicDesc);
    if (batch == nullptr) return find(batchPicDesc, "batchPicDesc").status();
    for (const void* handle : batch->handles) objects<PicDesc>().remove(handle);
    return {};
  });
}

acldvppPicDesc* acldvppGetPicDesc(acldvppBatchPicDesc* batchPicDesc, uint32_t index) {
  return answer<acldvppPicDesc*>("acldvppGetPicDesc", nullptr, [&]() -> Result<acldvppPicDesc*> {
    POACL_ASSIGN_OR_RETURN(const auto batch, find(batchPicDesc, "batchPicDesc"));
    if (index >= batch->handles.size()) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("index {} is out of range: the batch has {} pictures, 0 to {}",
                                index, batch->handles.size(), batch->handles.size() - 1));
    }
    return static_cast<acldvppPicDesc*>(batch->handles[index]);
  });
}
