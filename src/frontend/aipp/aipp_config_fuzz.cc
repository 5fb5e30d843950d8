// Any text as an AIPP configuration: an error or a configuration, which then goes into small
// graphs.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "frontend/aipp/aipp_insert.h"
#include "graph/shape_inference.h"

namespace {

poacl::Graph graph_of(int64_t channels, int64_t side) {
  poacl::Graph graph;
  for (const char* name : {"a", "b"}) {
    const poacl::ValueId input =
        graph.add_input(name, poacl::DataType::kFloat, {1, channels, side, side});
    const poacl::NodeId relu = graph.add_node("relu", "Relu", {input}, {"y"});
    graph.outputs.push_back(graph.node(relu).outputs[0]);
    graph.output_names.push_back("y");
  }
  if (!poacl::infer_shapes(graph).ok()) std::abort();
  return graph;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto config = poacl::parse_aipp_config(text, "fuzz.cfg");
  if (!config.ok()) return 0;
  for (const int64_t channels : {1, 3, 4}) {
    for (const int64_t side : {-1, 8, 224}) {
      poacl::Graph graph = graph_of(channels, side);
      if (!poacl::insert_aipp(graph, *config, {}).ok()) continue;
      // What was accepted is sound for whoever reads it again.
      if (!poacl::infer_shapes(graph).ok()) std::abort();
    }
  }
  return 0;
}
