// The part of a file's contents that its model message tells, whoever wrote the file.
#pragma once

#include "contents.h"
#include "ge.pb.h"

namespace poacl::show {

// Attribute compression must be undone.
void add_message_facts(const om::ModelDef& model, Contents& contents);

// Text without control characters, whatever a file holds.
std::string printable(std::string_view text);

}  // namespace poacl::show
