// Tasks on the values of one picture: pyramids, histograms, tables (spec: vpc section 6).
#include <utility>

#include "capi/dvpp_job.h"
#include "media/vpc/histogram.h"
#include "media/vpc/pyramid.h"

using namespace poacl;
using namespace poacl::capi;
using media::Picture;
using media::PictureUse;

namespace {

TouchedMemory touched(const Picture& picture, bool output) {
  return {picture.data, static_cast<size_t>(media::touched_bytes(picture)),
          output ? "output picture" : "input picture", output};
}

Status pyramid_step(const char* api, const acldvppChannelDesc* channel,
                    const acldvppPicDesc* input_handle, const acldvppPicDesc* output_handle,
                    aclrtStream stream) {
  POACL_RETURN_IF_ERROR(check_newer_chip("a step of a pyramid"));
  POACL_ASSIGN_OR_RETURN(const MediaJob job, start_job(api, channel, DVPP_CHNMODE_VPC, stream));
  POACL_ASSIGN_OR_RETURN(const auto input, find(input_handle, "inputDesc"));
  POACL_ASSIGN_OR_RETURN(const auto output, find(output_handle, "outputDesc"));
  POACL_ASSIGN_OR_RETURN(const Picture from,
                         find_picture(*input, PictureUse::kVpcInput, "input picture"));
  POACL_ASSIGN_OR_RETURN(const Picture to,
                         find_picture(*output, PictureUse::kVpcOutput, "output picture"));
  POACL_RETURN_IF_ERROR(media::check_apart(from, to, "output picture"));
  POACL_RETURN_IF_ERROR(media::check_pyrdown(from, to, {}));
  return queue_job(job, {ret_code_of(output)}, [from, to](ParallelFor& parallel) -> Status {
    POACL_RETURN_IF_ERROR(check_touched({touched(from, false), touched(to, true)}));
    return media::pyrdown(from, to, {}, parallel);
  });
}

Status map_values(const char* api, const acldvppChannelDesc* channel,
                  const acldvppPicDesc* input_handle, const acldvppPicDesc* output_handle,
                  const acldvppLutMap* map_handle, aclrtStream stream) {
  POACL_RETURN_IF_ERROR(check_newer_chip("mapping values by a table"));
  POACL_ASSIGN_OR_RETURN(const MediaJob job, start_job(api, channel, DVPP_CHNMODE_VPC, stream));
  POACL_ASSIGN_OR_RETURN(const auto input, find(input_handle, "inputDesc"));
  POACL_ASSIGN_OR_RETURN(const auto output, find(output_handle, "outputDesc"));
  POACL_ASSIGN_OR_RETURN(auto map, find(map_handle, "lutMap"));
  POACL_ASSIGN_OR_RETURN(const Picture from,
                         find_picture(*input, PictureUse::kVpcInput, "input picture"));
  POACL_ASSIGN_OR_RETURN(const Picture to,
                         find_picture(*output, PictureUse::kVpcOutput, "output picture"));
  POACL_RETURN_IF_ERROR(media::check_apply_tables(from, to));
  // The same picture in and out is fine; one that lies partly in the other is not.
  if (from.data != to.data || from.width_stride != to.width_stride ||
      from.height_stride != to.height_stride) {
    POACL_RETURN_IF_ERROR(media::check_apart(from, to, "output picture"));
  }
  return queue_job(
      job, {ret_code_of(output)},
      [from, to, map = std::move(map)](ParallelFor& parallel) -> Status {
        POACL_RETURN_IF_ERROR(check_touched({touched(from, false), touched(to, true)}));
        media::apply_tables(from, to, map->tables, parallel);
        return {};
      });
}

Status count_values(const char* api, const acldvppChannelDesc* channel,
                    const acldvppPicDesc* input_handle, const acldvppHist* hist_handle,
                    aclrtStream stream) {
  POACL_RETURN_IF_ERROR(check_newer_chip("a histogram"));
  POACL_ASSIGN_OR_RETURN(const MediaJob job, start_job(api, channel, DVPP_CHNMODE_VPC, stream));
  POACL_ASSIGN_OR_RETURN(const auto input, find(input_handle, "srcPicDesc"));
  POACL_ASSIGN_OR_RETURN(auto hist, find(hist_handle, "hist"));
  POACL_ASSIGN_OR_RETURN(const Picture from,
                         find_picture(*input, PictureUse::kVpcInput, "input picture"));
  RetCodes codes = {ret_code_of(hist)};
  return queue_job(job, std::move(codes),
                   [from, hist = std::move(hist)](ParallelFor& parallel) -> Status {
                     POACL_RETURN_IF_ERROR(check_touched({touched(from, false)}));
                     return media::calc_hist(from, hist->counts, parallel);
                   });
}

}  // namespace

aclError acldvppVpcPyrDownAsync(acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc,
                                acldvppPicDesc* outputDesc, void* /*reserve*/, aclrtStream stream) {
  constexpr const char* kApi = "acldvppVpcPyrDownAsync";
  return entry(kApi,
               [&] { return pyramid_step(kApi, channelDesc, inputDesc, outputDesc, stream); });
}

aclError acldvppVpcEqualizeHistAsync(const acldvppChannelDesc* channelDesc,
                                     const acldvppPicDesc* inputDesc, acldvppPicDesc* outputDesc,
                                     const acldvppLutMap* lutMap, aclrtStream stream) {
  constexpr const char* kApi = "acldvppVpcEqualizeHistAsync";
  return entry(
      kApi, [&] { return map_values(kApi, channelDesc, inputDesc, outputDesc, lutMap, stream); });
}

aclError acldvppVpcCalcHistAsync(acldvppChannelDesc* channelDesc, acldvppPicDesc* srcPicDesc,
                                 acldvppHist* hist, void* /*reserve*/, aclrtStream stream) {
  constexpr const char* kApi = "acldvppVpcCalcHistAsync";
  return entry(kApi, [&] { return count_values(kApi, channelDesc, srcPicDesc, hist, stream); });
}
