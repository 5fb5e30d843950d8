// AIPP settings: making them, and what holds for all pictures of a batch (spec: model section 7).
// What each picture has of its own is in mdl_aipp_picture.cc.
#include "capi/mdl_aipp.h"

#include <cstring>

#include "base/half.h"
#include "capi/entry.h"
#include "capi/handle_arg.h"
#include "capi/mdl_aipp_checks.h"
#include "kernels/aipp/aipp_fields.h"

namespace poacl::capi {
namespace {

HandleTable<AippSettings>& table() {
  static auto* const settings = new HandleTable<AippSettings>;
  return *settings;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const auto& table_made_early = table();

}  // namespace

AippSettings::AippSettings(uint64_t batch) : records(batch) {
  header.batch = static_cast<int8_t>(batch);
  for (aipp::BlockRecord& record : records) {
    for (uint16_t& var : record.var_reci) var = float_to_half(1.0f);
  }
}

std::vector<std::byte> AippSettings::block() const {
  std::vector<std::byte> bytes(aipp::block_bytes(records.size()));
  std::memcpy(bytes.data(), &header, sizeof(header));
  std::memcpy(bytes.data() + sizeof(header), records.data(),
              records.size() * sizeof(aipp::BlockRecord));
  return bytes;
}

Result<std::shared_ptr<AippSettings>> find_aipp_settings(const aclmdlAIPP* handle) {
  return find_handle(table(), handle, "aippParmsSet", "aclmdlCreateAIPP");
}

}  // namespace poacl::capi

using namespace poacl;
using namespace poacl::capi;

aclmdlAIPP* aclmdlCreateAIPP(uint64_t batchSize) {
  return answer<aclmdlAIPP*>("aclmdlCreateAIPP", nullptr, [&]() -> Result<aclmdlAIPP*> {
    POACL_RETURN_IF_ERROR(check_aipp_range<uint64_t>("batchSize", batchSize, 1, aipp::kMostBatch));
    return static_cast<aclmdlAIPP*>(table().insert(std::make_shared<AippSettings>(batchSize)));
  });
}

aclError aclmdlDestroyAIPP(const aclmdlAIPP* aippParmsSet) {
  return entry("aclmdlDestroyAIPP", [&]() -> Status {
    if (table().remove(aippParmsSet) != nullptr) return {};
    return find_aipp_settings(aippParmsSet).status();
  });
}

aclError aclmdlSetAIPPInputFormat(aclmdlAIPP* aippParmsSet, aclAippInputFormat inputFormat) {
  return entry("aclmdlSetAIPPInputFormat", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto settings, find_aipp_settings(aippParmsSet));
    switch (inputFormat) {
      case ACL_YUV420SP_U8:
      case ACL_XRGB8888_U8:
      case ACL_RGB888_U8:
      case ACL_YUV400_U8:
        settings->header.format = aipp::block_format(static_cast<aipp::Format>(inputFormat));
        return {};
      default:
        return invalid_aipp(
            "inputFormat is {}; dynamic AIPP takes {} (YUV420SP), {} (XRGB8888), {} "
            "(RGB888) and {} (YUV400)",
            static_cast<int>(inputFormat), static_cast<int>(ACL_YUV420SP_U8),
            static_cast<int>(ACL_XRGB8888_U8), static_cast<int>(ACL_RGB888_U8),
            static_cast<int>(ACL_YUV400_U8));
    }
  });
}

aclError aclmdlSetAIPPCscParams(aclmdlAIPP* aippParmsSet, int8_t cscSwitch, int16_t cscMatrixR0C0,
                                int16_t cscMatrixR0C1, int16_t cscMatrixR0C2, int16_t cscMatrixR1C0,
                                int16_t cscMatrixR1C1, int16_t cscMatrixR1C2, int16_t cscMatrixR2C0,
                                int16_t cscMatrixR2C1, int16_t cscMatrixR2C2,
                                uint8_t cscOutputBiasR0, uint8_t cscOutputBiasR1,
                                uint8_t cscOutputBiasR2, uint8_t cscInputBiasR0,
                                uint8_t cscInputBiasR1, uint8_t cscInputBiasR2) {
  return entry("aclmdlSetAIPPCscParams", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto settings, find_aipp_settings(aippParmsSet));
    POACL_RETURN_IF_ERROR(check_aipp_switch("cscSwitch", cscSwitch));
    aipp::BlockHeader& header = settings->header;
    if (cscSwitch == 0) {
      header.csc = 0;
      return {};
    }
    const int16_t matrix[9] = {cscMatrixR0C0, cscMatrixR0C1, cscMatrixR0C2,
                               cscMatrixR1C0, cscMatrixR1C1, cscMatrixR1C2,
                               cscMatrixR2C0, cscMatrixR2C1, cscMatrixR2C2};
    for (int i = 0; i < 9; ++i) {
      POACL_RETURN_IF_ERROR(
          check_aipp_range<int>(fmt::format("cscMatrixR{}C{}", i / 3, i % 3).c_str(), matrix[i],
                                aipp::kLowestCoefficient, aipp::kHighestCoefficient));
    }
    const uint8_t output[3] = {cscOutputBiasR0, cscOutputBiasR1, cscOutputBiasR2};
    const uint8_t input[3] = {cscInputBiasR0, cscInputBiasR1, cscInputBiasR2};
    header.csc = 1;
    std::memcpy(header.matrix, matrix, sizeof(matrix));
    std::memcpy(header.output_bias, output, sizeof(output));
    std::memcpy(header.input_bias, input, sizeof(input));
    return {};
  });
}

aclError aclmdlSetAIPPRbuvSwapSwitch(aclmdlAIPP* aippParmsSet, int8_t rbuvSwapSwitch) {
  return entry("aclmdlSetAIPPRbuvSwapSwitch", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto settings, find_aipp_settings(aippParmsSet));
    POACL_RETURN_IF_ERROR(check_aipp_switch("rbuvSwapSwitch", rbuvSwapSwitch));
    settings->header.rbuv_swap = rbuvSwapSwitch;
    return {};
  });
}

aclError aclmdlSetAIPPAxSwapSwitch(aclmdlAIPP* aippParmsSet, int8_t axSwapSwitch) {
  return entry("aclmdlSetAIPPAxSwapSwitch", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto settings, find_aipp_settings(aippParmsSet));
    POACL_RETURN_IF_ERROR(check_aipp_switch("axSwapSwitch", axSwapSwitch));
    settings->header.ax_swap = axSwapSwitch;
    return {};
  });
}

aclError aclmdlSetAIPPSrcImageSize(aclmdlAIPP* aippParmsSet, int32_t srcImageSizeW,
                                   int32_t srcImageSizeH) {
  return entry("aclmdlSetAIPPSrcImageSize", [&]() -> Status {
    POACL_ASSIGN_OR_RETURN(const auto settings, find_aipp_settings(aippParmsSet));
    POACL_RETURN_IF_ERROR(check_aipp_range("srcImageSizeW", srcImageSizeW, 2, aipp::kMostSide));
    POACL_RETURN_IF_ERROR(check_aipp_range("srcImageSizeH", srcImageSizeH, 1, aipp::kMostSide));
    settings->header.width = srcImageSizeW;
    settings->header.height = srcImageSizeH;
    return {};
  });
}
