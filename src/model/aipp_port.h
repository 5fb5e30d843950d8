// What AIPP does with the inputs of a model, as far as callers need it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"
#include "kernels/aipp/aipp_block.h"
#include "om/om_model.h"

namespace poacl::model {

struct Description;

// The numbers are those of aclmdlInputAippType.
enum class AippKind : int32_t { kNone = 0, kStatic = 1, kDynamic = 2, kParameters = 3 };

// An input with AIPP, or the input with the parameters of one.
struct AippPort {
  AippKind kind = AippKind::kNone;
  // kDynamic: the input with its parameters; kParameters: the input of pictures.
  size_t attached = 0;
  // What aclmdlGetInputDims tells; the stored form is the port's own.
  Dims dims;
  int32_t format = 1;  // aclFormat of the bytes: NHWC; ND for parameters
  // The model's input before AIPP took its place.
  DataType origin_dtype = DataType::kUndefined;
  DataType result_dtype = DataType::kUndefined;  // of what AIPP makes
  bool channels_last = false;
  aipp::Picture picture;  // static AIPP's
  int64_t max_source_bytes = 0;
  int64_t most_batch = 0;  // pictures the parameters are for
  // One, or one for each gear.
  struct Shape {
    Dims result;  // what AIPP makes, in the model's order
    aipp::BlockTarget target;
  };
  std::vector<Shape> shapes;
};

// Fills Port::aipp of the description's inputs, which may have gears already. What a graph does
// with its inputs is found from its nodes.
void describe_aipp(const OmModel& om, Description& description);

// The stored form of a shape that a caller gives to an input of static AIPP, whether that is the
// stored form itself or the one that aclmdlGetInputDims tells.
Dims stored_shape(const AippPort& port, const Dims& given);

// The parameters of dynamic AIPP in the buffers of one execution (parallel to the description's
// inputs); 145000 when they do not fit the model. Nothing to do without dynamic AIPP.
Status check_aipp(const Description& description, size_t gear, std::span<const void* const> inputs);

}  // namespace poacl::model
