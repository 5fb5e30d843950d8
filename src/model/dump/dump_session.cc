#include "model/dump/dump_session.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/log.h"
#include "model/dump/dump_file.h"

namespace poacl::model {
namespace {

// Bits of an AI Core's status.
constexpr uint64_t kFloatArithmetic = 0x20;
constexpr uint64_t kFloatToHalf = 0x100;

uint64_t now_us() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(since).count());
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool all_finite(const std::vector<DumpTensor>& tensors) {
  return std::all_of(tensors.begin(), tensors.end(), [](const DumpTensor& tensor) {
    const DumpNumbers numbers = numbers_of(tensor);
    return numbers.nan + numbers.negative_inf + numbers.positive_inf == 0;
  });
}

// A folder's name.
std::string clean_folder(std::string name) {
  std::replace(name.begin(), name.end(), '/', '_');
  return name.empty() || name == "." || name == ".." ? "_" : name;
}

}  // namespace

// One execution.
class DumpRun final : public StepObserver {
 public:
  DumpRun(DumpSession& session, const DumpedTask& task, uint64_t index)
      : session_(session),
        settings_(*session.settings_),
        rule_(session.rule_),
        task_(task),
        folder_(fmt::format("{}/{}/{}/{}/{}", settings_.folder, task.device,
                            clean_folder(session.model_.name), session.model_.id, index)) {}

  void before_step(const StepView& step) override {
    ++number_;
    chosen_ = chooses(step);
    if (!chosen_) return;
    record_ = {};
    // An operator that overflows is told from its inputs, which it may overwrite.
    if (settings_.inputs) {
      take(step, "input", step.inputs, &record_.inputs, &record_.input_numbers);
    }
  }

  void after_step(const StepView& step) override {
    if (chosen_) {
      if (settings_.outputs) {
        take(step, "output", step.outputs, &record_.outputs, &record_.output_numbers);
      }
      settings_.overflow ? write_overflow(step) : write(step, record_);
    }
    if (settings_.watcher) watch(step);
  }

 private:
  struct Watched {
    std::string node;
    std::string type;
    std::vector<std::string> origins;
    std::vector<TensorView> outputs;
  };

  bool chooses(const StepView& step) {
    if (settings_.watcher) return false;
    if (rule_.layers.empty() && rule_.ranges.empty()) return true;
    if (contains(rule_.layers, step.node)) return true;
    for (const auto& [first, last] : rule_.ranges) {
      if (step.node == first) range_end_ = &last;
    }
    if (range_end_ == nullptr) return false;
    if (step.node == *range_end_) range_end_ = nullptr;
    return true;
  }

  bool excluded(const StepView& step, const std::string& position) const {
    return std::any_of(
        rule_.exclusions.begin(), rule_.exclusions.end(), [&](const DumpExclusion& exclusion) {
          const std::string& name = exclusion.by_type ? step.type : step.node;
          return exclusion.name == name &&
                 (exclusion.positions.empty() || contains(exclusion.positions, position));
        });
  }

  void take(const StepView& step, const char* side, std::span<const TensorView> tensors,
            std::vector<DumpTensor>* into, std::vector<size_t>* numbers) const {
    for (size_t i = 0; i < tensors.size(); ++i) {
      if (excluded(step, fmt::format("{}{}", side, i))) continue;
      into->push_back(snapshot(tensors[i]));
      numbers->push_back(i);
    }
  }

  void name_record(const StepView& step, DumpRecord* record) const {
    record->type = step.type;
    record->name = step.node;
    record->origins.assign(step.origins.begin(), step.origins.end());
    record->task = number_;
    record->stream = task_.stream;
    record->time_us = now_us();
    record->input_format = session_.model_.input_format;
  }

  void write(const StepView& step, DumpRecord& record) {
    if (record.inputs.empty() && record.outputs.empty()) return;
    name_record(step, &record);
    if (settings_.statistics) {
      save(dump_file_name(record) + ".csv", dump_statistics(record, settings_.stats));
    } else {
      save(dump_file_name(record), dump_file_content(record));
    }
  }

  void write_overflow(const StepView& step) {
    if (!all_finite(record_.inputs) || all_finite(record_.outputs)) return;
    name_record(step, &record_);
    save(dump_file_name(record_), dump_file_content(record_));
    const bool to_half = !record_.outputs.empty() && record_.outputs[0].dtype == DataType::kFloat16;
    const DumpRecord summary =
        overflow_summary(record_, session_.model_.id, to_half ? kFloatToHalf : kFloatArithmetic);
    save(dump_file_name(summary), dump_file_content(summary));
  }

  // After each operator of the list, what the watched ones' outputs hold by then.
  void watch(const StepView& step) {
    if (contains(rule_.watched, step.node)) {
      watched_.push_back({step.node,
                          step.type,
                          {step.origins.begin(), step.origins.end()},
                          {step.outputs.begin(), step.outputs.end()}});
    }
    if (!contains(rule_.layers, step.node)) return;
    for (const Watched& node : watched_) {
      const StepView view{node.node, node.type, node.origins, {}, node.outputs};
      DumpRecord record;
      take(view, "output", view.outputs, &record.outputs, &record.output_numbers);
      write(view, record);
    }
  }

  void save(const std::string& name, const std::string& content) {
    const Status status = write_dump_file(folder_, name, content);
    if (status.ok() || session_.write_failed_.exchange(true)) return;
    log(LogLevel::kError, "ASCENDCL", "{}; more of this model is not told", status.message());
  }

  DumpSession& session_;
  const DumpSettings& settings_;
  const DumpRule& rule_;
  const DumpedTask task_;
  const std::string folder_;
  uint32_t number_ = 0;  // of the operator, from 1
  bool chosen_ = false;
  const std::string* range_end_ = nullptr;
  DumpRecord record_;
  std::vector<Watched> watched_;
};

DumpSession::DumpSession(std::shared_ptr<const DumpSettings> settings, DumpedModel model,
                         DumpRule rule)
    : settings_(std::move(settings)), model_(std::move(model)), rule_(std::move(rule)) {}

std::unique_ptr<DumpSession> DumpSession::make(std::shared_ptr<const DumpSettings> settings,
                                               DumpedModel model) {
  if (settings == nullptr) return nullptr;
  std::optional<DumpRule> rule = settings->rule_for(model.name, model.file);
  if (!rule) return nullptr;
  if (settings->watcher && model.dynamic) {
    log(LogLevel::kWarning, "ASCENDCL",
        "model {}: operators of a model whose shapes are known at run time only cannot be watched; "
        "use dump_list without dump_scene",
        model.name);
    return nullptr;
  }
  return std::unique_ptr<DumpSession>(
      new DumpSession(std::move(settings), std::move(model), *std::move(rule)));
}

std::unique_ptr<StepObserver> DumpSession::begin(const DumpedTask& task) {
  if (!settings_->active->load()) return nullptr;
  const uint64_t index = executions_.fetch_add(1);
  if (!settings_->wants_execution(index)) return nullptr;
  return std::make_unique<DumpRun>(*this, task, index);
}

}  // namespace poacl::model
