// Dumping the operators of one loaded model (spec: model section 8, dump-prof-log sections 2 to 4).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "exec/observer.h"
#include "model/dump/dump_settings.h"

namespace poacl::model {

// Which model, for folders and records.
struct DumpedModel {
  uint32_t id = 0;
  std::string name;
  std::string file;          // name of its file without folders and ending; may be empty
  std::string input_format;  // label of 4-D tensors
  bool dynamic = false;      // tensors do not stay where they are
};

// Where an execution runs. A whole execution is one task of its stream, so in dumps its operators
// have running numbers instead, by which the files of one overflow are found together.
struct DumpedTask {
  uint32_t device = 0;
  uint32_t stream = 0;
};

// Any number of executions at once, from any threads.
class DumpSession {
 public:
  // Null when the settings, which may be null, do not ask for this model.
  static std::unique_ptr<DumpSession> make(std::shared_ptr<const DumpSettings> settings,
                                           DumpedModel model);

  // Counts an execution. The observer to run it with; null when it is not dumped. What cannot be
  // written is logged and does not fail the execution.
  std::unique_ptr<StepObserver> begin(const DumpedTask& task);

 private:
  friend class DumpRun;
  DumpSession(std::shared_ptr<const DumpSettings> settings, DumpedModel model, DumpRule rule);

  const std::shared_ptr<const DumpSettings> settings_;
  const DumpedModel model_;
  const DumpRule rule_;
  std::atomic<uint64_t> executions_{0};
  std::atomic<bool> write_failed_{false};
};

}  // namespace poacl::model
