// Any bytes are a bundle or a clean error, and its models lie within them.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "om/om_bundle.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Of exactly this size on the heap, so that reading past the end is noticed.
  std::vector<std::byte> file(size);
  for (size_t i = 0; i < size; ++i) file[i] = static_cast<std::byte>(data[i]);
  const auto bundle = poacl::om::parse_bundle(file.data(), file.size(), "fuzz");
  if (!bundle.ok()) return 0;
  for (const auto& model : bundle->models) {
    if (model.data < file.data() || model.size > file.size() ||
        model.data + model.size > file.data() + file.size()) {
      std::abort();
    }
  }
  return 0;
}
