#include <cstring>

#include "failure.h"
#include "files.h"

namespace msame {
namespace {

template <typename T>
T element(const std::string& bytes, size_t i) {
  T value;
  std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
  return value;
}

// Appends element i.
using Append = void (*)(const std::string& bytes, size_t i, std::string& text);

template <typename T>
void append_number(const std::string& bytes, size_t i, std::string& text) {
  if constexpr (std::is_floating_point_v<T>) {
    fmt::format_to(std::back_inserter(text), "{:g}", element<T>(bytes, i));
  } else {
    fmt::format_to(std::back_inserter(text), "{}", static_cast<int64_t>(element<T>(bytes, i)));
  }
}

void append_uint64(const std::string& bytes, size_t i, std::string& text) {
  fmt::format_to(std::back_inserter(text), "{}", element<uint64_t>(bytes, i));
}

void append_half(const std::string& bytes, size_t i, std::string& text) {
  const float value = aclFloat16ToFloat(element<aclFloat16>(bytes, i));
  fmt::format_to(std::back_inserter(text), "{:g}", value);
}

void append_bfloat(const std::string& bytes, size_t i, std::string& text) {
  const uint32_t wide = static_cast<uint32_t>(element<uint16_t>(bytes, i)) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof(value));
  fmt::format_to(std::back_inserter(text), "{:g}", value);
}

Append append_for(aclDataType type) {
  switch (type) {
    case ACL_FLOAT:
      return append_number<float>;
    case ACL_FLOAT16:
      return append_half;
    case ACL_BF16:
      return append_bfloat;
    case ACL_DOUBLE:
      return append_number<double>;
    case ACL_INT8:
      return append_number<int8_t>;
    case ACL_BOOL:
    case ACL_UINT8:
      return append_number<uint8_t>;
    case ACL_INT16:
      return append_number<int16_t>;
    case ACL_UINT16:
      return append_number<uint16_t>;
    case ACL_INT32:
      return append_number<int32_t>;
    case ACL_UINT32:
      return append_number<uint32_t>;
    case ACL_INT64:
      return append_number<int64_t>;
    case ACL_UINT64:
      return append_uint64;
    default:
      return nullptr;
  }
}

}  // namespace

std::string output_text(const Port& port, const Output& output) {
  const Append append = append_for(port.type);
  if (append == nullptr) {
    fail("the output {} of {} cannot be written as text; use --outfmt BIN", port.name,
         type_text(port.type));
  }
  const size_t count = output.bytes.size() / aclDataTypeSize(port.type);
  // One dimension is one line, without an end.
  const size_t row = output.dims.size() > 1 ? static_cast<size_t>(output.dims.back()) : 0;
  std::string text;
  for (size_t i = 0; i < count; ++i) {
    append(output.bytes, i, text);
    text += ' ';
    if (row != 0 && (i + 1) % row == 0) text += '\n';
  }
  return text;
}

}  // namespace msame
