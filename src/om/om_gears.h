// The gears of a model: the shapes it was converted for, a graph of its own for each (spec:
// dynamic-shape).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "graph/graph.h"

namespace poacl {

// Name of the additional last input, which says which gear an execution uses.
inline constexpr std::string_view kGearInput = "ascend_mbatch_shape_data";

// The numbers are those of the attribute mbatch_dynamic_type.
enum class GearKind : int32_t { kNone = 0, kBatch = 1, kImage = 2, kDims = 3 };

struct OmGears {
  GearKind kind = GearKind::kNone;
  // What each gear is asked for by, in the user's order: a batch size, a height and a width, or a
  // size for every open dimension of the inputs in the order `order`.
  std::vector<std::vector<int64_t>> values;
  // The graphs, parallel to `values`: optimised, of fixed input shapes, alike but for shapes. Equal
  // constants share their bytes.
  std::vector<Graph> graphs;
  // The shape of every input of the graphs, -1 where gears differ.
  std::vector<Dims> input_dims;
  // The inputs in the order in which --input_shape names them; others follow.
  std::vector<size_t> order;

  bool empty() const { return kind == GearKind::kNone; }
  size_t count() const { return values.size(); }
};

// The gear with the largest product of its values; the first of several. Which one is used when
// nobody chose.
size_t largest_gear(const std::vector<std::vector<int64_t>>& values);

// "gear 2 (8,3,224)", for sentences.
std::string gear_label(const OmGears& gears, size_t gear);

// Fills input_dims from `open` (the shapes as --input_shape has them, -1 where they vary) and from
// the graphs, whose inputs may differ from those where a picture is preprocessed.
void set_gear_input_dims(OmGears& gears, const std::vector<Dims>& open);

// What every model with gears must have, whoever made it: two gears at least, graphs with the same
// inputs and outputs but for shapes, shapes that input_dims and values agree with. 145000 with what
// is wrong otherwise.
Status check_gears(const OmGears& gears);

}  // namespace poacl
