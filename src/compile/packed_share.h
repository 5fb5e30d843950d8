// Packed constants of graphs that are alike but for shapes, as the gears of a model: what one of
// them has packed serves the others where their constants are the same.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "compile/compile.h"

namespace poacl {

// Graphs come in the same order when a model is made and when it is loaded. Constants are taken
// for equal when they are the same bytes in memory, which they are as long as their graph lives.
class PackedShare {
 public:
  using Finder = std::function<ConstBuffer(const std::string& key)>;

  // `stored`: finds forms that packed() of an earlier one has listed; may be empty.
  explicit PackedShare(Finder stored = nullptr);

  // Begins the next graph: what its options.find_packed is to be. It may be used as long as any of
  // its copies lives, but not while graphs are begun or forms kept on another thread.
  Finder next(const Graph& graph);
  // Forms that the graph begun last uses.
  void keep(std::vector<PackedConstant> packed);
  // Both around lower(); find_packed of the options is not used.
  Result<LowerResult> lower_next(const Graph& graph, LowerOptions options);

  // All forms that the graphs so far use, each once. The keys are those of lower(); "~N" follows
  // where graph N was the first with other constants than those before it.
  const std::vector<PackedConstant>& packed() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace poacl
