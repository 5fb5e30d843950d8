// The objects behind the handles of acl_dvpp.h, and what all of them share: looking up, creating,
// destroying, reading and writing a field. Their fields are atomic, so that a program that uses an
// object from two threads gets one value or the other.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "acl/ops/acl_dvpp.h"
#include "base/handle_table.h"
#include "capi/entry.h"
#include "capi/handle_arg.h"

namespace poacl::capi {

struct PicNumbers {
  std::atomic<uint32_t> size{0};
  std::atomic<acldvppPixelFormat> format{PIXEL_FORMAT_YUV_400};
  std::atomic<uint32_t> width{0};
  std::atomic<uint32_t> height{0};
  std::atomic<uint32_t> width_stride{0};
  std::atomic<uint32_t> height_stride{0};
};

struct PicDesc {
  std::atomic<void*> data{nullptr};
  PicNumbers now;  // what the getters and the next task see: decoders write here what they decided
  PicNumbers set;  // what the program set: a decoder starts from this, so that a descriptor can be
                   // used for one file after the other
  std::atomic<uint32_t> ret_code{0};
  bool in_batch = false;  // destroyed with its batch, never alone
};

struct BatchPicDesc {
  std::vector<std::shared_ptr<PicDesc>> pictures;
  std::vector<void*> handles;
};

struct ChannelDesc {
  std::atomic<uint32_t> csc_matrix{ACL_DVPP_CSC_MATRIX_BT601_WIDE};
  std::atomic<uint32_t> mode{0};  // acldvppChannelMode added up; 0: everything
  std::atomic<uint64_t> id{0};    // of the open channel, or the one asked for
  std::atomic<uint32_t> height{0};
  std::atomic<uint32_t> width{0};
  std::atomic<uint32_t> precision{ACL_YUVOUT_ALIGN_DOWN_COMPAT};
  std::atomic<bool> open{false};
};

struct RoiConfig {
  std::atomic<uint32_t> left{0};
  std::atomic<uint32_t> right{0};
  std::atomic<uint32_t> top{0};
  std::atomic<uint32_t> bottom{0};
};

struct ResizeConfig {
  std::atomic<uint32_t> interpolation{0};
};

struct BorderConfig {
  std::array<std::atomic<double>, 4> values{};
  std::atomic<acldvppBorderType> type{BORDER_CONSTANT};
  std::atomic<uint32_t> top{0};
  std::atomic<uint32_t> bottom{0};
  std::atomic<uint32_t> left{0};
  std::atomic<uint32_t> right{0};
};

struct JpegeConfig {
  std::atomic<uint32_t> level{100};
};

inline constexpr uint32_t kTableComponents = 3;
inline constexpr uint32_t kTableEntries = 256;

struct Hist {
  std::array<std::array<uint32_t, kTableEntries>, kTableComponents> counts{};
  std::atomic<uint32_t> ret_code{0};
};

struct LutMap {
  std::array<std::array<uint8_t, kTableEntries>, kTableComponents> tables{};
};

// The live objects of one type. Made while the library is loaded (dvpp_objects.cc): a child forked
// during a first use would wait for ever.
template <typename T>
HandleTable<T>& objects() {
  static auto* const table = new HandleTable<T>;
  return *table;
}

// What a type of the interface is: the object behind it, and the call that makes one.
template <typename Api>
struct Kind;
#define POACL_DVPP_KIND(Api, Object, creator)        \
  template <>                                        \
  struct Kind<Api> {                                 \
    using Type = Object;                             \
    static constexpr const char* kCreator = creator; \
  }
POACL_DVPP_KIND(acldvppPicDesc, PicDesc, "acldvppCreatePicDesc");
POACL_DVPP_KIND(acldvppBatchPicDesc, BatchPicDesc, "acldvppCreateBatchPicDesc");
POACL_DVPP_KIND(acldvppChannelDesc, ChannelDesc, "acldvppCreateChannelDesc");
POACL_DVPP_KIND(acldvppRoiConfig, RoiConfig, "acldvppCreateRoiConfig");
POACL_DVPP_KIND(acldvppResizeConfig, ResizeConfig, "acldvppCreateResizeConfig");
POACL_DVPP_KIND(acldvppBorderConfig, BorderConfig, "acldvppCreateBorderConfig");
POACL_DVPP_KIND(acldvppJpegeConfig, JpegeConfig, "acldvppCreateJpegeConfig");
POACL_DVPP_KIND(acldvppHist, Hist, "acldvppCreateHist");
POACL_DVPP_KIND(acldvppLutMap, LutMap, "acldvppCreateLutMap");
#undef POACL_DVPP_KIND

template <typename Api>
using Object = typename Kind<Api>::Type;

// 100000 for null and for anything that is no live handle of this kind; `name` is the argument.
template <typename Api>
Result<std::shared_ptr<Object<Api>>> find(const Api* handle, const char* name) {
  return find_handle(objects<Object<Api>>(), handle, name, Kind<Api>::kCreator);
}

template <typename Api>
Api* insert(std::shared_ptr<Object<Api>> object) {
  return static_cast<Api*>(objects<Object<Api>>().insert(std::move(object)));
}

template <typename Api>
Api* create(const char* api) {
  return answer<Api*>(
      api, nullptr, [&]() -> Result<Api*> { return insert<Api>(std::make_shared<Object<Api>>()); });
}

template <typename Api>
aclError destroy(const char* api, const Api* handle, const char* name) {
  return entry(api, [&]() -> Status {
    if (objects<Object<Api>>().remove(handle) != nullptr) return {};
    return find(handle, name).status();
  });
}

template <typename Api, typename Field, typename Value>
aclError set_field(const char* api, Api* handle, const char* name, Field Object<Api>::*field,
                   Value value) {
  return entry(api, [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto object, find(handle, name));
    ((*object).*field) = value;
    return {};
  });
}

template <typename Value, typename Api>
Value get_field(const char* api, const Api* handle, const char* name, Value fallback,
                std::atomic<Value> Object<Api>::*field) {
  return answer<Value>(api, fallback, [&]() -> Result<Value> {
    POACL_ASSIGN_OR_RETURN(const auto object, find(handle, name));
    return ((*object).*field).load();
  });
}

}  // namespace poacl::capi
