// Reading DequantizeLinear and Quantize nodes, for recognise_quantised.
#pragma once

#include <optional>
#include <vector>

#include "compile/rewrite.h"

namespace poacl {

// What a DequantizeLinear of constant scales makes floats of: scale * (integers - zero), per
// tensor or per index of one axis.
struct Dequantised {
  ValueId integers = kNoValue;
  DataType type = DataType::kUndefined;
  std::vector<float> scales;   // 1, or the size of the axis
  std::vector<int32_t> zeros;  // as many
  int64_t axis = 0;            // when there are more than one
  const Node* node = nullptr;

  bool per_tensor() const { return scales.size() == 1; }
};
std::optional<Dequantised> dequantised(Graph& graph, Rewriter& rewriter, ValueId value);
// The same, where the integers are int8 or uint8 with one scale.
std::optional<Dequantised> dequantised_bytes(Graph& graph, Rewriter& rewriter, ValueId value);

// A Quantize to int8 or uint8 by one constant scale, with the clipping activations in front of it
// that only it reads: those bound the integers.
struct Quantised {
  ValueId source = kNoValue;  // the float value in front of the activations
  DataType type = DataType::kUndefined;
  float scale = 1.0f;
  int32_t zero = 0;
  int64_t clip_low = 0, clip_high = 0;  // of the integers
  std::vector<const Node*> absorbed;    // the activations
};
std::optional<Quantised> quantised(Graph& graph, Rewriter& rewriter, const Node& node);

// A float constant, or int32 numbers dequantised by about `units`, as int32 multiples of
// units[c * (units.size() > 1)]; nothing when it is another, or does not fit.
std::optional<std::vector<int32_t>> bias_in_units(Graph& graph, Rewriter& rewriter, ValueId value,
                                                  size_t channels, const std::vector<float>& units);

}  // namespace poacl
