// Bundles: files that hold several models, each a whole .om of its own (spec: om-format sections 1
// and 2, model section 9).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace poacl::om {

struct Bundle {
  struct Model {
    const std::byte* data = nullptr;
    size_t size = 0;
  };
  uint64_t variable_bytes = 0;  // of the variables that the models share
  std::vector<Model> models;    // in file order; they point into the file
};

// 100000 when the bytes are no bundle, 145006 when they are cut short, 145000 when the table does
// not fit the file. The models themselves are not looked at.
Result<Bundle> parse_bundle(const std::byte* data, size_t size, std::string_view file_name);

// The bytes of a bundle of whole .om files.
std::string make_bundle(std::span<const std::string> models, uint64_t variable_bytes);

}  // namespace poacl::om
