#include "model/weight_block.h"

#include <cstring>
#include <map>
#include <utility>

namespace poacl::model {
namespace {

constexpr size_t kAlign = 64;

// Calls place(buffer, offset) for every weight; the same bytes have the same offset. Returns the
// bytes of all.
template <typename F>
size_t lay_out(const std::vector<ConstBuffer*>& weights, F place) {
  std::map<std::pair<const std::byte*, size_t>, size_t> offsets;
  size_t end = 0;
  for (ConstBuffer* weight : weights) {
    if (weight->size() == 0) continue;
    const auto [it, fresh] = offsets.try_emplace({weight->data(), weight->size()}, end);
    if (fresh) end += (weight->size() + kAlign - 1) / kAlign * kAlign;
    place(weight, it->second);
  }
  return end;
}

}  // namespace

std::vector<ConstBuffer*> weights_of(const std::vector<std::unique_ptr<Program>>& programs) {
  std::vector<ConstBuffer*> weights;
  for (const auto& program : programs) {
    for (Program* part : {program->front.get(), program.get()}) {
      if (part == nullptr) continue;
      for (ConstBuffer& constant : part->constants) weights.push_back(&constant);
    }
  }
  return weights;
}

std::vector<ConstBuffer*> weights_of(const std::vector<Graph*>& graphs) {
  std::vector<ConstBuffer*> weights;
  for (Graph* graph : graphs) {
    for (ValueId id = 0; id < static_cast<ValueId>(graph->value_count()); ++id) {
      Value& value = graph->value(id);
      if (value.constant) weights.push_back(&value.constant->buffer);
    }
  }
  return weights;
}

size_t weight_block_bytes(const std::vector<ConstBuffer*>& weights) {
  return lay_out(weights, [](ConstBuffer*, size_t) {});
}

void move_weights(const std::vector<ConstBuffer*>& weights, void* block) {
  std::vector<std::pair<ConstBuffer*, ConstBuffer>> moved;
  lay_out(weights, [&](ConstBuffer* weight, size_t offset) {
    std::byte* const target = static_cast<std::byte*>(block) + offset;
    if (std::memcmp(target, weight->data(), weight->size()) != 0) {
      std::memcpy(target, weight->data(), weight->size());
    }
    moved.emplace_back(weight, ConstBuffer(nullptr, target, weight->size()));
  });
  for (auto& [weight, copy] : moved) *weight = std::move(copy);
}

}  // namespace poacl::model
