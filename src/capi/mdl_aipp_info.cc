// What the AIPP of an input does, as it was configured (spec: model section 7).
#include <algorithm>
#include <cstring>

#include "capi/entry.h"
#include "capi/handle_arg.h"
#include "capi/mdl_desc.h"
#include "model/model.h"

using namespace poacl;
using namespace poacl::capi;

namespace {

using model::AippKind;
using model::AippPort;

void write_colours(const aipp::Picture& p, aclAippInfo* info) {
  info->cscSwitch = p.csc;
  info->rbuvSwapSwitch = p.rbuv_swap;
  info->axSwapSwitch = p.ax_swap;
  // The members follow each other: declared one by one, laid out like arrays.
  static_assert(offsetof(aclAippInfo, matrixR2C2) - offsetof(aclAippInfo, matrixR0C0) == 32 &&
                offsetof(aclAippInfo, inputBias2) - offsetof(aclAippInfo, outputBias0) == 20 &&
                offsetof(aclAippInfo, meanChn3) - offsetof(aclAippInfo, meanChn0) == 12 &&
                offsetof(aclAippInfo, varReciChn3) - offsetof(aclAippInfo, minChn0) == 28);
  const auto write = [info](size_t offset, const auto& values) {
    std::memcpy(reinterpret_cast<char*>(info) + offset, values, sizeof(values));
  };
  write(offsetof(aclAippInfo, matrixR0C0), p.matrix);
  write(offsetof(aclAippInfo, outputBias0), p.output_bias);
  write(offsetof(aclAippInfo, inputBias0), p.input_bias);
  write(offsetof(aclAippInfo, meanChn0), p.mean);
  write(offsetof(aclAippInfo, minChn0), p.min);
  write(offsetof(aclAippInfo, varReciChn0), p.var_reci);
}

void write_picture(const aipp::Picture& p, aclAippInfo* info) {
  info->inputFormat = static_cast<aclAippInputFormat>(p.format);
  info->srcImageSizeW = p.width;
  info->srcImageSizeH = p.height;
  info->cropSwitch = p.crop;
  info->loadStartPosW = p.crop_x;
  info->loadStartPosH = p.crop_y;
  info->cropSizeW = p.crop_width;
  info->cropSizeH = p.crop_height;
  info->paddingSwitch = p.padding;
  info->leftPaddingSize = p.left;
  info->rightPaddingSize = p.right;
  info->topPaddingSize = p.top;
  info->bottomPaddingSize = p.bottom;
  write_colours(p, info);
}

Status write_shapes(const model::Description::Port& input, aclAippInfo* info) {
  const AippPort& port = *input.aipp;
  constexpr size_t kMost = sizeof(info->outDims) / sizeof(info->outDims[0]);
  info->shapeCount = std::min(port.shapes.size(), kMost);
  for (size_t i = 0; i < info->shapeCount; ++i) {
    const Dims& dims = port.shapes[i].result;
    aclAippDims& out = info->outDims[i];
    POACL_RETURN_IF_ERROR(write_dims(input.dims_name, dims, &out.srcDims));
    POACL_RETURN_IF_ERROR(write_dims(input.dims_name, dims, &out.aippOutdims));
    out.srcSize = storage_bytes(TensorDesc{port.origin_dtype, dims});
    out.aippOutSize = storage_bytes(TensorDesc{port.result_dtype, dims});
  }
  return {};
}

}  // namespace

aclError aclmdlGetFirstAippInfo(uint32_t modelId, size_t index, aclAippInfo* aippInfo) {
  return entry("aclmdlGetFirstAippInfo", [&]() -> Status {
    POACL_CHECK_NOT_NULL(aippInfo);
    POACL_ASSIGN_OR_RETURN(const auto loaded, model::find_model(modelId));
    const model::Description& description = *model::description(*loaded);
    if (index >= description.inputs.size()) {
      return Status(ACL_ERROR_INVALID_PARAM,
                    fmt::format("index {} is out of range: model {} ({}) has {} inputs", index,
                                modelId, description.name, description.inputs.size()));
    }
    const model::Description::Port& input = description.inputs[index];
    const AippPort* port = input.aipp.get();
    if (port == nullptr || port->kind == AippKind::kParameters) {
      return Status(ACL_ERROR_GE_AIPP_NOT_EXIST,
                    fmt::format("input {} ({}) has no AIPP", index, input.name.substr(0, 128)));
    }
    std::memset(aippInfo, 0, sizeof(*aippInfo));
    if (port->kind == AippKind::kStatic) write_picture(port->picture, aippInfo);
    aippInfo->srcFormat = port->channels_last ? ACL_FORMAT_NHWC : ACL_FORMAT_NCHW;
    aippInfo->srcDatatype = static_cast<aclDataType>(port->origin_dtype);
    aippInfo->srcDimNum = port->shapes[0].result.size();
    return write_shapes(input, aippInfo);
  });
}
