// Tasks on the pictures of a batch (spec: vpc section 2): roiNums[i] areas belong to input i, and
// every area has an output of its own.
#include <fmt/format.h>

#include "capi/dvpp_vpc.h"
#include "runtime/address_check.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

constexpr uint64_t kMostAreas = 256;

struct Arguments {
  const acldvppBatchPicDesc* inputs = nullptr;
  const uint32_t* counts = nullptr;
  uint32_t size = 0;
  const acldvppBatchPicDesc* outputs = nullptr;
  acldvppRoiConfig* const* crops = nullptr;
  acldvppRoiConfig* const* pastes = nullptr;
  bool has_pastes = false;
  acldvppBorderConfig* const* borders = nullptr;
  bool has_borders = false;
  const acldvppResizeConfig* resize = nullptr;
  bool has_resize = false;
};

Status check_list(const void* list, size_t bytes, const char* name) {
  if (list == nullptr) return null_argument(name);
  return runtime::check_memory(list, bytes, name, ACL_ERROR_INVALID_PARAM);
}

Status check_counts(const Arguments& given, const BatchPicDesc& inputs,
                    const BatchPicDesc& outputs) {
  if (given.size != inputs.pictures.size()) {
    return {ACL_ERROR_INVALID_PARAM,
            fmt::format("roiNums has {} entries, the input batch {} pictures: they must be as many",
                        given.size, inputs.pictures.size())};
  }
  POACL_RETURN_IF_ERROR(check_list(given.counts, given.size * sizeof(uint32_t), "roiNums"));
  uint64_t areas = 0;
  for (uint32_t i = 0; i < given.size; ++i) areas += given.counts[i];
  if (areas != outputs.pictures.size() || areas > kMostAreas) {
    return {ACL_ERROR_INVALID_PARAM,
            fmt::format("the entries of roiNums add up to {}, the output batch has {} pictures: "
                        "they must be as many, at most {}",
                        areas, outputs.pictures.size(), kMostAreas)};
  }
  return {};
}

template <typename Api>
Result<std::shared_ptr<Object<Api>>> find_entry(Api* const* list, size_t index, const char* name) {
  return find(list[index], fmt::format("{}[{}]", name, index).c_str());
}

Status queue(const char* api, const acldvppChannelDesc* channel, aclrtStream stream,
             const Arguments& given) {
  POACL_ASSIGN_OR_RETURN(const MediaJob job, start_job(api, channel, DVPP_CHNMODE_VPC, stream));
  POACL_ASSIGN_OR_RETURN(const auto inputs, find(given.inputs, "srcBatchPicDescs"));
  POACL_ASSIGN_OR_RETURN(const auto outputs, find(given.outputs, "dstBatchPicDescs"));
  POACL_RETURN_IF_ERROR(check_counts(given, *inputs, *outputs));
  const size_t bytes = outputs->pictures.size() * sizeof(void*);
  POACL_RETURN_IF_ERROR(check_list(given.crops, bytes, "cropAreas"));
  if (given.has_pastes) POACL_RETURN_IF_ERROR(check_list(given.pastes, bytes, "pasteAreas"));
  if (given.has_borders) POACL_RETURN_IF_ERROR(check_list(given.borders, bytes, "borderCfgs"));
  VpcCall call;
  if (given.has_resize) {
    POACL_ASSIGN_OR_RETURN(call.resize, find(given.resize, "resizeConfig"));
  }
  for (uint32_t i = 0; i < given.size; ++i) {
    for (uint32_t k = 0; k < given.counts[i]; ++k) {
      VpcPiece piece;
      piece.index = call.pieces.size();
      if (piece.index >= outputs->pictures.size()) break;  // the list changed since it was added up
      piece.input = inputs->pictures[i];
      piece.output = outputs->pictures[piece.index];
      POACL_ASSIGN_OR_RETURN(piece.crop, find_entry(given.crops, piece.index, "cropAreas"));
      if (given.has_pastes) {
        POACL_ASSIGN_OR_RETURN(piece.paste, find_entry(given.pastes, piece.index, "pasteAreas"));
      }
      if (given.has_borders) {
        POACL_ASSIGN_OR_RETURN(piece.border, find_entry(given.borders, piece.index, "borderCfgs"));
      }
      call.pieces.push_back(std::move(piece));
    }
  }
  return queue_vpc(job, call);
}

}  // namespace

aclError acldvppVpcBatchCropAsync(acldvppChannelDesc* channelDesc,
                                  acldvppBatchPicDesc* srcBatchPicDescs, uint32_t* roiNums,
                                  uint32_t size, acldvppBatchPicDesc* dstBatchPicDescs,
                                  acldvppRoiConfig* cropAreas[], aclrtStream stream) {
  constexpr const char* kApi = "acldvppVpcBatchCropAsync";
  return entry(kApi, [&] {
    return queue(kApi, channelDesc, stream,
                 {.inputs = srcBatchPicDescs,
                  .counts = roiNums,
                  .size = size,
                  .outputs = dstBatchPicDescs,
                  .crops = cropAreas});
  });
}

aclError acldvppVpcBatchCropResizeAsync(acldvppChannelDesc* channelDesc,
                                        acldvppBatchPicDesc* srcBatchPicDescs, uint32_t* roiNums,
                                        uint32_t size, acldvppBatchPicDesc* dstBatchPicDescs,
                                        acldvppRoiConfig* cropAreas[],
                                        acldvppResizeConfig* resizeConfig, aclrtStream stream) {
  constexpr const char* kApi = "acldvppVpcBatchCropResizeAsync";
  return entry(kApi, [&] {
    return queue(kApi, channelDesc, stream,
                 {.inputs = srcBatchPicDescs,
                  .counts = roiNums,
                  .size = size,
                  .outputs = dstBatchPicDescs,
                  .crops = cropAreas,
                  .resize = resizeConfig,
                  .has_resize = true});
  });
}

aclError acldvppVpcBatchCropAndPasteAsync(acldvppChannelDesc* channelDesc,
                                          acldvppBatchPicDesc* srcBatchPicDescs, uint32_t* roiNums,
                                          uint32_t size, acldvppBatchPicDesc* dstBatchPicDescs,
                                          acldvppRoiConfig* cropAreas[],
                                          acldvppRoiConfig* pasteAreas[], aclrtStream stream) {
  constexpr const char* kApi = "acldvppVpcBatchCropAndPasteAsync";
  return entry(kApi, [&] {
    return queue(kApi, channelDesc, stream,
                 {.inputs = srcBatchPicDescs,
                  .counts = roiNums,
                  .size = size,
                  .outputs = dstBatchPicDescs,
                  .crops = cropAreas,
                  .pastes = pasteAreas,
                  .has_pastes = true});
  });
}

aclError acldvppVpcBatchCropResizePasteAsync(
    acldvppChannelDesc* channelDesc, acldvppBatchPicDesc* srcBatchPicDescs, uint32_t* roiNums,
    uint32_t size, acldvppBatchPicDesc* dstBatchPicDescs, acldvppRoiConfig* cropAreas[],
    acldvppRoiConfig* pasteAreas[], acldvppResizeConfig* resizeConfig, aclrtStream stream) {
  constexpr const char* kApi = "acldvppVpcBatchCropResizePasteAsync";
  return entry(kApi, [&] {
    return queue(kApi, channelDesc, stream,
                 {.inputs = srcBatchPicDescs,
                  .counts = roiNums,
                  .size = size,
                  .outputs = dstBatchPicDescs,
                  .crops = cropAreas,
                  .pastes = pasteAreas,
                  .has_pastes = true,
                  .resize = resizeConfig,
                  .has_resize = true});
  });
}

aclError acldvppVpcBatchCropResizeMakeBorderAsync(
    acldvppChannelDesc* channelDesc, acldvppBatchPicDesc* srcBatchPicDescs, uint32_t* roiNums,
    uint32_t size, acldvppBatchPicDesc* dstBatchPicDescs, acldvppRoiConfig* cropAreas[],
    acldvppBorderConfig* borderCfgs[], acldvppResizeConfig* resizeConfig, aclrtStream stream) {
  constexpr const char* kApi = "acldvppVpcBatchCropResizeMakeBorderAsync";
  return entry(kApi, [&]() -> Status {
    POACL_RETURN_IF_ERROR(check_newer_chip("making borders"));
    return queue(kApi, channelDesc, stream,
                 {.inputs = srcBatchPicDescs,
                  .counts = roiNums,
                  .size = size,
                  .outputs = dstBatchPicDescs,
                  .crops = cropAreas,
                  .borders = borderCfgs,
                  .has_borders = true,
                  .resize = resizeConfig,
                  .has_resize = true});
  });
}
