#include "base/tensor.h"

#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

namespace poacl {

int64_t element_count(std::span<const int64_t> dims) noexcept {
  int64_t count = 1;
  bool zero = false;
  for (const int64_t d : dims) {
    if (d < 0) return -1;
    if (d == 0) {
      zero = true;
      continue;
    }
    if (__builtin_mul_overflow(count, d, &count)) return -1;
  }
  return zero ? 0 : count;
}

std::string dims_to_string(std::span<const int64_t> dims) {
  std::string text = "[";
  for (size_t i = 0; i < dims.size(); ++i) {
    if (i != 0) text += ',';
    text += std::to_string(dims[i]);
  }
  return text + ']';
}

ConstBuffer ConstBuffer::allocate(size_t size, void** writable) {
  constexpr size_t kAlign = 64;
  if (size > static_cast<size_t>(std::numeric_limits<ptrdiff_t>::max()) - (kAlign - 1)) {
    throw std::bad_alloc();
  }
  const size_t bytes = (size + kAlign - 1) / kAlign * kAlign;
  void* memory = std::aligned_alloc(kAlign, bytes == 0 ? kAlign : bytes);
  if (memory == nullptr) throw std::bad_alloc();
  std::memset(memory, 0, bytes);
  *writable = memory;
  return ConstBuffer(
      std::shared_ptr<const void>(memory, [](const void* p) { std::free(const_cast<void*>(p)); }),
      memory, size);
}

ConstBuffer ConstBuffer::copy_of(const void* data, size_t size) {
  void* memory = nullptr;
  ConstBuffer buffer = allocate(size, &memory);
  if (size != 0) std::memcpy(memory, data, size);
  return buffer;
}

size_t storage_bytes(const TensorDesc& desc) noexcept {
  const size_t element = is_bf16(desc.layout) ? sizeof(uint16_t) : data_type_size(desc.dtype);
  const int64_t block = desc.dims.size() >= 2 ? block_of(desc.layout) : 1;
  const bool blocked = block > 1;
  int64_t count = 1;
  bool zero = false;
  for (size_t i = 0; i < desc.dims.size(); ++i) {
    int64_t dim = desc.dims[i];
    if (dim < 0) return 0;
    if (blocked && i == 1) {
      if (__builtin_add_overflow(dim, block - 1, &dim)) return 0;
      dim = dim / block * block;
    }
    if (dim == 0) {
      zero = true;
      continue;
    }
    if (__builtin_mul_overflow(count, dim, &count)) return 0;
  }
  size_t bytes = 0;
  if (zero || __builtin_mul_overflow(static_cast<size_t>(count), element, &bytes)) return 0;
  return bytes;
}

void AttrMap::erase(std::string_view name) {
  if (const auto it = values_.find(name); it != values_.end()) values_.erase(it);
}

int64_t AttrMap::get_int(std::string_view name, int64_t fallback) const {
  const int64_t* value = find<int64_t>(name);
  return value ? *value : fallback;
}

float AttrMap::get_float(std::string_view name, float fallback) const {
  const float* value = find<float>(name);
  return value ? *value : fallback;
}

bool AttrMap::get_bool(std::string_view name, bool fallback) const {
  const bool* value = find<bool>(name);
  return value ? *value : fallback;
}

std::string AttrMap::get_string(std::string_view name, std::string_view fallback) const {
  const std::string* value = find<std::string>(name);
  return value ? *value : std::string(fallback);
}

std::vector<int64_t> AttrMap::get_ints(std::string_view name,
                                       const std::vector<int64_t>& fallback) const {
  const auto* value = find<std::vector<int64_t>>(name);
  return value ? *value : fallback;
}

std::vector<float> AttrMap::get_floats(std::string_view name,
                                       const std::vector<float>& fallback) const {
  const auto* value = find<std::vector<float>>(name);
  return value ? *value : fallback;
}

}  // namespace poacl
