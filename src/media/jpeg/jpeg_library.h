// libjpeg-turbo behind an interface whose errors are Statuses.
#pragma once

#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <type_traits>

#include <jpeglib.h>

#include "base/status.h"

namespace poacl::media {

// Where libjpeg reports: warnings are counted, an error jumps back to the innermost guarded().
struct JpegErrors {
  jpeg_error_mgr manager;  // first: libjpeg hands its address back
  std::jmp_buf back;
  char text[JMSG_LENGTH_MAX];

  void attach(j_common_ptr library);
};

// Runs `work`, false if libjpeg failed in it. The jump runs no destructors, so `work` holds plain
// pointers and numbers only.
template <typename Work>
bool guarded(JpegErrors& errors, Work&& work) {
  static_assert(std::is_trivially_destructible_v<std::remove_reference_t<Work>>);
  if (setjmp(errors.back) != 0) return false;
  work();
  return true;
}

class JpegReader {
 public:
  JpegReader() = default;
  ~JpegReader() { jpeg_destroy_decompress(&info_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  // Reads up to the first scan. `data` must stay until the reader is gone.
  Status open(std::span<const uint8_t> data);

  jpeg_decompress_struct& info() { return info_; }

  template <typename Work>
  Status run(Work&& work) {
    return guarded(errors_, work) ? Status() : failure();
  }

 private:
  // 200000 when memory was short, otherwise 507018.
  Status failure() const;

  jpeg_decompress_struct info_ = {};
  JpegErrors errors_ = {};
  jpeg_progress_mgr progress_ = {};
};

class JpegWriter {
 public:
  JpegWriter() = default;
  ~JpegWriter() { jpeg_destroy_compress(&info_); }
  JpegWriter(const JpegWriter&) = delete;
  JpegWriter& operator=(const JpegWriter&) = delete;

  // Creates the compressor; it writes to `out` and fails when that does not suffice.
  Status open(std::span<uint8_t> out);

  jpeg_compress_struct& info() { return info_; }
  // Bytes written, once the file is finished; more than `out` has if it did not fit.
  size_t written() const;

  template <typename Work>
  Status run(Work&& work) {
    return guarded(errors_, work) ? Status() : failure();
  }

  // 100000: the file does not fit in `out`.
  Status no_room() const;

 private:
  // 200000 when memory was short, 100000 when `out` was.
  Status failure() const;

  // libjpeg asks for more room as soon as a buffer is full, even if nothing is to follow. So `out`
  // is followed by a few bytes of our own: what lands there did not fit.
  struct Destination {
    jpeg_destination_mgr manager;  // first: libjpeg hands its address back
    size_t size;
    bool full;
    bool failed;
    uint8_t spill[64];
  };
  static boolean more_room(j_compress_ptr info);
  static void use_spill(Destination& destination);

  jpeg_compress_struct info_ = {};
  JpegErrors errors_ = {};
  Destination destination_ = {};
};

}  // namespace poacl::media
