#include "om/om_container.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "om/om_codes.h"

namespace poacl::om {
namespace {

constexpr uint32_t kMagic = 0x444F4D49;  // "IMOD"
constexpr uint32_t kVersion = 0x20000000;
constexpr uint32_t kOldVersion = 0x10000000;
constexpr uint32_t kMaxPartitions = 8;  // per table, as the genuine reader has it
constexpr uint32_t kMaxPartitionType = 64;
constexpr uint8_t kFlowModel = 3;
constexpr uint8_t kBundleModel = 5;

constexpr size_t kVersionAt = 8;
constexpr size_t kLengthAt = 76;
constexpr size_t kEncryptAt = 80;
constexpr size_t kNoChecksumAt = 81;
constexpr size_t kModelTypeAt = 82;
constexpr size_t kNameAt = 84;
constexpr size_t kNameBytes = 32;
constexpr size_t kOpsAt = 116;
constexpr size_t kModelNumAt = 156;
constexpr size_t kPlatformAt = 160;
constexpr size_t kPlatformBytes = 20;
constexpr size_t kModelLengthAt = 184;
constexpr size_t kUnknownShapeAt = 193;

constexpr size_t kWideHead = 8;
constexpr size_t kWideEntry = 24;
constexpr size_t kNarrowHead = 4;
constexpr size_t kNarrowEntry = 12;

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

bool starts_with(const std::byte* data, size_t size, std::string_view magic) {
  return size >= magic.size() && std::memcmp(data, magic.data(), magic.size()) == 0;
}

// What a file that is no .om looks like, to be told to the user.
std::string foreign_kind(const std::byte* data, size_t size) {
  if (starts_with(data, size, "PK\3\4")) {
    return "it is a zip package (the newer OM2 form), which is not supported; convert the original "
           "model again with atc";
  }
  if (starts_with(data, size, "PICO")) {
    return "it is a model of the PICO chip family, which is not supported; convert the original "
           "model with atc";
  }
  if (starts_with(data, size,
                  "\x7f"
                  "ELF"))
    return "it is a program, not a model";
  if (size >= 2 && (data[0] == std::byte{0x08}) && data[1] < std::byte{0x20}) {
    return "it looks like an ONNX model; convert it with atc --framework=5 first";
  }
  if (std::all_of(data, data + std::min<size_t>(size, 64),
                  [](std::byte b) { return b == std::byte{0}; })) {
    return "it holds only zeros; it was damaged or is still being written";
  }
  return "an .om file starts with the letters IMOD; this one was damaged or is of another kind "
         "(framework models must be converted with atc first)";
}

Status check_header(const std::byte* data, size_t size, std::string_view file_name,
                    uint32_t* head_size) {
  if (size < kHeaderBytes || load<uint32_t>(data) != kMagic) {
    if (size >= 4 && load<uint32_t>(data) == kMagic) {
      return Status(kModelDataInvalid,
                    fmt::format("{}: the file has {} bytes, less than the {}-byte header of an "
                                ".om file; it was cut short, copy or convert it again",
                                file_name, size, kHeaderBytes));
    }
    return Status(kModelDataInvalid, fmt::format("{} ({} bytes) is not an .om file: {}", file_name,
                                                 size, foreign_kind(data, size)));
  }
  *head_size = load<uint32_t>(data + 4);
  if (*head_size != kHeaderBytes) {
    return Status(kModelDataInvalid,
                  fmt::format("{}: the header says it is {} bytes long instead of {}; the file is "
                              "damaged or of an unknown version",
                              file_name, *head_size, kHeaderBytes));
  }
  const uint32_t version = load<uint32_t>(data + kVersionAt);
  if (version != kVersion && version != kOldVersion) {
    return Status(kModelDataInvalid,
                  fmt::format("{}: header version {:#x} is unknown (known: {:#x} and {:#x})",
                              file_name, version, kVersion, kOldVersion));
  }
  const uint64_t wide_length = load<uint64_t>(data + kModelLengthAt);
  const uint64_t length = wide_length != 0 ? wide_length : load<uint32_t>(data + kLengthAt);
  if (length != size - kHeaderBytes) {
    return Status(kModelDataInvalid,
                  fmt::format("{}: the header announces {} bytes after it but {} are there; the "
                              "file was cut short or damaged, copy or convert it again",
                              file_name, length, size - kHeaderBytes));
  }
  if (data[kEncryptAt] != std::byte{0}) {
    return Status(kParamInvalid, fmt::format("{}: the model is encrypted, which is not supported; "
                                             "convert the original model without a key",
                                             file_name));
  }
  if (static_cast<uint8_t>(data[kModelTypeAt]) == kBundleModel) {
    return Status(kParamInvalid, fmt::format("{}: the file is a bundle of several models, which "
                                             "this call does not load",
                                             file_name));
  }
  return {};
}

std::string text_field(const std::byte* at, size_t bytes) {
  const char* text = reinterpret_cast<const char*>(at);
  return std::string(text, strnlen(text, bytes));
}

}  // namespace

const Partition* Container::find(uint32_t type) const {
  for (const Partition& partition : partitions) {
    if (partition.type == type) return &partition;
  }
  return nullptr;
}

Result<Container> parse_container(const std::byte* data, size_t size, std::string_view file_name) {
  uint32_t head_size = 0;
  POACL_RETURN_IF_ERROR(check_header(data, size, file_name, &head_size));

  Container container;
  if (load<uint32_t>(data + kVersionAt) != kOldVersion) {
    container.model_num = load<uint32_t>(data + kModelNumAt);
  }
  container.unknown_shape = data[kUnknownShapeAt] != std::byte{0};
  container.platform_version = text_field(data + kPlatformAt, kPlatformBytes);

  const bool wide = load<uint64_t>(data + kModelLengthAt) != 0 ||
                    static_cast<uint8_t>(data[kModelTypeAt]) == kFlowModel;
  const size_t head = wide ? kWideHead : kNarrowHead;
  const size_t entry = wide ? kWideEntry : kNarrowEntry;
  const std::byte* table = data + head_size;
  const size_t rest = size - head_size;
  const uint32_t count = rest >= head ? load<uint32_t>(table) : 0;
  if (count == 0 || count > kMaxPartitions || rest < head + count * entry) {
    return Status(kParamInvalid, fmt::format("{}: the partition table announces {} partitions (1 "
                                             "to {} are allowed) in {} bytes; the file is damaged",
                                             file_name, count, kMaxPartitions, rest));
  }
  const std::byte* payload = table + head + count * entry;
  const uint64_t payload_size = rest - head - count * entry;
  uint64_t next = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const std::byte* at = table + head + i * entry;
    const uint32_t type = load<uint32_t>(at);
    const uint64_t offset = wide ? load<uint64_t>(at + 8) : load<uint32_t>(at + 4);
    const uint64_t bytes = wide ? load<uint64_t>(at + 16) : load<uint32_t>(at + 8);
    if (offset != next || bytes > payload_size - next) {
      return Status(kParamInvalid,
                    fmt::format("{}: partition {} (type {}) of {} bytes at offset {} does not "
                                "follow its predecessor at {} inside the {} bytes there are; the "
                                "file is damaged",
                                file_name, i, type, bytes, offset, next, payload_size));
    }
    if (type >= kMaxPartitionType || container.find(type) != nullptr) {
      return Status(kParamInvalid, fmt::format("{}: partition {} has type {}, which is unknown or "
                                               "there twice; the file is damaged",
                                               file_name, i, type));
    }
    container.partitions.push_back(Partition{type, payload + offset, static_cast<size_t>(bytes)});
    next += bytes;
  }
  if (container.model_num <= 1 && next != payload_size) {
    return Status(kParamInvalid,
                  fmt::format("{}: the partitions cover {} of {} bytes; the file is damaged",
                              file_name, next, payload_size));
  }
  return container;
}

size_t container_prefix_bytes(size_t partition_count) {
  return kHeaderBytes + kWideHead + kWideEntry * partition_count;
}

std::string make_container_prefix(std::string_view model_name, uint32_t op_count,
                                  std::string_view platform_version,
                                  std::span<const PartitionSize> partitions,
                                  bool shapes_at_run_time) {
  std::string bytes(container_prefix_bytes(partitions.size()), '\0');
  uint64_t length = bytes.size() - kHeaderBytes;
  for (const PartitionSize& partition : partitions) length += partition.size;

  store(bytes, 0, kMagic);
  store(bytes, 4, static_cast<uint32_t>(kHeaderBytes));
  store(bytes, kVersionAt, kVersion);
  store(bytes, kLengthAt, length <= UINT32_MAX ? static_cast<uint32_t>(length) : 0u);
  store(bytes, kNoChecksumAt, uint8_t{1});
  bytes.replace(kNameAt, std::min(model_name.size(), kNameBytes - 1),
                model_name.substr(0, kNameBytes - 1));
  store(bytes, kOpsAt, op_count);
  store(bytes, kModelNumAt, uint32_t{1});
  bytes.replace(kPlatformAt, std::min(platform_version.size(), kPlatformBytes - 1),
                platform_version.substr(0, kPlatformBytes - 1));
  store(bytes, kModelLengthAt, length);
  store(bytes, kUnknownShapeAt, static_cast<uint8_t>(shapes_at_run_time));

  size_t at = kHeaderBytes;
  store(bytes, at, static_cast<uint32_t>(partitions.size()));
  at += kWideHead;
  uint64_t offset = 0;
  for (const PartitionSize& partition : partitions) {
    store(bytes, at, partition.type);
    store(bytes, at + 8, offset);
    store(bytes, at + 16, partition.size);
    offset += partition.size;
    at += kWideEntry;
  }
  return bytes;
}

}  // namespace poacl::om
