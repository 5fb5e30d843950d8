// Cast between every pair of numeric types and bool. Real numbers are cut off towards zero and
// kept within an integer target's range (not-a-number gives 0); integers wrap around.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

#include "base/half.h"
#include "kernels/eltwise/eltwise_kernels.h"
#include "kernels/eltwise/type_dispatch.h"

namespace poacl {
namespace {

struct Half {
  uint16_t bits;
};
struct Brain {
  uint16_t bits;
};
struct Bool {
  uint8_t value;
};

struct Params {
  DataType from, to;
  int64_t count;
};

template <typename F>
bool dispatch_any(DataType type, F&& body) {
  switch (type) {
    case DataType::kFloat16:
      body(Half{});
      return true;
    case DataType::kBfloat16:
      body(Brain{});
      return true;
    case DataType::kBool:
      body(Bool{});
      return true;
    default:
      break;
  }
  if (!is_arithmetic_type(type)) return false;
  dispatch_arithmetic(type, body);
  return true;
}

// Half formats widen to float, the rest stays.
float widen(Half x) {
  return half_to_float(x.bits);
}
float widen(Brain x) {
  return bfloat16_to_float(x.bits);
}
uint8_t widen(Bool x) {
  return x.value != 0;
}
template <typename T>
T widen(T x) {
  return x;
}

// The float next to x in the direction of an odd last bit, unless x is a float: rounding that once
// more, to a half format, gives what rounding x would.
template <typename From>
float narrowed(From x) {
  if constexpr (std::is_same_v<From, float> || sizeof(From) < 4) {
    return static_cast<float>(x);
  } else {
    const float near = static_cast<float>(x);
    if (!std::isfinite(near) || (std::bit_cast<uint32_t>(near) & 1) != 0) return near;
    // long double holds every double and 64-bit integer.
    const auto exact = static_cast<long double>(x);
    const auto rounded = static_cast<long double>(near);
    if (exact == rounded || !(exact == exact)) return near;
    return std::nextafter(near, exact > rounded ? HUGE_VALF : -HUGE_VALF);
  }
}

template <typename To, typename From>
To convert(From x) {
  if constexpr (std::is_same_v<To, Bool>) {
    return Bool{static_cast<uint8_t>(x != From{0})};
  } else if constexpr (std::is_same_v<To, Half>) {
    return Half{float_to_half(narrowed(x))};
  } else if constexpr (std::is_same_v<To, Brain>) {
    return Brain{float_to_bfloat16(narrowed(x))};
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    // The least value beyond the range is a power of two, so it is exact as a float.
    const From limit = std::ldexp(From{1}, std::numeric_limits<To>::digits);
    if (!(x == x)) return To{0};
    if (x >= limit) return std::numeric_limits<To>::max();
    if (std::is_unsigned_v<To> ? x <= From{-1} : x < -limit) {
      return std::numeric_limits<To>::lowest();
    }
    return static_cast<To>(x);
  } else {
    return static_cast<To>(x);
  }
}

constexpr int64_t kChunk = 16384;

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  const Params params{op.inputs[0].dtype, op.outputs[0].dtype, element_count(op.outputs[0].dims)};
  const auto nothing = [](auto) {};
  if (!dispatch_any(params.from, nothing) || !dispatch_any(params.to, nothing)) {
    return declined("a type that is neither a number nor bool");
  }
  plan->set_params(params);
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  dispatch_any(p.from, [&](auto from) {
    dispatch_any(p.to, [&](auto to) {
      using From = decltype(from);
      using To = decltype(to);
      const From* x = static_cast<const From*>(args.inputs[0]);
      To* y = static_cast<To*>(args.outputs[0]);
      (*args.parallel)((p.count + kChunk - 1) / kChunk, [&](int64_t chunk, int) {
        const int64_t end = std::min(p.count, (chunk + 1) * kChunk);
        for (int64_t i = chunk * kChunk; i < end; ++i) y[i] = convert<To>(widen(x[i]));
      });
    });
  });
}

}  // namespace

const KernelImpl kCastRef = {"Cast", "cast.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
