// lower(): how a batch is computed. All of it layer by layer; or all layers image by image; or the
// first layers, whose activations are large, image by image and the rest, whose weights are large,
// for the whole batch.
#include "compile/image_split.h"
#include "compile/lowering.h"

namespace poacl {
namespace {

// Makes a Program of one image one that runs once for each image of the batch.
void repeat_for_images(Program& program, int64_t images, int workers) {
  program.images = images;
  program.workers = workers;
  for (auto* ports : {&program.inputs, &program.outputs}) {
    for (ModelPort& port : *ports) {
      port.dims[0] = images;
      port.bytes *= static_cast<size_t>(images);
    }
  }
}

// The results of both parts in one.
LowerResult join(LowerResult front, LowerResult rest, std::vector<size_t> handed_over) {
  Program& program = *rest.program;
  program.inputs = front.program->inputs;
  program.weight_bytes += front.program->weight_bytes;
  program.front = std::move(front.program);
  program.front_outputs = std::move(handed_over);
  rest.packed.insert(rest.packed.begin(), std::make_move_iterator(front.packed.begin()),
                     std::make_move_iterator(front.packed.end()));
  rest.kernels.insert(rest.kernels.begin(), front.kernels.begin(), front.kernels.end());
  return rest;
}

}  // namespace

Result<LowerResult> lower(const Graph& graph, const LowerOptions& options) {
  const size_t alone = options.traced ? 0 : nodes_image_by_image(graph);
  const std::optional<Graph> single = single_image_graph(graph, alone);
  if (!single) return Lowering(graph, options).run();
  const bool whole = alone == graph.nodes().size();
  // The workers take whole images, so inside one image there is one worker.
  LowerOptions one_worker = options;
  one_worker.workers = 1;
  Lowering front_lowering(*single, one_worker);
  if (!whole) front_lowering.keep_output_layouts();
  POACL_ASSIGN_OR_RETURN(LowerResult front, front_lowering.run());
  repeat_for_images(*front.program, batch_of(graph), options.workers);
  if (whole) return front;
  const Graph rest_graph = graph_after(graph, alone);
  Lowering lowering(rest_graph, options);
  lowering.take_inputs(front_lowering.output_layouts());
  POACL_ASSIGN_OR_RETURN(LowerResult rest, lowering.run());
  return join(std::move(front), std::move(rest), lowering.input_offsets());
}

}  // namespace poacl
