// The grammar of --input_shape, "name:1,3,224,224;name2:1,10", and of --input_shape_range,
// "name:[1~8,3,-1];name2:[5,3~9]" (spec: atc section 4).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"
#include "om/om_model.h"

namespace poacl::atc {

struct InputShape {
  std::string name;  // empty: the input at this place among the model's
  Dims dims;         // -1 where open
  // By dimension, what it may be; empty when none is open.
  std::vector<DimRange> range;
  bool bounded = false;  // some range is written a~b

  bool open() const { return !range.empty(); }
};

// Entries in the order given. A name is split off at the last colon; blanks around names and
// numbers and a trailing ',' or ';' do not matter; "name:" is a scalar. Sizes are numbers, -1 or
// a~b; where one is open, all entries may go without names.
//
// Errors, all naming the text: E10002 (no name, no colon, a float, a name twice, a range that ends
// before it begins), E10014 (letters in a number), E10013 (beyond int64), E10011 (0 or negative).
Result<std::vector<InputShape>> parse_input_shape(const std::string& text);

// The same with brackets around the sizes; syntax errors are E10048.
Result<std::vector<InputShape>> parse_input_shape_range(const std::string& text);

// "[1,3~8,-1]".
std::string shape_text(const InputShape& shape);

}  // namespace poacl::atc
