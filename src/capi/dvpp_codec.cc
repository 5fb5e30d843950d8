#include "capi/dvpp_codec.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "media/picture.h"
#include "runtime/address_check.h"

namespace poacl::capi {
namespace {

struct Decoding {
  std::span<const uint8_t> file;
  media::PictureNumbers asked;
  std::shared_ptr<PicDesc> output;
  Decoder decoder;
};

Result<media::Picture> find_target(const Decoding& work) {
  POACL_ASSIGN_OR_RETURN(const media::Picture target, work.decoder.target(work.file, work.asked));
  POACL_RETURN_IF_ERROR(check_touched(
      {{target.data, static_cast<size_t>(media::touched_bytes(target)), "output picture", true}}));
  return target;
}

// What a program has set to something else since stays.
template <typename Value>
void tell(PicDesc& desc, std::atomic<Value> PicNumbers::*field, int64_t asked, int64_t decided) {
  if (desc.set.*field == static_cast<Value>(asked)) desc.now.*field = static_cast<Value>(decided);
}

void tell(PicDesc& desc, const media::PictureNumbers& asked, const media::Picture& decided) {
  tell(desc, &PicNumbers::format, asked.format, static_cast<int64_t>(decided.format));
  tell(desc, &PicNumbers::width, asked.width, decided.width);
  tell(desc, &PicNumbers::height, asked.height, decided.height);
  tell(desc, &PicNumbers::width_stride, asked.width_stride, decided.width_stride);
  tell(desc, &PicNumbers::height_stride, asked.height_stride, decided.height_stride);
  const int64_t bytes = media::strided_bytes(media::format_info(decided.format),
                                             decided.width_stride, decided.height_stride);
  const auto room = static_cast<int64_t>(asked.size);
  tell(desc, &PicNumbers::size, room, std::min(bytes, room));
}

Status run(const Decoding& work) {
  POACL_RETURN_IF_ERROR(
      check_touched({{work.file.data(), work.file.size(), "data of the file", false}}));
  POACL_ASSIGN_OR_RETURN(const media::Picture target, find_target(work));
  POACL_RETURN_IF_ERROR(work.decoder.decode(work.file, target));
  tell(*work.output, work.asked, target);
  return {};
}

}  // namespace

Result<std::span<const uint8_t>> readable_file(const void* data, uint32_t size) {
  POACL_CHECK_NOT_NULL(data);
  if (size == 0) {
    return Status(ACL_ERROR_INVALID_PARAM, "size is 0: pass the number of bytes of the file");
  }
  POACL_RETURN_IF_ERROR(check_touched({{data, size, "data of the file", false}}));
  return std::span(static_cast<const uint8_t*>(data), size);
}

Status queue_decoding(const MediaJob& job, const void* data, uint32_t size,
                      const std::shared_ptr<PicDesc>& output, Decoder decoder) {
  Decoding work{{}, set_numbers_of(*output), output, std::move(decoder)};
  POACL_ASSIGN_OR_RETURN(work.file, readable_file(data, size));
  if (work.asked.data == nullptr) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  "output picture: the address of its data is null: set it");
  }
  if (job.stream->unfinished() == 0) {
    POACL_ASSIGN_OR_RETURN(const media::Picture target, find_target(work));
    tell(*output, work.asked, target);
  }
  RetCodes codes = {ret_code_of(output)};
  return queue_job(job, std::move(codes),
                   [work = std::make_shared<const Decoding>(std::move(work))](ParallelFor&) {
                     return run(*work);
                   });
}

}  // namespace poacl::capi
