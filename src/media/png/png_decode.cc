#include "media/png/png_decode.h"

#include <fmt/format.h>
#include <spng.h>

#include <memory>

#include "acl/acl_base.h"
#include "acl/error_codes/rt_error_codes.h"

namespace poacl::media {
namespace {

// What side chunks (text, profiles) may take; beyond it a file is refused.
constexpr size_t kMostChunkBytes = size_t{16} << 20;
constexpr size_t kMostKeptBytes = size_t{32} << 20;

struct FreeContext {
  void operator()(spng_ctx* context) const { spng_ctx_free(context); }
};

Status failure(const PngInfo& info, int code, int64_t rows_done) {
  const int32_t acl = code == SPNG_EMEM ? ACL_ERROR_BAD_ALLOC : ACL_ERROR_RT_AICPU_EXCEPTION;
  return {acl, fmt::format("the PNG file ({} x {}) cannot be decoded, {} of {} rows are done: {}",
                           info.width, info.height, rows_done, info.height, spng_strerror(code))};
}

}  // namespace

Status decode_png(std::span<const uint8_t> data, const PngDecodeOptions& options,
                  const Picture& out) {
  POACL_ASSIGN_OR_RETURN(const PngInfo info, read_png_info(data));
  POACL_RETURN_IF_ERROR(check_png_target(info, out, options));

  const std::unique_ptr<spng_ctx, FreeContext> context(spng_ctx_new(0));
  if (context == nullptr) return failure(info, SPNG_EMEM, 0);
  spng_set_image_limits(context.get(), INT32_MAX, INT32_MAX);
  spng_set_chunk_limits(context.get(), kMostChunkBytes, kMostKeptBytes);
  int code = spng_set_png_buffer(context.get(), data.data(), data.size());
  if (code != 0) return failure(info, code, 0);

  const bool alpha = out.format == PixelFormat::kRgba8888;
  int flags = SPNG_DECODE_PROGRESSIVE;
  // Only a palette's transparency is part of its colours here.
  if (alpha && info.colour == PngColour::kPalette) flags |= SPNG_DECODE_TRNS;
  code =
      spng_decode_image(context.get(), nullptr, 0, alpha ? SPNG_FMT_RGBA8 : SPNG_FMT_RGB8, flags);
  if (code != 0) return failure(info, code, 0);

  const size_t row_bytes = static_cast<size_t>(info.width) * (alpha ? 4 : 3);
  int64_t rows = 0;
  // Interlaced files visit rows several times and fill in the pixels that were still missing.
  while (code == 0) {
    spng_row_info row = {};
    code = spng_get_row_info(context.get(), &row);
    if (code != 0) break;
    code = spng_decode_row(context.get(), out.data + int64_t{row.row_num} * out.width_stride,
                           row_bytes);
    if (!info.interlaced) ++rows;
  }
  if (code != SPNG_EOI) return failure(info, code, rows);
  // The checksum of the last pixels is looked at only when the next chunk is read. What else may be
  // wrong behind the pixels, or missing, is of no account.
  code = spng_decode_chunks(context.get());
  return code == SPNG_ECHUNK_CRC ? failure(info, code, rows) : Status();
}

}  // namespace poacl::media
