// Any bytes: the reader either refuses them or returns a model that can be written and read again.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "om/om_image.h"
#include "om/om_model.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string file(reinterpret_cast<const char*>(data), size);
  if (size >= 256 && file[0] == 'I') {
    // The stated length is repaired, else most mutations would stop at it.
    const uint64_t length = size - 256;
    std::memcpy(file.data() + 184, &length, sizeof(length));
  }
  const auto model = poacl::read_om(nullptr, file.data(), file.size(), "fuzz");
  if (!model.ok()) return 0;
  const auto image = poacl::om::OmImage::encode(*model);
  if (!image.ok()) std::abort();
  const std::string bytes = image->to_string();
  if (!poacl::read_om(nullptr, bytes.data(), bytes.size(), "again").ok()) std::abort();
  return 0;
}
