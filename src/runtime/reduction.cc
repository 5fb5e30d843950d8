#include "runtime/reduction.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "base/config.h"
#include "base/half.h"
#include "runtime/address_check.h"
#include "runtime/memory.h"
#include "runtime/stream.h"

namespace poacl::runtime {
namespace {

// Up to here the work is shorter than handing it to a worker.
constexpr size_t kShortBytes = 16u << 10;
constexpr size_t kChunkBytes = 256u << 10;  // a multiple of every type's size

struct AsIs {
  template <typename T>
  static T widen(T value) {
    return value;
  }
  template <typename T>
  static T narrow(T value) {
    return value;
  }
};
struct Half {
  static float widen(uint16_t value) { return half_to_float(value); }
  static uint16_t narrow(float value) { return float_to_half(value); }
};
struct Bfloat16 {
  static float widen(uint16_t value) { return bfloat16_to_float(value); }
  static uint16_t narrow(float value) { return float_to_bfloat16(value); }
};

template <typename T>
T sum(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    // Unsigned arithmetic, where overflow is defined.
    return static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) +
                          static_cast<std::make_unsigned_t<T>>(b));
  } else {
    return a + b;
  }
}

template <typename T>
bool is_no_number(T value) {
  if constexpr (std::is_floating_point_v<T>) return std::isnan(value);
  return false;
}

// The addresses need no alignment.
template <typename Stored, typename Form, typename Op>
void combine(char* dst, const char* src, size_t bytes, Op op) {
  for (size_t at = 0; at < bytes; at += sizeof(Stored)) {
    Stored a;
    Stored b;
    std::memcpy(&a, dst + at, sizeof a);
    std::memcpy(&b, src + at, sizeof b);
    a = Form::narrow(op(Form::widen(a), Form::widen(b)));
    std::memcpy(dst + at, &a, sizeof a);
  }
}

template <typename Stored, typename Form = AsIs>
void reduce(int kind, char* dst, const char* src, size_t bytes) {
  if (kind == kReduceSum) {
    combine<Stored, Form>(dst, src, bytes, [](auto a, auto b) { return sum(a, b); });
  } else if (kind == kReduceMax) {
    combine<Stored, Form>(dst, src, bytes,
                          [](auto a, auto b) { return a > b || is_no_number(a) ? a : b; });
  } else {
    combine<Stored, Form>(dst, src, bytes,
                          [](auto a, auto b) { return a < b || is_no_number(a) ? a : b; });
  }
}

struct TypeRow {
  aclDataType type;
  size_t size;
  void (*reduce)(int kind, char* dst, const char* src, size_t bytes);
};

constexpr TypeRow kTypes[] = {
    {ACL_FLOAT, 4, reduce<float>},
    {ACL_FLOAT16, 2, reduce<uint16_t, Half>},
    {ACL_BF16, 2, reduce<uint16_t, Bfloat16>},
    {ACL_INT8, 1, reduce<int8_t>},
    {ACL_INT16, 2, reduce<int16_t>},
    {ACL_INT32, 4, reduce<int32_t>},
    {ACL_UINT32, 4, reduce<uint32_t>},
};

const TypeRow* find_type(aclDataType type) {
  const auto* row = std::find_if(std::begin(kTypes), std::end(kTypes),
                                 [type](const TypeRow& each) { return each.type == type; });
  return row == std::end(kTypes) ? nullptr : row;
}

Status check_device_memory(const void* address, size_t bytes, std::string_view what, bool writes) {
  POACL_RETURN_IF_ERROR(check_memory(address, bytes, what, ACL_ERROR_RT_PARAM_INVALID, writes));
  const auto block = find_allocation(address);
  if (block && (block->kind == MemoryKind::kDevice || config().soc->runs_on_device())) return {};
  return Status(ACL_ERROR_RT_PARAM_INVALID,
                fmt::format("the {} {} is not device memory: copy it to memory from acl.rt.malloc",
                            what, address));
}

Status check(const Reduction& request) {
  POACL_RETURN_IF_ERROR(check_device_memory(request.dst, request.bytes, "destination", true));
  return check_device_memory(request.src, request.bytes, "source", false);
}

void perform(const Reduction& request, const TypeRow& type, ParallelFor& parallel) {
  auto* dst = static_cast<char*>(request.dst);
  const auto* src = static_cast<const char*>(request.src);
  const auto chunks = static_cast<int64_t>((request.bytes + kChunkBytes - 1) / kChunkBytes);
  parallel(chunks, [&](int64_t chunk, int) {
    const size_t begin = static_cast<size_t>(chunk) * kChunkBytes;
    type.reduce(request.kind, dst + begin, src + begin,
                std::min(kChunkBytes, request.bytes - begin));
  });
}

}  // namespace

Status reduce_async(const Reduction& request, Stream& stream) {
  if (request.kind == kReduceEqual) {
    return Status(ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
                  "comparing for equality (13) is not supported: pass 10 (sum), 11 (maximum) or 12 "
                  "(minimum)");
  }
  if (request.kind < kReduceSum || request.kind > kReduceMin) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("kind {} is unknown: pass 10 (sum), 11 (maximum) or 12 (minimum)",
                              request.kind));
  }
  const TypeRow* const type = find_type(request.type);
  if (type == nullptr) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("data type {} cannot be reduced: pass 0 (float), 1 (float16), 2 "
                              "(int8), 3 (int32), 6 (int16), 8 (uint32) or 27 (bfloat16)",
                              static_cast<int>(request.type)));
  }
  if (request.bytes == 0 || request.bytes % type->size != 0) {
    return Status(ACL_ERROR_RT_PARAM_INVALID,
                  fmt::format("count {} is in bytes and must be a multiple of {}, the size of one "
                              "value of type {}, and not 0",
                              request.bytes, type->size, static_cast<int>(request.type)));
  }
  POACL_RETURN_IF_ERROR(check(request));
  Task task{[request, type](TaskContext& context) -> Status {
              // Again: the program may have freed the memory meanwhile.
              POACL_RETURN_IF_ERROR(check(request));
              perform(request, *type, context.parallel);
              return {};
            },
            "aclrtReduceAsync"};
  if (request.bytes <= kShortBytes) return stream.append_short(std::move(task));
  return stream.append(std::move(task));
}

Status cache_hint_async(const void* address, size_t bytes, Stream& stream) {
  POACL_RETURN_IF_ERROR(check_device_memory(address, bytes, "memory", false));
  return stream.append_short({[address, bytes](TaskContext&) {
                                return check_device_memory(address, bytes, "memory", false);
                              },
                              "aclrtCmoAsync"});
}

}  // namespace poacl::runtime
