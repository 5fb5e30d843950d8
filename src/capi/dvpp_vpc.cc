#include "capi/dvpp_vpc.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/config.h"
#include "base/log.h"

namespace poacl::capi {
namespace {

using media::Picture;
using media::Rect;

// Everything a queued call owns.
struct Work {
  std::vector<media::TransformJob> jobs;
  std::vector<media::Border> borders;  // as many as jobs, or none
  std::vector<TouchedMemory> memory;
  media::TransformOptions options;
};

media::AreaNumbers numbers_of(const RoiConfig& roi) {
  return {roi.left, roi.right, roi.top, roi.bottom};
}

// "crop area", in a batch "crop area 3".
std::string label(const char* what, const VpcPiece& piece, bool batch) {
  return batch ? fmt::format("{} {}", what, piece.index) : what;
}

Result<Rect> find_area(const std::shared_ptr<RoiConfig>& roi, const Picture& picture,
                       media::AreaUse use, const std::string& what) {
  if (roi == nullptr) return media::whole(picture);
  return media::check_area_numbers(numbers_of(*roi), picture, use, what, media_rulebook());
}

Result<Rect> inside_border(const BorderConfig& border, const Picture& output,
                           const std::string& what) {
  const uint64_t across = uint64_t{border.left} + border.right;
  const uint64_t down = uint64_t{border.top} + border.bottom;
  if (across >= static_cast<uint64_t>(output.width) ||
      down >= static_cast<uint64_t>(output.height)) {
    return Status(ACL_ERROR_INVALID_PARAM,
                  fmt::format("{}: left {} + right {} and top {} + bottom {} leave no room for a "
                              "picture in the output of {} x {}",
                              what, border.left.load(), border.right.load(), border.top.load(),
                              border.bottom.load(), output.width, output.height));
  }
  return Rect{static_cast<int32_t>(border.left), static_cast<int32_t>(border.top),
              static_cast<int32_t>(output.width - static_cast<int64_t>(across)),
              static_cast<int32_t>(output.height - static_cast<int64_t>(down))};
}

Result<media::Border> border_of(const BorderConfig& config, bool after_resize) {
  POACL_RETURN_IF_ERROR(media::check_border_type(config.type.load(), after_resize));
  media::Border border;
  border.type = static_cast<media::BorderType>(config.type.load());
  for (size_t i = 0; i < border.value.size(); ++i) {
    border.value[i] = static_cast<uint8_t>(std::lround(config.values[i]));
  }
  return border;
}

Status check_same_size(const Rect& from, const Rect& to, const Picture& output) {
  if (from.width == to.width && from.height == to.height) return {};
  const int32_t across = output.width - to.width;
  const int32_t down = output.height - to.height;
  return {
      ACL_ERROR_INVALID_PARAM,
      fmt::format("the output has {} x {} pixels, an input of {} x {}{} needs {} x {}: pass that",
                  output.width, output.height, from.width, from.height,
                  across + down != 0 ? " and its border" : "", from.width + across,
                  from.height + down)};
}

Status add_piece(const VpcCall& call, const VpcPiece& piece, Work& work) {
  const bool batch = call.pieces.size() > 1 || piece.index != 0;
  const std::string output_name = label("output picture", piece, batch);
  Result<Picture> input = find_picture(*piece.input, media::PictureUse::kVpcInput, "input picture");
  if (!input.ok()) {
    return batch ? input.status().with_context(label("area", piece, batch)) : input.status();
  }
  POACL_ASSIGN_OR_RETURN(
      const Picture output,
      find_picture(*piece.output, media::PictureUse::kVpcOutput, output_name.c_str()));
  POACL_RETURN_IF_ERROR(media::check_apart(*input, output, output_name));
  const std::string crop_name = label("crop area", piece, batch);
  POACL_ASSIGN_OR_RETURN(const Rect crop,
                         find_area(piece.crop, *input, media::AreaUse::kCrop, crop_name));
  POACL_ASSIGN_OR_RETURN(Rect paste, find_area(piece.paste, output, media::AreaUse::kPaste,
                                               label("paste area", piece, batch)));
  if (piece.border != nullptr) {
    POACL_ASSIGN_OR_RETURN(paste,
                           inside_border(*piece.border, output, label("border", piece, batch)));
    POACL_ASSIGN_OR_RETURN(const media::Border border, border_of(*piece.border, !call.same_size));
    work.borders.push_back(border);
  }
  if (call.same_size) POACL_RETURN_IF_ERROR(check_same_size(crop, paste, output));
  POACL_RETURN_IF_ERROR(media::check_scaling(crop, paste, crop_name, media_rulebook()));
  work.jobs.push_back({*input, output, {crop, paste}});
  work.memory.push_back(
      {input->data, static_cast<size_t>(media::touched_bytes(*input)), "input picture", false});
  work.memory.push_back(
      {output.data, static_cast<size_t>(media::touched_bytes(output)), "output picture", true});
  return {};
}

// A number that the chip does not know is refused in strict media; else the nearest is taken.
Result<media::Interpolation> find_method(const std::shared_ptr<ResizeConfig>& resize) {
  const SocFamily family = config().soc->family;
  if (resize == nullptr) return media::v1_default_interpolation(family);
  const uint32_t number = resize->interpolation;
  if (const auto method = media::v1_interpolation(number, family)) return *method;
  if (media_rulebook().strict) {
    return Status(
        ACL_ERROR_INVALID_PARAM,
        fmt::format("interpolation {} is not supported on {} (POACL_STRICT_MEDIA=1): pass "
                    "1 (bilinear) or 2 (nearest)",
                    number, config().soc->name));
  }
  constexpr std::array kElsewhere = {
      media::Interpolation::kBilinear, media::Interpolation::kBilinear,
      media::Interpolation::kNearest,  media::Interpolation::kBilinearTopLeft,
      media::Interpolation::kNearest,  media::Interpolation::kBilinear};
  log(LogLevel::kWarning, "DVPP",
      "interpolation {} is not supported on {}; it is done as elsewhere", number,
      config().soc->name);
  return kElsewhere[std::min<size_t>(number, kElsewhere.size() - 1)];
}

Status run(const Work& work, ParallelFor& parallel) {
  POACL_RETURN_IF_ERROR(check_touched(work.memory));
  if (!work.borders.empty()) {
    return media::make_border(work.jobs, work.borders, work.options, parallel);
  }
  if (work.jobs.size() == 1) {
    const media::TransformJob& job = work.jobs[0];
    return media::transform(job.source, job.destination, job.region, work.options, parallel);
  }
  return media::transform(work.jobs, work.options, parallel);
}

}  // namespace

Status queue_vpc(const MediaJob& job, const VpcCall& call) {
  auto work = std::make_shared<Work>();
  POACL_ASSIGN_OR_RETURN(work->options.method, find_method(call.resize));
  work->options.csc = media::find_csc(job.channel->csc_matrix);
  RetCodes codes;
  for (const VpcPiece& piece : call.pieces) {
    POACL_RETURN_IF_ERROR(add_piece(call, piece, *work));
    codes.push_back(ret_code_of(piece.output));
  }
  return queue_job(job, std::move(codes), [work = std::move(work)](ParallelFor& parallel) {
    return run(*work, parallel);
  });
}

}  // namespace poacl::capi
