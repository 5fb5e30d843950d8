#include "om/message_parser.h"

#include <google/protobuf/io/coded_stream.h>

#include <cstdlib>
#include <limits>
#include <new>

#include <fmt/format.h>

#include "om/om_codes.h"

namespace poacl::om {
namespace {

// Four levels of message per nested graph, eight of those, and room for the rest.
constexpr int kMaxNesting = 48;

// An empty message is two bytes on the wire and hundreds in memory. Real models stay below ten
// times their size.
constexpr size_t kMaxExpansion = 64;
constexpr size_t kMinBudget = size_t{16} << 20;

thread_local size_t budget = 0;

void* budgeted_alloc(size_t size) {
  if (size > budget) throw std::bad_alloc();
  budget -= size;
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void budgeted_free(void* memory, size_t) {
  std::free(memory);
}

google::protobuf::ArenaOptions arena_options() {
  google::protobuf::ArenaOptions options;
  options.block_alloc = budgeted_alloc;
  options.block_dealloc = budgeted_free;
  budget = kMinBudget;
  return options;
}

}  // namespace

ParsedModel::ParsedModel()
    : arena_(arena_options()), model_(google::protobuf::Arena::CreateMessage<ModelDef>(&arena_)) {}

Status ParsedModel::parse(const std::byte* data, size_t size, std::string_view file_name) {
  if (size > std::numeric_limits<int32_t>::max() / 2) {
    return Status(kParamInvalid,
                  fmt::format("{}: its graph of {} bytes is too large", file_name, size));
  }
  budget = kMinBudget + size * kMaxExpansion;
  try {
    google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(data),
                                                  static_cast<int>(size));
    stream.SetRecursionLimit(kMaxNesting);
    if (model_->ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage()) return {};
  } catch (const std::bad_alloc&) {
    return Status(kParamInvalid,
                  fmt::format("{}: its graph of {} bytes would take more than {} bytes of memory, "
                              "which no real model does; the file is damaged",
                              file_name, size, kMinBudget + size * kMaxExpansion));
  }
  return Status(kParamInvalid, fmt::format("{}: its graph of {} bytes cannot be decoded; the file "
                                           "is damaged, copy or convert it again",
                                           file_name, size));
}

}  // namespace poacl::om
