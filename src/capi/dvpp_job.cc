#include "capi/dvpp_job.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/config.h"
#include "media/picture.h"
#include "runtime/address_check.h"

namespace poacl::capi {
namespace {

const char* mode_name(acldvppChannelMode mode) {
  switch (mode) {
    case DVPP_CHNMODE_VPC:
      return "VPC";
    case DVPP_CHNMODE_JPEGD:
      return "JPEGD";
    case DVPP_CHNMODE_JPEGE:
      return "JPEGE";
    case DVPP_CHNMODE_PNGD:
      return "PNGD";
  }
  return "?";
}

media::PictureNumbers numbers_of(const PicDesc& desc, const PicNumbers& numbers) {
  return {numbers.format.load(),       numbers.width.load(),         numbers.height.load(),
          numbers.width_stride.load(), numbers.height_stride.load(), desc.data.load(),
          numbers.size.load()};
}

}  // namespace

media::Rulebook media_rulebook() {
  return {media::media_rules(config().soc->family), config().strict_media};
}

Status check_newer_chip(std::string_view what) {
  if (media_rulebook().rules.has_new_functions) return {};
  return {ACL_ERROR_API_NOT_SUPPORT,
          fmt::format("{} is not available on {}; it is on Ascend310P3 and later (POACL_SOC)", what,
                      config().soc->name)};
}

Result<MediaJob> start_job(const char* api, const acldvppChannelDesc* channel,
                           acldvppChannelMode mode, aclrtStream stream) {
  MediaJob job{api, nullptr, nullptr};
  POACL_ASSIGN_OR_RETURN(job.channel, find(channel, "channelDesc"));
  if (!job.channel->open) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  "the channel of channelDesc is not open: call acldvppCreateChannel first");
  }
  const uint32_t modes = job.channel->mode;
  if (modes != 0 && (modes & static_cast<uint32_t>(mode)) == 0) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("the channel was opened with mode {}, {} needs mode {}: pass {} to "
                              "acldvppSetChannelDescMode before opening it",
                              modes, mode_name(mode), static_cast<int>(mode),
                              modes | static_cast<uint32_t>(mode)));
  }
  POACL_ASSIGN_OR_RETURN(job.stream, runtime::resolve_stream(stream));
  return job;
}

Status check_touched(const std::vector<TouchedMemory>& memory) {
  for (const TouchedMemory& item : memory) {
    POACL_RETURN_IF_ERROR(runtime::check_memory(item.data, item.bytes, item.what,
                                                ACL_ERROR_INVALID_PARAM, item.writes));
  }
  return {};
}

media::PictureNumbers numbers_of(const PicDesc& desc) {
  return numbers_of(desc, desc.now);
}

media::PictureNumbers set_numbers_of(const PicDesc& desc) {
  return numbers_of(desc, desc.set);
}

Result<media::Picture> find_picture(const PicDesc& desc, media::PictureUse use, const char* what) {
  POACL_ASSIGN_OR_RETURN(
      media::Picture picture,
      media::check_picture_numbers(numbers_of(desc), use, what, media_rulebook()));
  const auto touched = static_cast<size_t>(media::touched_bytes(picture));
  POACL_RETURN_IF_ERROR(runtime::check_memory(picture.data, touched, what, ACL_ERROR_INVALID_PARAM,
                                              use == media::PictureUse::kVpcOutput));
  return picture;
}

Status queue_job(const MediaJob& job, RetCodes ret_codes, std::function<Status(ParallelFor&)> run) {
  runtime::Task task;
  task.api = job.api;
  task.run = [codes = std::move(ret_codes), run = std::move(run)](runtime::TaskContext& context) {
    const Status status = run(context.parallel);
    for (const auto& code : codes) *code = static_cast<uint32_t>(status.code());
    return status;
  };
  return runtime::enqueue(*job.stream, std::move(task));
}

}  // namespace poacl::capi
