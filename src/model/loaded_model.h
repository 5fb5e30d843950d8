// A model ready to run.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "compile/compile.h"
#include "model/dump/dump_session.h"
#include "model/model.h"
#include "model/op_lookup.h"
#include "model/state_pool.h"

namespace poacl::model {

class LoadedModel : public std::enable_shared_from_this<LoadedModel> {
 public:
  // Checks the graph anew, plans it for this machine and makes the first execution state. Whether
  // it needs the dynamic engine is found from the graph, not from what the file says.
  static Result<std::shared_ptr<LoadedModel>> make(OmModel om, uint32_t id,
                                                   const LoadOptions& options);

  const std::shared_ptr<const Description>& description() const { return description_; }
  // Of a model that is not dynamic. `gear` is 0 in a model without gears.
  const Program& program(size_t gear = 0) const { return *programs_[gear]; }
  StatePool& states() { return *states_; }
  // Of a dynamic model; null otherwise.
  DynamicProgram* dynamic(size_t gear = 0) {
    return dynamic_.empty() ? nullptr : dynamic_[gear].get();
  }
  // Null when the model is not dumped.
  DumpSession* dump() { return dump_.get(); }
  // Null when the graph was not kept.
  const EndOperators* end_operators(size_t gear) const {
    return gear < end_operators_.size() ? &end_operators_[gear] : nullptr;
  }

  // As model::current_gear(); -1 before the first choice.
  std::atomic<int64_t> current_gear = -1;
  std::atomic<uint32_t> priority = 0;

 private:
  std::shared_ptr<const Description> description_;
  std::vector<std::unique_ptr<Program>> programs_;  // by gear
  std::optional<StatePool> states_;                 // refers to the programs
  std::vector<std::unique_ptr<DynamicProgram>> dynamic_;
  std::unique_ptr<DumpSession> dump_;
  std::vector<EndOperators> end_operators_;  // by gear
};

// Infers the shapes of a stored model again: they must be those the file states. 145000 otherwise.
Status check_graph(OmModel& om);

// Work memory of a stored model on this machine, for its largest gear, and weight memory, for all
// of them. The graph is the file's: shapes are inferred again and must be those the file states.
// 145000 for a dynamic model.
Result<Sizes> planned_sizes(OmModel& om, const LoadOptions& options);

}  // namespace poacl::model
