// Finding the operator of a task on a stream, for programs that are told of its failure (spec:
// model section 10). A task is a whole execution here, so the operator is the one where it ended:
// the last one of an execution that is done, the first one of another.
#pragma once

#include <array>
#include <memory>
#include <span>

#include "model/model.h"

namespace poacl::model {

// What is kept of a graph's first and last operator.
struct EndOperators {
  struct Operand {
    OpTensor tensor;
    int input = -1;   // of the model, when it is one
    int output = -1;  // of the model, when it is one
  };
  struct Operator {
    std::string name;
    std::vector<Operand> inputs;
    std::vector<Operand> outputs;
  };
  Operator first;
  Operator last;
};

EndOperators end_operators(const Graph& graph, const std::string& input_format);

// One execution as a task, from its begin to its end. Executions that are no tasks are not kept.
class TaskNote {
 public:
  TaskNote(LoadedModel& model, size_t gear, const RunTask& task,
           std::span<const void* const> inputs, std::span<void* const> outputs);
  void done();

 private:
  size_t slot_ = 0;  // 0: none
  RunTask task_;
};

}  // namespace poacl::model
