// AIPP settings: what each picture of a batch has of its own (spec: model section 7).
#include <cstring>

#include "base/half.h"
#include "capi/entry.h"
#include "capi/mdl_aipp.h"
#include "capi/mdl_aipp_checks.h"
#include "kernels/aipp/aipp_fields.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

// The record of one picture.
Result<aipp::BlockRecord*> find_record(AippSettings& settings, uint64_t index) {
  if (index < settings.records.size()) return &settings.records[index];
  return invalid_aipp("batchIndex is {}, but the settings are for {} pictures", index,
                      settings.records.size());
}

template <typename T>
Status check_four(const char* name, const T* values, T low, T high) {
  for (int i = 0; i < aipp::kChannels; ++i) {
    POACL_RETURN_IF_ERROR(
        check_aipp_range(fmt::format("{}Chn{}", name, i).c_str(), values[i], low, high));
  }
  return {};
}

// in/out of 1/16 to 16.
Status check_ratio(const char* side, int32_t in, int32_t out) {
  if (out <= 16 * in && in <= 16 * out) return {};
  return invalid_aipp("scaling from {} to {} pixels of {}; the ratio is 1/16 to 16", in, out, side);
}

}  // namespace

aclError aclmdlSetAIPPScfParams(aclmdlAIPP* aippParmsSet, int8_t scfSwitch, int32_t scfInputSizeW,
                                int32_t scfInputSizeH, int32_t scfOutputSizeW,
                                int32_t scfOutputSizeH, uint64_t batchIndex) {
  return entry("aclmdlSetAIPPScfParams", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto settings, find_aipp_settings(aippParmsSet));
    POACL_ASSIGN_OR_RETURN(aipp::BlockRecord * record, find_record(*settings, batchIndex));
    POACL_RETURN_IF_ERROR(check_aipp_switch("scfSwitch", scfSwitch));
    if (scfSwitch == 0) {
      record->scale = 0;
      return {};
    }
    constexpr int32_t kLeast = 16;
    constexpr int32_t kMostOutputWidth = 1920;
    POACL_RETURN_IF_ERROR(
        check_aipp_range("scfInputSizeW", scfInputSizeW, kLeast, aipp::kMostSide));
    POACL_RETURN_IF_ERROR(
        check_aipp_range("scfInputSizeH", scfInputSizeH, kLeast, aipp::kMostSide));
    POACL_RETURN_IF_ERROR(
        check_aipp_range("scfOutputSizeW", scfOutputSizeW, kLeast, kMostOutputWidth));
    POACL_RETURN_IF_ERROR(
        check_aipp_range("scfOutputSizeH", scfOutputSizeH, kLeast, aipp::kMostSide));
    POACL_RETURN_IF_ERROR(check_ratio("width", scfInputSizeW, scfOutputSizeW));
    POACL_RETURN_IF_ERROR(check_ratio("height", scfInputSizeH, scfOutputSizeH));
    record->scale = 1;
    record->scale_in_width = scfInputSizeW;
    record->scale_in_height = scfInputSizeH;
    record->scale_out_width = scfOutputSizeW;
    record->scale_out_height = scfOutputSizeH;
    return {};
  });
}

aclError aclmdlSetAIPPCropParams(aclmdlAIPP* aippParmsSet, int8_t cropSwitch, int32_t cropStartPosW,
                                 int32_t cropStartPosH, int32_t cropSizeW, int32_t cropSizeH,
                                 uint64_t batchIndex) {
  return entry("aclmdlSetAIPPCropParams", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto settings, find_aipp_settings(aippParmsSet));
    POACL_ASSIGN_OR_RETURN(aipp::BlockRecord * record, find_record(*settings, batchIndex));
    POACL_RETURN_IF_ERROR(check_aipp_switch("cropSwitch", cropSwitch));
    if (cropSwitch == 0) {
      record->crop = 0;
      return {};
    }
    POACL_RETURN_IF_ERROR(check_aipp_range("cropStartPosW", cropStartPosW, 0, aipp::kMostStart));
    POACL_RETURN_IF_ERROR(check_aipp_range("cropStartPosH", cropStartPosH, 0, aipp::kMostStart));
    POACL_RETURN_IF_ERROR(check_aipp_range("cropSizeW", cropSizeW, 1, aipp::kMostSide));
    POACL_RETURN_IF_ERROR(check_aipp_range("cropSizeH", cropSizeH, 1, aipp::kMostSide));
    record->crop = 1;
    record->crop_x = cropStartPosW;
    record->crop_y = cropStartPosH;
    record->crop_width = cropSizeW;
    record->crop_height = cropSizeH;
    return {};
  });
}

aclError aclmdlSetAIPPPaddingParams(aclmdlAIPP* aippParmsSet, int8_t paddingSwitch,
                                    int32_t paddingSizeTop, int32_t paddingSizeBottom,
                                    int32_t paddingSizeLeft, int32_t paddingSizeRight,
                                    uint64_t batchIndex) {
  return entry("aclmdlSetAIPPPaddingParams", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto settings, find_aipp_settings(aippParmsSet));
    POACL_ASSIGN_OR_RETURN(aipp::BlockRecord * record, find_record(*settings, batchIndex));
    POACL_RETURN_IF_ERROR(check_aipp_switch("paddingSwitch", paddingSwitch));
    if (paddingSwitch == 0) {
      record->padding = 0;
      return {};
    }
    POACL_RETURN_IF_ERROR(
        check_aipp_range("paddingSizeTop", paddingSizeTop, 0, aipp::kMostPadding));
    POACL_RETURN_IF_ERROR(
        check_aipp_range("paddingSizeBottom", paddingSizeBottom, 0, aipp::kMostPadding));
    POACL_RETURN_IF_ERROR(
        check_aipp_range("paddingSizeLeft", paddingSizeLeft, 0, aipp::kMostPadding));
    POACL_RETURN_IF_ERROR(
        check_aipp_range("paddingSizeRight", paddingSizeRight, 0, aipp::kMostPadding));
    record->padding = 1;
    record->top = paddingSizeTop;
    record->bottom = paddingSizeBottom;
    record->left = paddingSizeLeft;
    record->right = paddingSizeRight;
    return {};
  });
}

aclError aclmdlSetAIPPDtcPixelMean(aclmdlAIPP* aippParmsSet, int16_t dtcPixelMeanChn0,
                                   int16_t dtcPixelMeanChn1, int16_t dtcPixelMeanChn2,
                                   int16_t dtcPixelMeanChn3, uint64_t batchIndex) {
  return entry("aclmdlSetAIPPDtcPixelMean", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto settings, find_aipp_settings(aippParmsSet));
    POACL_ASSIGN_OR_RETURN(aipp::BlockRecord * record, find_record(*settings, batchIndex));
    const int16_t mean[] = {dtcPixelMeanChn0, dtcPixelMeanChn1, dtcPixelMeanChn2, dtcPixelMeanChn3};
    POACL_RETURN_IF_ERROR(check_four<int16_t>("dtcPixelMean", mean, 0, 255));
    std::memcpy(record->mean, mean, sizeof(mean));
    return {};
  });
}

aclError aclmdlSetAIPPDtcPixelMin(aclmdlAIPP* aippParmsSet, float dtcPixelMinChn0,
                                  float dtcPixelMinChn1, float dtcPixelMinChn2,
                                  float dtcPixelMinChn3, uint64_t batchIndex) {
  return entry("aclmdlSetAIPPDtcPixelMin", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto settings, find_aipp_settings(aippParmsSet));
    POACL_ASSIGN_OR_RETURN(aipp::BlockRecord * record, find_record(*settings, batchIndex));
    const float min[] = {dtcPixelMinChn0, dtcPixelMinChn1, dtcPixelMinChn2, dtcPixelMinChn3};
    POACL_RETURN_IF_ERROR(check_four("dtcPixelMin", min, 0.0f, 255.0f));
    for (int i = 0; i < aipp::kChannels; ++i) record->min[i] = float_to_half(min[i]);
    return {};
  });
}

aclError aclmdlSetAIPPPixelVarReci(aclmdlAIPP* aippParmsSet, float dtcPixelVarReciChn0,
                                   float dtcPixelVarReciChn1, float dtcPixelVarReciChn2,
                                   float dtcPixelVarReciChn3, uint64_t batchIndex) {
  return entry("aclmdlSetAIPPPixelVarReci", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto settings, find_aipp_settings(aippParmsSet));
    POACL_ASSIGN_OR_RETURN(aipp::BlockRecord * record, find_record(*settings, batchIndex));
    const float var[] = {dtcPixelVarReciChn0, dtcPixelVarReciChn1, dtcPixelVarReciChn2,
                         dtcPixelVarReciChn3};
    POACL_RETURN_IF_ERROR(check_four("dtcPixelVarReci", var, -aipp::kMostHalf, aipp::kMostHalf));
    for (int i = 0; i < aipp::kChannels; ++i) record->var_reci[i] = float_to_half(var[i]);
    return {};
  });
}
