#include "om/om_bundle.h"

#include <cstring>

#include <fmt/format.h>

#include "om/om_codes.h"
#include "om/om_container.h"

namespace poacl::om {
namespace {

constexpr uint32_t kMagic = 0x444F4D49;  // "IMOD"
constexpr size_t kModelTypeAt = 82;
constexpr uint8_t kBundleModel = 5;
constexpr size_t kModelLengthAt = 184;
constexpr size_t kNoChecksumAt = 81;
constexpr size_t kVersionAt = 8;
constexpr uint32_t kVersion = 0x20000000;
constexpr size_t kLengthAt = 76;
constexpr uint32_t kBundleInfo = 24;       // a model
constexpr uint32_t kBundleVariables = 25;  // u64: their bytes
constexpr size_t kTableHead = 8;
constexpr size_t kEntry = 24;

template <typename T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

template <typename T>
void store(std::string& bytes, size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof(value));
}

Status not_a_bundle(std::string_view file_name) {
  return Status(ACL_ERROR_INVALID_PARAM,
                fmt::format("{} is no bundle of models: load a single model with "
                            "aclmdlLoadFromFile or aclmdlLoadFromMem",
                            file_name));
}

Status broken(std::string_view file_name, std::string what) {
  return Status(kParamInvalid, fmt::format("{}: {}; the bundle is damaged", file_name, what));
}

}  // namespace

Result<Bundle> parse_bundle(const std::byte* data, size_t size, std::string_view file_name) {
  if (size < kHeaderBytes || load<uint32_t>(data) != kMagic ||
      load<uint8_t>(data + kModelTypeAt) != kBundleModel) {
    return not_a_bundle(file_name);
  }
  const size_t rest = size - kHeaderBytes;
  const uint64_t wide = load<uint64_t>(data + kModelLengthAt);
  const uint64_t length = wide != 0 ? wide : load<uint32_t>(data + kLengthAt);
  if (length != rest) {
    return Status(kModelDataInvalid,
                  fmt::format("{}: the header announces {} bytes after it but {} are there; the "
                              "file was cut short or damaged, copy it again",
                              file_name, length, rest));
  }
  const std::byte* table = data + kHeaderBytes;
  const uint64_t count = rest >= kTableHead ? load<uint32_t>(table) : 0;
  if (count == 0 || count > (rest - kTableHead) / kEntry) {
    return broken(file_name, fmt::format("its table announces {} parts in {} bytes", count, rest));
  }
  Bundle bundle;
  const std::byte* next = table + kTableHead + count * kEntry;
  size_t left = rest - kTableHead - count * kEntry;
  for (uint64_t i = 0; i < count; ++i) {
    const std::byte* entry = table + kTableHead + i * kEntry;
    const auto type = load<uint32_t>(entry);
    const auto bytes = load<uint64_t>(entry + 16);
    if (bytes > left) {
      return broken(file_name,
                    fmt::format("part {} has {} bytes where {} are left", i, bytes, left));
    }
    if (type == kBundleInfo) bundle.models.push_back({next, static_cast<size_t>(bytes)});
    if (type == kBundleVariables) {
      if (bytes < sizeof(uint64_t))
        return broken(file_name, "the size of its variables is cut off");
      bundle.variable_bytes = load<uint64_t>(next);
    }
    next += bytes;
    left -= bytes;
  }
  if (bundle.models.empty()) return broken(file_name, "it holds no model");
  return bundle;
}

std::string make_bundle(std::span<const std::string> models, uint64_t variable_bytes) {
  std::string variables(sizeof(variable_bytes), '\0');
  store(variables, 0, variable_bytes);
  const size_t count = models.size() + 1;
  std::string bytes(kHeaderBytes + kTableHead + kEntry * count, '\0');
  store(bytes, 0, kMagic);
  store(bytes, 4, static_cast<uint32_t>(kHeaderBytes));
  store(bytes, kVersionAt, kVersion);
  store(bytes, kNoChecksumAt, uint8_t{1});
  store(bytes, kModelTypeAt, kBundleModel);
  store(bytes, kHeaderBytes, static_cast<uint32_t>(count));
  uint64_t offset = 0;
  for (size_t i = 0; i < count; ++i) {
    const std::string& part = i == 0 ? variables : models[i - 1];
    const size_t entry = kHeaderBytes + kTableHead + i * kEntry;
    store(bytes, entry, i == 0 ? kBundleVariables : kBundleInfo);
    store(bytes, entry + 8, offset);
    store(bytes, entry + 16, static_cast<uint64_t>(part.size()));
    offset += part.size();
    bytes += part;
  }
  const uint64_t length = bytes.size() - kHeaderBytes;
  store(bytes, kLengthAt, length <= UINT32_MAX ? static_cast<uint32_t>(length) : 0u);
  store(bytes, kModelLengthAt, length);
  return bytes;
}

}  // namespace poacl::om
