// Tasks on one picture (spec: vpc section 2).
#include "capi/dvpp_vpc.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

// The handles of a call; those it does not have stay unset.
struct Arguments {
  const acldvppPicDesc* input = nullptr;
  const acldvppPicDesc* output = nullptr;
  const acldvppRoiConfig* crop = nullptr;
  const acldvppRoiConfig* paste = nullptr;
  const acldvppResizeConfig* resize = nullptr;
  const acldvppBorderConfig* border = nullptr;
  bool has_crop = false;
  bool has_paste = false;
  bool has_resize = false;
  bool has_border = false;
  bool same_size = false;
};

Status queue(const char* api, const acldvppChannelDesc* channel, aclrtStream stream,
             const Arguments& given) {
  POACL_ASSIGN_OR_RETURN(const MediaJob job, start_job(api, channel, DVPP_CHNMODE_VPC, stream));
  VpcCall call;
  VpcPiece& piece = call.pieces.emplace_back();
  POACL_ASSIGN_OR_RETURN(piece.input, find(given.input, "inputDesc"));
  POACL_ASSIGN_OR_RETURN(piece.output, find(given.output, "outputDesc"));
  if (given.has_crop) {
    POACL_ASSIGN_OR_RETURN(piece.crop, find(given.crop, "cropArea"));
  }
  if (given.has_paste) {
    POACL_ASSIGN_OR_RETURN(piece.paste, find(given.paste, "pasteArea"));
  }
  if (given.has_resize) {
    POACL_ASSIGN_OR_RETURN(call.resize, find(given.resize, "resizeConfig"));
  }
  if (given.has_border) {
    POACL_ASSIGN_OR_RETURN(piece.border, find(given.border, "borderConfig"));
  }
  call.same_size = given.same_size;
  return queue_vpc(job, call);
}

}  // namespace

aclError acldvppVpcResizeAsync(acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc,
                               acldvppPicDesc* outputDesc, acldvppResizeConfig* resizeConfig,
                               aclrtStream stream) {
  constexpr const char* kApi = "acldvppVpcResizeAsync";
  return entry(kApi, [&] {
    return queue(
        kApi, channelDesc, stream,
        {.input = inputDesc, .output = outputDesc, .resize = resizeConfig, .has_resize = true});
  });
}

aclError acldvppVpcCropAsync(acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc,
                             acldvppPicDesc* outputDesc, acldvppRoiConfig* cropArea,
                             aclrtStream stream) {
  constexpr const char* kApi = "acldvppVpcCropAsync";
  return entry(kApi, [&] {
    return queue(kApi, channelDesc, stream,
                 {.input = inputDesc, .output = outputDesc, .crop = cropArea, .has_crop = true});
  });
}

aclError acldvppVpcCropResizeAsync(acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc,
                                   acldvppPicDesc* outputDesc, acldvppRoiConfig* cropArea,
                                   acldvppResizeConfig* resizeConfig, aclrtStream stream) {
  constexpr const char* kApi = "acldvppVpcCropResizeAsync";
  return entry(kApi, [&] {
    return queue(kApi, channelDesc, stream,
                 {.input = inputDesc,
                  .output = outputDesc,
                  .crop = cropArea,
                  .resize = resizeConfig,
                  .has_crop = true,
                  .has_resize = true});
  });
}

aclError acldvppVpcCropAndPasteAsync(acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc,
                                     acldvppPicDesc* outputDesc, acldvppRoiConfig* cropArea,
                                     acldvppRoiConfig* pasteArea, aclrtStream stream) {
  constexpr const char* kApi = "acldvppVpcCropAndPasteAsync";
  return entry(kApi, [&] {
    return queue(kApi, channelDesc, stream,
                 {.input = inputDesc,
                  .output = outputDesc,
                  .crop = cropArea,
                  .paste = pasteArea,
                  .has_crop = true,
                  .has_paste = true});
  });
}

aclError acldvppVpcCropResizePasteAsync(acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc,
                                        acldvppPicDesc* outputDesc, acldvppRoiConfig* cropArea,
                                        acldvppRoiConfig* pasteArea,
                                        acldvppResizeConfig* resizeConfig, aclrtStream stream) {
  constexpr const char* kApi = "acldvppVpcCropResizePasteAsync";
  return entry(kApi, [&] {
    return queue(kApi, channelDesc, stream,
                 {.input = inputDesc,
                  .output = outputDesc,
                  .crop = cropArea,
                  .paste = pasteArea,
                  .resize = resizeConfig,
                  .has_crop = true,
                  .has_paste = true,
                  .has_resize = true});
  });
}

aclError acldvppVpcConvertColorAsync(acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc,
                                     acldvppPicDesc* outputDesc, aclrtStream stream) {
  constexpr const char* kApi = "acldvppVpcConvertColorAsync";
  return entry(kApi, [&]() -> Status {
    POACL_RETURN_IF_ERROR(check_newer_chip("colour conversion by a call of its own"));
    return queue(kApi, channelDesc, stream,
                 {.input = inputDesc, .output = outputDesc, .same_size = true});
  });
}

aclError acldvppVpcMakeBorderAsync(const acldvppChannelDesc* channelDesc,
                                   const acldvppPicDesc* inputDesc, acldvppPicDesc* outputDesc,
                                   const acldvppBorderConfig* borderConfig, aclrtStream stream) {
  constexpr const char* kApi = "acldvppVpcMakeBorderAsync";
  return entry(kApi, [&]() -> Status {
    POACL_RETURN_IF_ERROR(check_newer_chip("making borders"));
    return queue(kApi, channelDesc, stream,
                 {.input = inputDesc,
                  .output = outputDesc,
                  .border = borderConfig,
                  .has_border = true,
                  .same_size = true});
  });
}
