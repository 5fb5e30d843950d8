// A model ready to run.
#pragma once

#include <memory>
#include <optional>

#include "model/model.h"
#include "model/state_pool.h"

namespace poacl::model {

class LoadedModel {
 public:
  // Checks the graph anew, plans it for this machine and makes the first execution state. Whether
  // it needs the dynamic engine is found from the graph, not from what the file says.
  static Result<std::shared_ptr<LoadedModel>> make(OmModel om, uint32_t id,
                                                   const LoadOptions& options);

  const std::shared_ptr<const Description>& description() const { return description_; }
  // Of a model that is not dynamic.
  const Program& program() const { return *program_; }
  StatePool& states() { return *states_; }
  // Of a dynamic model; null otherwise.
  DynamicProgram* dynamic() { return dynamic_.get(); }

 private:
  std::shared_ptr<const Description> description_;
  std::unique_ptr<Program> program_;
  std::optional<StatePool> states_;  // refers to *program_
  std::unique_ptr<DynamicProgram> dynamic_;
};

// Infers the shapes of a stored model again: they must be those the file states. 145000 otherwise.
Status check_graph(OmModel& om);

// The Program of a stored model for this machine. The graph is the file's: shapes are inferred
// again and must be those the file states. 145000 for a dynamic model.
Result<std::unique_ptr<Program>> plan_program(OmModel& om, int workers);

}  // namespace poacl::model
