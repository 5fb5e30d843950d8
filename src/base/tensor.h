// Constant tensors, tensor descriptions and attribute values: the vocabulary that graph, kernels,
// compile and om share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/dtype.h"

namespace poacl {

// Logical dimensions, outermost first; -1 = not known before run time.
using Dims = std::vector<int64_t>;

// Product of the dimensions (1 for a scalar); -1 if one is unknown or the product overflows int64.
int64_t element_count(std::span<const int64_t> dims) noexcept;

// "[1,3,224,224]".
std::string dims_to_string(std::span<const int64_t> dims);

// Immutable bytes with shared ownership; may alias a mapped file. Copying is cheap.
class ConstBuffer {
 public:
  ConstBuffer() = default;
  // `owner` keeps [data, data + size) alive.
  ConstBuffer(std::shared_ptr<const void> owner, const void* data, size_t size)
      : owner_(std::move(owner)), data_(static_cast<const std::byte*>(data)), size_(size) {}
  static ConstBuffer copy_of(const void* data, size_t size);
  // Fresh zeroed memory, aligned to 64 bytes; write through *writable before sharing. Throws
  // std::bad_alloc when there is none, or `size` is more than any memory holds.
  static ConstBuffer allocate(size_t size, void** writable);

  const std::byte* data() const noexcept { return data_; }
  size_t size() const noexcept { return size_; }

 private:
  std::shared_ptr<const void> owner_;
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

// A constant: row-major, dense, in the element type's natural representation.
struct Tensor {
  DataType dtype = DataType::kUndefined;
  Dims dims;
  ConstBuffer buffer;

  int64_t count() const noexcept { return element_count(dims); }
  template <typename T>
  std::span<const T> as() const {
    return {reinterpret_cast<const T*>(buffer.data()), static_cast<size_t>(count())};
  }
  template <typename T>
  static Tensor from(DataType dtype, Dims dims, std::span<const T> values) {
    return Tensor{dtype, std::move(dims),
                  ConstBuffer::copy_of(values.data(), values.size() * sizeof(T))};
  }
};

// Memory order of a tensor. kBlockedN stores [d0][ceil(d1/N)][d2...][N] (Ascend: NC1HWC0 with
// C0 = N); channels past d1 in the last block are zero. In the Bf16 orders the elements of a float
// tensor are rounded to bfloat16.
enum class Layout : uint8_t { kPlain, kBlocked8, kBlocked16, kPlainBf16, kBlocked16Bf16 };
inline constexpr size_t kLayoutCount = 5;

inline bool is_bf16(Layout layout) noexcept {
  return layout == Layout::kPlainBf16 || layout == Layout::kBlocked16Bf16;
}

// The order of a tensor of `layout` with elements as wide as its type.
inline Layout full_width(Layout layout) noexcept {
  if (layout == Layout::kPlainBf16) return Layout::kPlain;
  return layout == Layout::kBlocked16Bf16 ? Layout::kBlocked16 : layout;
}

inline int block_of(Layout layout) noexcept {
  layout = full_width(layout);
  return layout == Layout::kBlocked16 ? 16 : layout == Layout::kBlocked8 ? 8 : 1;
}

struct TensorDesc {
  DataType dtype = DataType::kUndefined;  // kUndefined: an optional input that is absent
  Dims dims;                              // logical, whatever the layout
  Layout layout = Layout::kPlain;

  bool absent() const noexcept { return dtype == DataType::kUndefined; }
};

// Bytes the tensor occupies in its layout (blocked: padded to whole blocks); 0 when a dimension is
// unknown or the number does not fit.
size_t storage_bytes(const TensorDesc& desc) noexcept;

class Graph;

using AttrValue =
    std::variant<int64_t, float, bool, std::string, std::vector<int64_t>, std::vector<float>,
                 std::vector<std::string>, DataType, Tensor, std::shared_ptr<const Graph>>;

// Attributes by name. Getters return the fallback when the name is absent or of another kind.
class AttrMap {
 public:
  bool has(std::string_view name) const { return values_.find(name) != values_.end(); }
  void set(std::string name, AttrValue value) { values_[std::move(name)] = std::move(value); }
  void erase(std::string_view name);
  template <typename T>
  const T* find(std::string_view name) const {
    const auto it = values_.find(name);
    return it == values_.end() ? nullptr : std::get_if<T>(&it->second);
  }
  int64_t get_int(std::string_view name, int64_t fallback = 0) const;
  float get_float(std::string_view name, float fallback = 0) const;
  bool get_bool(std::string_view name, bool fallback = false) const;
  std::string get_string(std::string_view name, std::string_view fallback = {}) const;
  std::vector<int64_t> get_ints(std::string_view name,
                                const std::vector<int64_t>& fallback = {}) const;
  std::vector<float> get_floats(std::string_view name,
                                const std::vector<float>& fallback = {}) const;

  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }
  size_t size() const { return values_.size(); }

 private:
  std::map<std::string, AttrValue, std::less<>> values_;
};

}  // namespace poacl
