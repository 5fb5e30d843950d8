// Element sizes and the saturating half-float pair (spec: util sections 5 and 6).
#include <bit>

#include "acl/acl_base.h"
#include "base/dtype.h"
#include "base/half.h"

size_t aclDataTypeSize(aclDataType dataType) {
  switch (dataType) {
    case ACL_DT_UNDEFINED:
    case ACL_STRING:
      return 0;
    case ACL_COMPLEX32:
      return 4;
    case ACL_INT4:
    case ACL_UINT1:
    case ACL_HIFLOAT8:
    case ACL_FLOAT8_E5M2:
    case ACL_FLOAT8_E4M3FN:
    case ACL_FLOAT8_E8M0:
      return 1;
    default:
      break;
  }
  const size_t size = poacl::data_type_size(static_cast<poacl::DataType>(dataType));
  // What the interface answers for numbers that name no type.
  return size == 0 ? 8 : size;
}

float aclFloat16ToFloat(aclFloat16 value) {
  const uint32_t exponent = (value >> 10) & 0x1fu;
  if (exponent != 31) return poacl::half_to_float(value);
  // No infinities here: the largest exponent is one more binade.
  const uint32_t sign = static_cast<uint32_t>(value & 0x8000u) << 16;
  const uint32_t mantissa = value & 0x3ffu;
  return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
}

aclFloat16 aclFloatToFloat16(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const auto sign = static_cast<aclFloat16>((bits >> 16) & 0x8000u);
  const aclFloat16 rounded = poacl::float_to_half(value);
  // Infinity, NaN and what rounds up to infinity.
  if ((rounded & 0x7c00u) == 0x7c00u) return static_cast<aclFloat16>(sign | 0x7bffu);
  return rounded;
}
