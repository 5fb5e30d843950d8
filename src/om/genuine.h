// Describes a model that another compiler built for the chip itself.
#pragma once

#include <string>

#include "ge.pb.h"

namespace poacl::om {

// One or two sentences: what it was built for, by which atc with which command line, its inputs and
// its size. `model` is expanded in place (attr_compression.h).
std::string describe_genuine(ModelDef& model);

}  // namespace poacl::om
