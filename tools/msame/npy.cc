#include "npy.h"

#include <charconv>
#include <optional>

#include "failure.h"

namespace msame {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

std::optional<std::string_view> after(std::string_view text, std::string_view key) {
  const size_t at = text.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + key.size());
  const size_t begin = text.find_first_not_of(" :");
  if (begin == std::string_view::npos) return std::nullopt;
  return text.substr(begin);
}

std::optional<std::string_view> quoted(std::string_view text) {
  if (text.empty() || (text[0] != '\'' && text[0] != '"')) return std::nullopt;
  const size_t end = text.find(text[0], 1);
  if (end == std::string_view::npos) return std::nullopt;
  return text.substr(1, end - 1);
}

// "(1, 3, 224, 224)", "(5,)", "()".
std::optional<std::vector<int64_t>> tuple(std::string_view text) {
  if (text.empty() || text[0] != '(') return std::nullopt;
  std::vector<int64_t> dims;
  for (size_t at = 1; at < text.size();) {
    if (text[at] == ')') return dims;
    if (text[at] == ' ' || text[at] == ',') {
      ++at;
      continue;
    }
    int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + at, end, value);
    if (error != std::errc() || value < 0) return std::nullopt;
    at = static_cast<size_t>(stop - text.data());
    dims.push_back(value);
  }
  return std::nullopt;
}

size_t element_size(std::string_view dtype) {
  size_t size = 0;
  if (dtype.size() < 2) return 0;
  const auto [stop, error] = std::from_chars(dtype.data() + 1, dtype.data() + dtype.size(), size);
  return error == std::errc() && stop == dtype.data() + dtype.size() && size <= 64 ? size : 0;
}

// Length and start of the header text.
std::pair<size_t, size_t> header_place(std::string_view bytes, const std::string& path) {
  if (bytes.size() < 12 || !bytes.starts_with(kMagic)) {
    fail("{} is not an array as numpy.save writes it", path);
  }
  const auto byte = [&](size_t at) { return static_cast<size_t>(static_cast<uint8_t>(bytes[at])); };
  const size_t version = byte(6);
  const size_t length = version == 1 ? byte(8) | byte(9) << 8
                                     : byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24;
  const size_t begin = version == 1 ? 10 : 12;
  if (version < 1 || version > 3 || length > bytes.size() - begin) {
    fail("{}: its header (version {}, {} bytes) is damaged", path, version, length);
  }
  return {begin, length};
}

}  // namespace

NpyHeader parse_npy(std::string_view bytes, const std::string& path) {
  const auto [begin, length] = header_place(bytes, path);
  const std::string_view text = bytes.substr(begin, length);
  const auto descr = after(text, "'descr'");
  const auto type = descr ? quoted(*descr) : std::nullopt;
  const auto order = after(text, "'fortran_order'");
  const auto shape = after(text, "'shape'");
  const auto dims = shape ? tuple(*shape) : std::nullopt;
  if (!type || type->size() < 2 || !order || !dims) {
    fail("{}: its header is not that of an array of plain numbers", path);
  }
  if (order->starts_with("True")) {
    fail("{} is in Fortran order; save numpy.ascontiguousarray(array) instead", path);
  }
  if (type->front() == '>') fail("{} holds big-endian numbers ({})", path, *type);
  NpyHeader header;
  header.dtype = type->substr(type->find_first_not_of("<|=") == 1 ? 1 : 0);
  header.dims = *dims;
  header.data_at = begin + length;
  const size_t size = element_size(header.dtype);
  if (size == 0) fail("{} holds no plain numbers (its type is {})", path, *type);
  const size_t there = bytes.size() - header.data_at;
  size_t elements = 1;
  for (const int64_t dim : header.dims) {
    if (dim != 0 && elements > there / static_cast<size_t>(dim)) {
      fail("{}: its shape needs more than the {} bytes it has", path, there);
    }
    elements *= static_cast<size_t>(dim);
  }
  if (elements > there / size) {
    fail("{}: its shape needs {} bytes, but it has {}", path, elements * size, there);
  }
  return header;
}

std::string_view npy_type_of(int acl_type) {
  switch (acl_type) {
    case ACL_FLOAT:
      return "f4";
    case ACL_FLOAT16:
      return "f2";
    case ACL_INT8:
      return "i1";
    case ACL_INT32:
      return "i4";
    case ACL_UINT8:
      return "u1";
    case ACL_INT16:
      return "i2";
    case ACL_UINT16:
      return "u2";
    case ACL_UINT32:
      return "u4";
    case ACL_INT64:
      return "i8";
    case ACL_UINT64:
      return "u8";
    case ACL_DOUBLE:
      return "f8";
    case ACL_BOOL:
      return "b1";
    case ACL_COMPLEX64:
      return "c8";
    case ACL_COMPLEX128:
      return "c16";
    default:
      return "";
  }
}

}  // namespace msame
