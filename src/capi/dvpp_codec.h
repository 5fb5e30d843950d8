// What the decoding of JPEG and of PNG share: when the file is looked at, and what the output's
// descriptor is told.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "capi/dvpp_job.h"

namespace poacl::capi {

// A decoder as the task sees it.
struct Decoder {
  // Where the picture of `file` goes, for the numbers that the caller gave.
  std::function<Result<media::Picture>(std::span<const uint8_t> file,
                                       const media::PictureNumbers& asked)>
      target;
  std::function<Status(std::span<const uint8_t> file, const media::Picture& out)> decode;
};

// Queues decoding from [data, data + size) to the picture of `output`. A stream with nothing to do
// cannot change the file any more, so then its header is read at once: errors are told by the call,
// and the descriptor gets what was decided. Otherwise all that happens when the task runs.
Status queue_decoding(const MediaJob& job, const void* data, uint32_t size,
                      const std::shared_ptr<PicDesc>& output, Decoder decoder);

// Memory that a call reads at once: not null, not empty, touchable.
Result<std::span<const uint8_t>> readable_file(const void* data, uint32_t size);

}  // namespace poacl::capi
