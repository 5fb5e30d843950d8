#include "compile/packed_share.h"

#include <unordered_map>
#include <utility>

#include <fmt/format.h>

namespace poacl {
namespace {

// Address and size of every constant a node reads.
using Constants = std::vector<std::pair<const void*, size_t>>;
using NodeConstants = std::unordered_map<std::string, Constants>;

NodeConstants constants_of(const Graph& graph) {
  NodeConstants nodes;
  for (const Node& node : graph.nodes()) {
    Constants constants;
    for (const ValueId id : node.inputs) {
      if (id == kNoValue || !graph.value(id).is_constant()) continue;
      const ConstBuffer& bytes = graph.value(id).constant->buffer;
      constants.emplace_back(bytes.data(), bytes.size());
    }
    if (!constants.empty()) nodes.emplace(node.name, std::move(constants));
  }
  return nodes;
}

}  // namespace

struct PackedShare::State {
  Finder stored;
  std::vector<NodeConstants> graphs;
  std::vector<PackedConstant> packed;
  std::unordered_map<std::string, size_t> known;  // key -> place in packed

  // The first graph with the same constants at the node the key belongs to gives the key its end.
  std::string shared_key(size_t graph, const std::string& key) const {
    const std::string node = key.substr(0, key.rfind('#', key.rfind('@')));
    const auto own = graphs[graph].find(node);
    size_t first = graph;
    for (size_t i = 0; i < graph && own != graphs[graph].end(); ++i) {
      const auto it = graphs[i].find(node);
      if (it == graphs[i].end() || it->second != own->second) continue;
      first = i;
      break;
    }
    return first == 0 ? key : fmt::format("{}~{}", key, first);
  }

  ConstBuffer find(size_t graph, const std::string& key) const {
    const std::string shared = shared_key(graph, key);
    if (const auto it = known.find(shared); it != known.end()) return packed[it->second].bytes;
    return stored ? stored(shared) : ConstBuffer();
  }
};

PackedShare::PackedShare(Finder stored) : state_(std::make_shared<State>()) {
  state_->stored = std::move(stored);
}

PackedShare::Finder PackedShare::next(const Graph& graph) {
  state_->graphs.push_back(constants_of(graph));
  return [state = state_, number = state_->graphs.size() - 1](const std::string& key) {
    return state->find(number, key);
  };
}

void PackedShare::keep(std::vector<PackedConstant> packed) {
  State& state = *state_;
  for (PackedConstant& item : packed) {
    std::string key = state.shared_key(state.graphs.size() - 1, item.key);
    const auto [it, fresh] = state.known.try_emplace(key, state.packed.size());
    if (fresh) {
      state.packed.push_back({std::move(key), std::move(item.bytes)});
    } else if (state.packed[it->second].bytes.size() != item.bytes.size()) {
      state.packed[it->second].bytes = std::move(item.bytes);
    }
  }
}

Result<LowerResult> PackedShare::lower_next(const Graph& graph, LowerOptions options) {
  options.find_packed = next(graph);
  POACL_ASSIGN_OR_RETURN(LowerResult lowered, lower(graph, options));
  keep(lowered.packed);
  return lowered;
}

const std::vector<PackedConstant>& PackedShare::packed() const {
  return state_->packed;
}

}  // namespace poacl
