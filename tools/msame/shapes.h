// Which shape a model runs with that has several: --dymBatch, --dymHW, --dymDims, --dymShape.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model.h"
#include "options.h"

namespace msame {

enum class ShapeKind { kFixed, kBatch, kImage, kDims, kAny };

struct Shape {
  ShapeKind kind = ShapeKind::kFixed;
  uint64_t batch = 0;                   // kBatch
  std::pair<uint64_t, uint64_t> image;  // kImage: height, width
  aclmdlIODims gear = {};               // kDims
  std::vector<Dims> input_dims;         // of the buffer, parallel to model.inputs()
  std::vector<size_t> input_bytes;      // parallel to model.inputs()
  std::string text;                     // for people; empty when kFixed
};

// Throws Failure when an option does not fit the model: of another kind, a value the model was not
// made for (those it was made for are named), inputs missing or of another rank. Without an option
// a model with gears runs with the largest.
Shape choose_shape(const Model& model, const Options& options);

// "data:1,600;info:1,4" -> names and shapes. Throws Failure naming the wrong part.
std::vector<std::pair<std::string, Dims>> parse_named_dims(const std::string& text,
                                                           const std::string& option);

}  // namespace msame
