#include "om/constant_pool.h"

#include <cstring>
#include <string_view>

namespace poacl::om {

ConstBuffer ConstantPool::share(const ConstBuffer& bytes) {
  if (bytes.size() == 0) return bytes;
  const auto own = own_.find(bytes.data());
  if (own != own_.end() && own->second == bytes.size()) return bytes;
  const size_t hash =
      std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const auto [begin, end] = by_hash_.equal_range(hash);
  for (auto it = begin; it != end; ++it) {
    const ConstBuffer& known = it->second;
    if (known.size() == bytes.size() &&
        std::memcmp(known.data(), bytes.data(), bytes.size()) == 0) {
      return known;
    }
  }
  by_hash_.emplace(hash, bytes);
  own_.emplace(bytes.data(), bytes.size());
  return bytes;
}

void ConstantPool::share(Graph& graph) {
  for (size_t i = 0; i < graph.value_count(); ++i) {
    auto& constant = graph.value(static_cast<ValueId>(i)).constant;
    if (constant) constant->buffer = share(constant->buffer);
  }
}

}  // namespace poacl::om
