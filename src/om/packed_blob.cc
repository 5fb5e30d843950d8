#include "om/packed_blob.h"

#include <cstring>

#include <fmt/format.h>

#include "om/om_codes.h"

namespace poacl::om {
namespace {

constexpr char kMagic[8] = {'P', 'O', 'A', 'C', 'L', 'P', 'K', '1'};
constexpr uint32_t kVersion = 1;
constexpr uint64_t kPage = 4096;
constexpr uint64_t kEntryAlign = 64;

struct Header {
  char magic[8];
  uint32_t version;
  uint32_t count;
  uint64_t table_bytes;
  uint64_t payload_offset;
  uint64_t payload_bytes;
  uint64_t checksum;  // computed with this field zero
  uint64_t reserved[2];
};
static_assert(sizeof(Header) == 64);

struct Entry {
  uint64_t offset;
  uint64_t size;
  uint32_t key_bytes;
  uint32_t reserved;
};
static_assert(sizeof(Entry) == 24);

uint64_t align_up(uint64_t value, uint64_t to) {
  return (value + to - 1) / to * to;
}

uint64_t fnv1a(const void* data, size_t size, uint64_t hash = 0xcbf29ce484222325ull) {
  const auto* bytes = static_cast<const unsigned char*>(data);
  for (size_t i = 0; i < size; ++i) hash = (hash ^ bytes[i]) * 0x100000001b3ull;
  return hash;
}

uint64_t checksum_of(Header header, const void* table, size_t table_bytes) {
  header.checksum = 0;
  return fnv1a(table, table_bytes, fnv1a(&header, sizeof(header)));
}

Status broken(std::string what) {
  return Status(kParamInvalid, "the packed constants " + std::move(what) +
                                   "; the file is damaged, convert the model again with atc");
}

}  // namespace

PackedLayout layout_packed(const std::vector<OmPacked>& packed, uint64_t file_offset) {
  PackedLayout layout;
  std::string table;
  for (const OmPacked& item : packed) {
    const uint64_t offset = align_up(layout.payload_bytes, kEntryAlign);
    layout.offsets.push_back(offset);
    layout.payload_bytes = offset + item.bytes.size();
    const Entry entry{offset, item.bytes.size(), static_cast<uint32_t>(item.key.size()), 0};
    table.append(reinterpret_cast<const char*>(&entry), sizeof(entry));
    table.append(item.key);
    table.resize(align_up(table.size(), 8));
  }
  Header header{};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  header.version = kVersion;
  header.count = static_cast<uint32_t>(packed.size());
  header.table_bytes = table.size();
  header.payload_offset =
      align_up(file_offset + sizeof(header) + table.size(), kPage) - file_offset;
  header.payload_bytes = layout.payload_bytes;
  header.checksum = checksum_of(header, table.data(), table.size());
  layout.head.assign(reinterpret_cast<const char*>(&header), sizeof(header));
  layout.head += table;
  layout.head.resize(header.payload_offset);
  return layout;
}

Result<std::vector<OmPacked>> read_packed(const std::shared_ptr<const void>& owner,
                                          const std::byte* data, size_t size) {
  Header header;
  if (size < sizeof(header)) return broken(fmt::format("have only {} bytes", size));
  std::memcpy(&header, data, sizeof(header));
  if (std::memcmp(header.magic, kMagic, sizeof(kMagic)) != 0 || header.version != kVersion) {
    return broken("have an unknown header");
  }
  if (header.table_bytes > size - sizeof(header) ||
      header.payload_offset < sizeof(header) + header.table_bytes || header.payload_offset > size ||
      header.payload_bytes != size - header.payload_offset) {
    return broken(fmt::format("announce a table of {} bytes and {} bytes at {} in {}",
                              header.table_bytes, header.payload_bytes, header.payload_offset,
                              size));
  }
  const std::byte* table = data + sizeof(header);
  if (checksum_of(header, table, header.table_bytes) != header.checksum) {
    return broken("do not match their checksum");
  }
  const std::byte* payload = data + header.payload_offset;
  std::vector<OmPacked> packed;
  uint64_t at = 0;
  for (uint32_t i = 0; i < header.count; ++i) {
    Entry entry;
    if (header.table_bytes - at < sizeof(entry)) return broken("have a table cut short");
    std::memcpy(&entry, table + at, sizeof(entry));
    at += sizeof(entry);
    const uint64_t key_bytes = align_up(entry.key_bytes, 8);
    if (key_bytes > header.table_bytes - at || entry.offset > header.payload_bytes ||
        entry.size > header.payload_bytes - entry.offset) {
      return broken(fmt::format("have an entry {} that lies outside", i));
    }
    std::string key(reinterpret_cast<const char*>(table + at), entry.key_bytes);
    at += key_bytes;
    const std::byte* bytes = payload + entry.offset;
    if (reinterpret_cast<uintptr_t>(bytes) % kEntryAlign != 0) {
      return broken(
          fmt::format("have an entry {} that is not aligned to {} bytes", i, kEntryAlign));
    }
    packed.push_back(OmPacked{std::move(key), ConstBuffer(owner, bytes, entry.size)});
  }
  return packed;
}

}  // namespace poacl::om
