// Histograms and tables of values. Programs reach their memory by address, from both sides: it is
// ordinary memory, which every kind of copy takes.
#include <fmt/format.h>

#include "capi/dvpp_objects.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

Status check_dim(uint32_t dim) {
  if (dim < kTableComponents) return {};
  return {ACL_ERROR_INVALID_PARAM, fmt::format("dim {} is not one of 0 to {}: Y, U, V or R, G, B",
                                               dim, kTableComponents - 1)};
}

}  // namespace

acldvppHist* acldvppCreateHist() {
  return create<acldvppHist>("acldvppCreateHist");
}

aclError acldvppDestroyHist(acldvppHist* hist) {
  return destroy("acldvppDestroyHist", hist, "hist");
}

uint32_t acldvppGetHistDims(acldvppHist* hist) {
  return answer<uint32_t>("acldvppGetHistDims", 0, [&]() -> Result<uint32_t> {
    POACL_RETURN_IF_ERROR(find(hist, "hist").status());
    return kTableComponents;
  });
}

aclError acldvppGetHistData(acldvppHist* hist, uint32_t dim, uint32_t** data, uint16_t* len) {
  return entry("acldvppGetHistData", [&]() -> Status {
    POACL_CHECK_NOT_NULL(data);
    POACL_CHECK_NOT_NULL(len);
    POACL_ASSIGN_OR_RETURN(const auto object, find(hist, "hist"));
    POACL_RETURN_IF_ERROR(check_dim(dim));
    *data = object->counts[dim].data();
    *len = kTableEntries;
    return {};
  });
}

uint32_t acldvppGetHistRetCode(acldvppHist* hist) {
  return get_field("acldvppGetHistRetCode", hist, "hist", 0u, &Hist::ret_code);
}

aclError acldvppClearHist(acldvppHist* hist) {
  return entry("acldvppClearHist", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto object, find(hist, "hist"));
    object->counts = {};
    object->ret_code = 0;
    return {};
  });
}

acldvppLutMap* acldvppCreateLutMap() {
  return answer<acldvppLutMap*>("acldvppCreateLutMap", nullptr, []() -> Result<acldvppLutMap*> {
    auto map = std::make_shared<LutMap>();
    for (auto& table : map->tables) {
      for (uint32_t i = 0; i < kTableEntries; ++i) table[i] = static_cast<uint8_t>(i);
    }
    return insert<acldvppLutMap>(std::move(map));
  });
}

aclError acldvppDestroyLutMap(acldvppLutMap* lutMap) {
  return destroy("acldvppDestroyLutMap", lutMap, "lutMap");
}

uint32_t acldvppGetLutMapDims(const acldvppLutMap* lutMap) {
  return answer<uint32_t>("acldvppGetLutMapDims", 0, [&]() -> Result<uint32_t> {
    POACL_RETURN_IF_ERROR(find(lutMap, "lutMap").status());
    return kTableComponents;
  });
}

aclError acldvppGetLutMapData(const acldvppLutMap* lutMap, uint32_t dim, uint8_t** data,
                              uint32_t* len) {
  return entry("acldvppGetLutMapData", [&]() -> Status {
    POACL_CHECK_NOT_NULL(data);
    POACL_CHECK_NOT_NULL(len);
    POACL_ASSIGN_OR_RETURN(const auto object, find(lutMap, "lutMap"));
    POACL_RETURN_IF_ERROR(check_dim(dim));
    *data = object->tables[dim].data();
    *len = kTableEntries;
    return {};
  });
}
