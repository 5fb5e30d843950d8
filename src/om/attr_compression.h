// Undoes the attribute compression of genuine files (spec: om-format section 4).
#pragma once

#include "base/status.h"
#include "ge.pb.h"

namespace poacl::om {

// Restores attribute names and string values of every operator and tensor description in place.
// Nothing happens to a model that is not compressed. Indexes outside the tables are left as they
// are: the result only describes a model.
void undo_attr_compression(ModelDef& model);

}  // namespace poacl::om
