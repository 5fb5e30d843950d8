// Decodes the model message with a bound on the memory it may take.
#pragma once

#include <cstddef>
#include <string_view>

#include <google/protobuf/arena.h>

#include "base/status.h"
#include "ge.pb.h"

namespace poacl::om {

// The decoded message and its memory.
class ParsedModel {
 public:
  ParsedModel();
  // 145000 with a sentence when the bytes are no such message, are nested too deep, or would take
  // far more memory than a real model of that size.
  Status parse(const std::byte* data, size_t size, std::string_view file_name);
  ModelDef& model() { return *model_; }

 private:
  google::protobuf::Arena arena_;
  ModelDef* model_;
};

}  // namespace poacl::om
