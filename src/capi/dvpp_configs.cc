// Settings of picture tasks: areas, resizing, JPEG encoding.
#include <fmt/format.h>

#include "capi/dvpp_objects.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

constexpr const char* kRoi = "roiConfig";
constexpr const char* kResize = "resizeConfig";
constexpr const char* kJpege = "jpegeConfig";

constexpr uint32_t kLastInterpolation = 5;
constexpr uint32_t kBestLevel = 100;

void fill(RoiConfig& roi, uint32_t left, uint32_t right, uint32_t top, uint32_t bottom) {
  roi.left = left;
  roi.right = right;
  roi.top = top;
  roi.bottom = bottom;
}

}  // namespace

// Whether the bounds make sense is known only with the picture they are for.
acldvppRoiConfig* acldvppCreateRoiConfig(uint32_t left, uint32_t right, uint32_t top,
                                         uint32_t bottom) {
  return answer<acldvppRoiConfig*>("acldvppCreateRoiConfig", nullptr,
                                   [&]() -> Result<acldvppRoiConfig*> {
                                     auto roi = std::make_shared<RoiConfig>();
                                     fill(*roi, left, right, top, bottom);
                                     return insert<acldvppRoiConfig>(std::move(roi));
                                   });
}

aclError acldvppDestroyRoiConfig(acldvppRoiConfig* roiConfig) {
  return destroy("acldvppDestroyRoiConfig", roiConfig, kRoi);
}

aclError acldvppSetRoiConfig(acldvppRoiConfig* config, uint32_t left, uint32_t right, uint32_t top,
                             uint32_t bottom) {
  return entry("acldvppSetRoiConfig", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto roi, find(config, "config"));
    fill(*roi, left, right, top, bottom);
    return {};
  });
}

aclError acldvppSetRoiConfigLeft(acldvppRoiConfig* config, uint32_t left) {
  return set_field("acldvppSetRoiConfigLeft", config, "config", &RoiConfig::left, left);
}

aclError acldvppSetRoiConfigRight(acldvppRoiConfig* config, uint32_t right) {
  return set_field("acldvppSetRoiConfigRight", config, "config", &RoiConfig::right, right);
}

aclError acldvppSetRoiConfigTop(acldvppRoiConfig* config, uint32_t top) {
  return set_field("acldvppSetRoiConfigTop", config, "config", &RoiConfig::top, top);
}

aclError acldvppSetRoiConfigBottom(acldvppRoiConfig* config, uint32_t bottom) {
  return set_field("acldvppSetRoiConfigBottom", config, "config", &RoiConfig::bottom, bottom);
}

acldvppResizeConfig* acldvppCreateResizeConfig() {
  return create<acldvppResizeConfig>("acldvppCreateResizeConfig");
}

aclError acldvppDestroyResizeConfig(acldvppResizeConfig* resizeConfig) {
  return destroy("acldvppDestroyResizeConfig", resizeConfig, kResize);
}

aclError acldvppSetResizeConfigInterpolation(acldvppResizeConfig* resizeConfig,
                                             uint32_t interpolation) {
  return entry("acldvppSetResizeConfigInterpolation", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto resize, find(resizeConfig, kResize));
    if (interpolation > kLastInterpolation) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("interpolation {} is not one of 0 to {}: pass 0 (default), 1 "
                                "(bilinear) or 2 (nearest)",
                                interpolation, kLastInterpolation));
    }
    resize->interpolation = interpolation;
    return {};
  });
}

uint32_t acldvppGetResizeConfigInterpolation(const acldvppResizeConfig* resizeConfig) {
  return get_field("acldvppGetResizeConfigInterpolation", resizeConfig, kResize, 0u,
                   &ResizeConfig::interpolation);
}

acldvppJpegeConfig* acldvppCreateJpegeConfig() {
  return create<acldvppJpegeConfig>("acldvppCreateJpegeConfig");
}

aclError acldvppDestroyJpegeConfig(acldvppJpegeConfig* jpegeConfig) {
  return destroy("acldvppDestroyJpegeConfig", jpegeConfig, kJpege);
}

aclError acldvppSetJpegeConfigLevel(acldvppJpegeConfig* jpegeConfig, uint32_t level) {
  return entry("acldvppSetJpegeConfigLevel", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto config, find(jpegeConfig, kJpege));
    if (level > kBestLevel) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("level {} is not one of 0 to {}: pass 1 (worst) to {} (best), or 0 "
                                "for the best",
                                level, kBestLevel, kBestLevel));
    }
    config->level = level;
    return {};
  });
}

uint32_t acldvppGetJpegeConfigLevel(const acldvppJpegeConfig* jpegeConfig) {
  return get_field("acldvppGetJpegeConfigLevel", jpegeConfig, kJpege, 0u, &JpegeConfig::level);
}
