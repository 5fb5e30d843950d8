// Graph -> Program. Two halves: optimize() rewrites the graph (portable, done once by atc and
// stored in the .om); lower() fixes layouts, kernels, packed weights and the memory plan for one
// instruction set (done by atc, whose packed weights and choices the .om keeps, and again, in
// milliseconds, by the loader, which trusts no number from the file).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/isa.h"
#include "base/status.h"
#include "exec/program.h"
#include "graph/graph.h"

namespace poacl {

// Attribute in which atc records the kernel it chose for a node; lower() honours it when that
// kernel is in this build, runs on this CPU and accepts.
inline constexpr std::string_view kKernelAttr = "_poacl_kernel";

// Fold constants, widen half precision to float, fuse Conv+BN+activation+residual, drop dead
// nodes. Requires a graph that passed infer_shapes(); leaves one that passes it again.
Status optimize(Graph& graph);

// The part of optimize() that pays again once more shapes are known, for a graph that passed it:
// fusions and what became the identity. Constants that remain are those that were there.
Status optimize_planned(Graph& graph);

// A constant input in the form a kernel wants it.
struct PackedConstant {
  std::string key;  // "<node>#<input>@<kernel>:<input block>-<output block>"
  ConstBuffer bytes;
};

struct LowerOptions {
  Isa isa = Isa::kGeneric;
  int workers = 1;
  // Looks up a packed constant by key; returns an empty buffer when there is none. A buffer of
  // the wrong size is ignored and packed anew.
  std::function<ConstBuffer(const std::string& key)> find_packed;
  // For models that are watched: steps carry a StepTrace and the batch is computed at once.
  bool traced = false;
};

struct LowerResult {
  std::unique_ptr<Program> program;
  std::vector<PackedConstant> packed;  // every packed constant the program uses
  std::vector<std::string> kernels;    // chosen kernel per graph node, "" for none (folded views)
};

// Every shape must be known (static model). Fails with a sentence naming node and operator when
// an operator has no kernel.
Result<LowerResult> lower(const Graph& graph, const LowerOptions& options);

}  // namespace poacl
