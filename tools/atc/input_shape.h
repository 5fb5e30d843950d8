// The grammar of --input_shape: "name:1,3,224,224;name2:1,10" (spec: atc section 4).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"

namespace poacl::atc {

// Entries in the order given. A name is split off at the last colon; blanks around names and
// numbers and a trailing ',' or ';' do not matter; "name:" is a scalar.
//
// Errors, all naming the text: E10002 (no name, no colon, a float, a name twice), E10014 (letters
// in a number), E10013 (beyond int64), E10011 (0 or negative), E10001 (-1 or a~b, sizes open until
// execution).
Result<std::vector<std::pair<std::string, Dims>>> parse_input_shape(const std::string& text);

}  // namespace poacl::atc
