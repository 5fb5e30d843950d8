// What every picture task goes through: its arguments are looked up and checked at the call,
// copied, and run on the stream with the device's workers (spec: vpc section 2, media-memory
// section 4).
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "capi/dvpp_objects.h"
#include "media/picture_rules.h"
#include "runtime/runtime.h"
#include "runtime/stream.h"

namespace poacl::capi {

// The profile of the process and whether its limits are enforced.
media::Rulebook media_rulebook();

// 200001 on chips that lack `what`, a call of its own.
Status check_newer_chip(std::string_view what);

struct MediaJob {
  const char* api;
  std::shared_ptr<ChannelDesc> channel;
  std::shared_ptr<runtime::Stream> stream;
};

// Finds channel and stream. 100000 for a description whose channel is not open, or one that was
// opened for other things than `mode`.
Result<MediaJob> start_job(const char* api, const acldvppChannelDesc* channel,
                           acldvppChannelMode mode, aclrtStream stream);

// Memory that a task touches, looked at again when it runs: a program may have freed it since.
struct TouchedMemory {
  const void* data = nullptr;
  size_t bytes = 0;
  const char* what = "";
  bool writes = false;
};
Status check_touched(const std::vector<TouchedMemory>& memory);

// What the descriptor says now, and what the program made it say.
media::PictureNumbers numbers_of(const PicDesc& desc);
media::PictureNumbers set_numbers_of(const PicDesc& desc);

// The picture of a descriptor, checked, its memory included. `what`: "input picture".
Result<media::Picture> find_picture(const PicDesc& desc, media::PictureUse use, const char* what);

// Queues `run`. How it ends is told to the stream and, as 0 or the code, through `ret_codes`, which
// share ownership with what they point into.
using RetCodes = std::vector<std::shared_ptr<std::atomic<uint32_t>>>;
Status queue_job(const MediaJob& job, RetCodes ret_codes, std::function<Status(ParallelFor&)> run);

// ret_codes of an object that has such a field.
template <typename T>
std::shared_ptr<std::atomic<uint32_t>> ret_code_of(const std::shared_ptr<T>& object) {
  return {object, &object->ret_code};
}

}  // namespace poacl::capi
