#include "media/jpeg/jpeg_library.h"

#include <fmt/format.h>

#include <jerror.h>

#include "acl/acl_base.h"
#include "acl/error_codes/rt_error_codes.h"
#include "media/jpeg/jpeg_decode.h"

namespace poacl::media {
namespace {

[[noreturn]] void leave(j_common_ptr library) {
  auto* errors = reinterpret_cast<JpegErrors*>(library->err);
  library->err->format_message(library, errors->text);
  std::longjmp(errors->back, 1);
}

void count_warning(j_common_ptr library, int level) {
  if (level < 0) ++library->err->num_warnings;
}

void print_nothing(j_common_ptr) {}

// Thousands of empty scans over a large picture would take hours.
void limit_scans(j_common_ptr library) {
  if (!library->is_decompressor) return;
  const auto* info = reinterpret_cast<jpeg_decompress_struct*>(library);
  if (info->input_scan_number <= kMaxJpegScans) return;
  auto* errors = reinterpret_cast<JpegErrors*>(library->err);
  const auto end = fmt::format_to_n(errors->text, sizeof(errors->text) - 1,
                                    "the file has more than {} scans", kMaxJpegScans);
  *end.out = '\0';
  std::longjmp(errors->back, 1);
}

bool out_of_memory(const JpegErrors& errors) {
  return errors.manager.msg_code == JERR_OUT_OF_MEMORY;
}

}  // namespace

void JpegErrors::attach(j_common_ptr library) {
  library->err = jpeg_std_error(&manager);
  manager.error_exit = leave;
  manager.emit_message = count_warning;
  manager.output_message = print_nothing;
}

Status JpegReader::open(std::span<const uint8_t> data) {
  errors_.attach(reinterpret_cast<j_common_ptr>(&info_));
  return run([this, data] {
    jpeg_create_decompress(&info_);
    progress_.progress_monitor = limit_scans;
    info_.progress = &progress_;
    jpeg_mem_src(&info_, data.data(), data.size());
    jpeg_read_header(&info_, TRUE);
  });
}

Status JpegReader::failure() const {
  if (out_of_memory(errors_)) {
    return {ACL_ERROR_BAD_ALLOC, fmt::format("no memory to decode the JPEG file ({} x {}): {}",
                                             info_.image_width, info_.image_height, errors_.text)};
  }
  return {ACL_ERROR_RT_AICPU_EXCEPTION,
          fmt::format("the JPEG file ({} x {}) cannot be decoded: {}", info_.image_width,
                      info_.image_height, errors_.text)};
}

void JpegWriter::use_spill(Destination& destination) {
  destination.full = true;
  destination.manager.next_output_byte = destination.spill;
  destination.manager.free_in_buffer = sizeof(destination.spill);
}

boolean JpegWriter::more_room(j_compress_ptr info) {
  auto* destination = reinterpret_cast<Destination*>(info->dest);
  if (!destination->full) {
    use_spill(*destination);
    return TRUE;
  }
  destination->failed = true;
  leave(reinterpret_cast<j_common_ptr>(info));
}

size_t JpegWriter::written() const {
  const size_t left = destination_.manager.free_in_buffer;
  if (!destination_.full) return destination_.size - left;
  return destination_.size + sizeof(destination_.spill) - left;
}

Status JpegWriter::open(std::span<uint8_t> out) {
  errors_.attach(reinterpret_cast<j_common_ptr>(&info_));
  destination_.size = out.size();
  destination_.manager.next_output_byte = out.data();
  destination_.manager.free_in_buffer = out.size();
  if (out.empty()) use_spill(destination_);
  destination_.manager.init_destination = [](j_compress_ptr) {};
  destination_.manager.empty_output_buffer = more_room;
  destination_.manager.term_destination = [](j_compress_ptr) {};
  return run([this] {
    jpeg_create_compress(&info_);
    info_.dest = &destination_.manager;
  });
}

Status JpegWriter::no_room() const {
  return {ACL_ERROR_INVALID_PARAM,
          fmt::format("the JPEG file does not fit in the {} bytes given", destination_.size)};
}

Status JpegWriter::failure() const {
  if (destination_.failed) return no_room();
  if (out_of_memory(errors_)) {
    return {ACL_ERROR_BAD_ALLOC, fmt::format("no memory to encode the picture ({} x {}): {}",
                                             info_.image_width, info_.image_height, errors_.text)};
  }
  return {ACL_ERROR_INVALID_PARAM,
          fmt::format("the picture ({} x {}) cannot be encoded: {}", info_.image_width,
                      info_.image_height, errors_.text)};
}

}  // namespace poacl::media
