// Channels: what a program opens before its first picture task (spec: vpc section 2). Tasks take
// what they need with them, so a channel is settings and a number, and closing it waits for
// nothing.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/config.h"
#include "capi/dvpp_objects.h"
#include "media/picture_rules.h"
#include "media/vpc/csc.h"
#include "runtime/runtime.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

constexpr const char* kDesc = "channelDesc";
constexpr uint32_t kAllModes =
    DVPP_CHNMODE_VPC | DVPP_CHNMODE_JPEGD | DVPP_CHNMODE_JPEGE | DVPP_CHNMODE_PNGD;

bool has_new_functions() {
  return media::media_rules(config().soc->family).has_new_functions;
}

Status only_on_newer_chips(int32_t code, const char* what) {
  if (has_new_functions()) return {};
  return {code, fmt::format("{} is not available on {}; it is on Ascend310P3 and later "
                            "(POACL_SOC)",
                            what, config().soc->name)};
}

Status check_mode(uint32_t mode) {
  if (mode != 0 && (mode & ~kAllModes) == 0) return {};
  return {ACL_ERROR_INVALID_PARAM,
          fmt::format("mode {} is not a sum of 1 (VPC), 2 (JPEGD), 4 (JPEGE) and 8 (PNGD): pass 1 "
                      "to {}",
                      mode, kAllModes)};
}

// Where a parameter is kept, and how wide it is.
struct Parameter {
  std::atomic<uint32_t>* narrow = nullptr;
  std::atomic<uint64_t>* wide = nullptr;
  size_t bytes() const { return wide != nullptr ? sizeof(uint64_t) : sizeof(uint32_t); }
};

Result<Parameter> find_parameter(ChannelDesc& desc, acldvppChannelDescParamType type,
                                 size_t length) {
  Parameter found;
  switch (type) {
    case ACL_DVPP_CSC_MATRIX_UINT32:
      found.narrow = &desc.csc_matrix;
      break;
    case ACL_DVPP_MODE_UINT32:
      found.narrow = &desc.mode;
      break;
    case ACL_DVPP_CHANNEL_ID_UINT64:
      found.wide = &desc.id;
      break;
    case ACL_DVPP_CHANNEL_HEIGHT_UINT32:
      found.narrow = &desc.height;
      break;
    case ACL_DVPP_CHANNEL_WIDTH_UINT32:
      found.narrow = &desc.width;
      break;
    case ACL_DVPP_JPEGD_PRECISION_MODE_ENUM:
      found.narrow = &desc.precision;
      break;
    default:
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("paramType {} is not one of 0 (colour matrix), 1 (mode), 2 "
                                "(channel number), 3 (height), 4 (width), 5 (JPEGD precision)",
                                static_cast<int>(type)));
  }
  if (type == ACL_DVPP_CSC_MATRIX_UINT32 || type == ACL_DVPP_MODE_UINT32) {
    const char* what = type == ACL_DVPP_MODE_UINT32 ? "the mode of a channel" : "a colour matrix";
    POACL_RETURN_IF_ERROR(only_on_newer_chips(ACL_ERROR_FEATURE_UNSUPPORTED, what));
  }
  if (length != found.bytes()) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("length {} given; parameter {} has {} bytes", length,
                              static_cast<int>(type), found.bytes()));
  }
  return found;
}

Status check_value(acldvppChannelDescParamType type, uint64_t value) {
  const auto number = static_cast<int64_t>(value);
  switch (type) {
    case ACL_DVPP_CSC_MATRIX_UINT32:
      if (media::find_csc(number) != nullptr) return {};
      return {ACL_ERROR_INVALID_PARAM,
              fmt::format("colour matrix {} is not one of 0 to 5 (acldvppCscMatrix)", value)};
    case ACL_DVPP_MODE_UINT32:
      return check_mode(static_cast<uint32_t>(value));
    case ACL_DVPP_JPEGD_PRECISION_MODE_ENUM:
      if (value <= ACL_YUVOUT_ALIGN_DOWN_COMPAT) return {};
      return {ACL_ERROR_INVALID_PARAM,
              fmt::format("JPEGD precision mode {} is not one of 0 (sizes down), 1 (up), 2 (both "
                          "sides down)",
                          value)};
    case ACL_DVPP_CHANNEL_HEIGHT_UINT32:
    case ACL_DVPP_CHANNEL_WIDTH_UINT32: {
      constexpr uint64_t kMost = 32768;
      if (value >= static_cast<uint64_t>(media::kMinJpegSide) && value <= kMost) return {};
      return {ACL_ERROR_INVALID_PARAM,
              fmt::format("the largest picture's side {} is not from {} to {}", value,
                          media::kMinJpegSide, kMost)};
    }
    default:
      return {};
  }
}

Status check_closed(const ChannelDesc& desc) {
  if (!desc.open) return {};
  return {ACL_ERROR_INVALID_PARAM,
          fmt::format("channel {} of this description is open: close it first with "
                      "acldvppDestroyChannel",
                      desc.id.load())};
}

Status set_parameter(acldvppChannelDesc* handle, acldvppChannelDescParamType type, size_t length,
                     const void* param) {
  POACL_CHECK_NOT_NULL(param);
  POACL_ASSIGN_OR_RETURN(const auto desc, find(handle, kDesc));
  POACL_ASSIGN_OR_RETURN(const Parameter target, find_parameter(*desc, type, length));
  uint64_t value = 0;
  std::memcpy(&value, param, target.bytes());
  POACL_RETURN_IF_ERROR(check_value(type, value));
  POACL_RETURN_IF_ERROR(check_closed(*desc));
  if (target.wide != nullptr) {
    *target.wide = value;
  } else {
    *target.narrow = static_cast<uint32_t>(value);
  }
  return {};
}

Status get_parameter(const acldvppChannelDesc* handle, acldvppChannelDescParamType type,
                     size_t length, size_t* size, void* param) {
  POACL_CHECK_NOT_NULL(size);
  POACL_CHECK_NOT_NULL(param);
  POACL_ASSIGN_OR_RETURN(const auto desc, find(handle, kDesc));
  POACL_ASSIGN_OR_RETURN(const Parameter source, find_parameter(*desc, type, length));
  const uint64_t value = source.wide != nullptr ? source.wide->load() : source.narrow->load();
  std::memcpy(param, &value, source.bytes());
  *size = source.bytes();
  return {};
}

}  // namespace

acldvppChannelDesc* acldvppCreateChannelDesc() {
  return create<acldvppChannelDesc>("acldvppCreateChannelDesc");
}

aclError acldvppDestroyChannelDesc(acldvppChannelDesc* channelDesc) {
  return destroy("acldvppDestroyChannelDesc", channelDesc, kDesc);
}

aclError acldvppCreateChannel(acldvppChannelDesc* channelDesc) {
  return entry("acldvppCreateChannel", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto desc, find(channelDesc, kDesc));
    POACL_RETURN_IF_ERROR(runtime::current_context().status());
    if (desc->open.exchange(true)) return check_closed(*desc);
    static std::atomic<uint64_t> last_id{0};
    if (desc->id == 0) desc->id = ++last_id;
    return {};
  });
}

aclError acldvppDestroyChannel(acldvppChannelDesc* channelDesc) {
  return entry("acldvppDestroyChannel", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto desc, find(channelDesc, kDesc));
    if (!desc->open.exchange(false)) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    "the description has no open channel: acldvppCreateChannel opens it");
    }
    desc->id = 0;
    return {};
  });
}

uint64_t acldvppGetChannelDescChannelId(const acldvppChannelDesc* channelDesc) {
  return get_field("acldvppGetChannelDescChannelId", channelDesc, kDesc, uint64_t{0},
                   &ChannelDesc::id);
}

aclError acldvppSetChannelDescMode(acldvppChannelDesc* channelDesc, uint32_t mode) {
  return entry("acldvppSetChannelDescMode", [&]() -> Status {
    POACL_RETURN_IF_ERROR(only_on_newer_chips(ACL_ERROR_API_NOT_SUPPORT, "the mode of a channel"));
    return set_parameter(channelDesc, ACL_DVPP_MODE_UINT32, sizeof(mode), &mode);
  });
}

aclError acldvppSetChannelDescParam(acldvppChannelDesc* channelDesc,
                                    acldvppChannelDescParamType paramType, size_t length,
                                    const void* param) {
  return entry("acldvppSetChannelDescParam",
               [&] { return set_parameter(channelDesc, paramType, length, param); });
}

aclError acldvppGetChannelDescParam(const acldvppChannelDesc* channelDesc,
                                    acldvppChannelDescParamType paramType, size_t length,
                                    size_t* paramRetSize, void* param) {
  return entry("acldvppGetChannelDescParam",
               [&] { return get_parameter(channelDesc, paramType, length, paramRetSize, param); });
}
