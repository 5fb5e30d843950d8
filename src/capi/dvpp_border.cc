// Settings of borders (spec: vpc section 6).
#include <fmt/format.h>

#include "capi/dvpp_objects.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

constexpr const char* kBorder = "borderConfig";

Status check_index(uint32_t index) {
  const size_t count = std::tuple_size<decltype(BorderConfig::values)>();
  if (index < count) return {};
  return {ACL_ERROR_INVALID_PARAM,
          fmt::format("index {} is not one of 0 to {}: 0 to 2 are Y, U, V or R, G, B", index,
                      count - 1)};
}

}  // namespace

acldvppBorderConfig* acldvppCreateBorderConfig() {
  return create<acldvppBorderConfig>("acldvppCreateBorderConfig");
}

aclError acldvppDestroyBorderConfig(acldvppBorderConfig* borderConfig) {
  return destroy("acldvppDestroyBorderConfig", borderConfig, kBorder);
}

aclError acldvppSetBorderConfigValue(acldvppBorderConfig* borderConfig, uint32_t index,
                                     double value) {
  return entry("acldvppSetBorderConfigValue", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto border, find(borderConfig, kBorder));
    POACL_RETURN_IF_ERROR(check_index(index));
    if (!(value >= 0 && value <= 255)) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("value {} of component {} is not from 0 to 255", value, index));
    }
    border->values[index] = value;
    return {};
  });
}

double acldvppGetBorderConfigValue(const acldvppBorderConfig* borderConfig, uint32_t index) {
  return answer<double>("acldvppGetBorderConfigValue", 0.0, [&]() -> Result<double> {
    POACL_ASSIGN_OR_RETURN(const auto border, find(borderConfig, kBorder));
    POACL_RETURN_IF_ERROR(check_index(index));
    return border->values[index].load();
  });
}

aclError acldvppSetBorderConfigBorderType(acldvppBorderConfig* borderConfig,
                                          acldvppBorderType borderType) {
  return entry("acldvppSetBorderConfigBorderType", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto border, find(borderConfig, kBorder));
    if (borderType < BORDER_CONSTANT || borderType > BORDER_REFLECT_101) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("borderType {} is not one of 0 (constant), 1 (replicate), 2 "
                                "(reflect), 3 (reflect 101)",
                                static_cast<int>(borderType)));
    }
    border->type = borderType;
    return {};
  });
}

acldvppBorderType acldvppGetBorderConfigBorderType(const acldvppBorderConfig* borderConfig) {
  return get_field("acldvppGetBorderConfigBorderType", borderConfig, kBorder, BORDER_CONSTANT,
                   &BorderConfig::type);
}

aclError acldvppSetBorderConfigTop(acldvppBorderConfig* borderConfig, uint32_t top) {
  return set_field("acldvppSetBorderConfigTop", borderConfig, kBorder, &BorderConfig::top, top);
}

uint32_t acldvppGetBorderConfigTop(const acldvppBorderConfig* borderConfig) {
  return get_field("acldvppGetBorderConfigTop", borderConfig, kBorder, 0u, &BorderConfig::top);
}

aclError acldvppSetBorderConfigBottom(acldvppBorderConfig* borderConfig, uint32_t bottom) {
  return set_field("acldvppSetBorderConfigBottom", borderConfig, kBorder, &BorderConfig::bottom,
                   bottom);
}

uint32_t acldvppGetBorderConfigBottom(const acldvppBorderConfig* borderConfig) {
  return get_field("acldvppGetBorderConfigBottom", borderConfig, kBorder, 0u,
                   &BorderConfig::bottom);
}

aclError acldvppSetBorderConfigLeft(acldvppBorderConfig* borderConfig, uint32_t left) {
  return set_field("acldvppSetBorderConfigLeft", borderConfig, kBorder, &BorderConfig::left, left);
}

uint32_t acldvppGetBorderConfigLeft(const acldvppBorderConfig* borderConfig) {
  return get_field("acldvppGetBorderConfigLeft", borderConfig, kBorder, 0u, &BorderConfig::left);
}

aclError acldvppSetBorderConfigRight(acldvppBorderConfig* borderConfig, uint32_t right) {
  return set_field("acldvppSetBorderConfigRight", borderConfig, kBorder, &BorderConfig::right,
                   right);
}

uint32_t acldvppGetBorderConfigRight(const acldvppBorderConfig* borderConfig) {
  return get_field("acldvppGetBorderConfigRight", borderConfig, kBorder, 0u, &BorderConfig::right);
}
