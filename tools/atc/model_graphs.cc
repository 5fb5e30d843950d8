#include "atc/model_graphs.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "atc/check_report.h"
#include "atc/half_inputs.h"
#include "atc/out_nodes_hint.h"
#include "atc/output_type.h"
#include "atc/precision.h"
#include "base/cpu_count.h"
#include "base/isa.h"
#include "compile/packed_share.h"
#include "dynamic/dynamic_program.h"
#include "frontend/aipp/aipp_insert.h"
#include "frontend/onnx/onnx_import.h"
#include "om/constant_pool.h"

namespace poacl::atc {
namespace {

using Shapes = std::vector<std::pair<std::string, Dims>>;

// Errors of the lower layers know no E-codes.
Status in_stage(const Status& status, std::string_view stage, std::string_view code) {
  if (status.ok() || !status.tag().empty()) return status;
  return Status(status.code(), fmt::format("{}: {}", stage, status.message()), std::string(code));
}

Result<Graph> import_reported(const Settings& settings, const Shapes& shapes,
                              ConversionNotes* notes) {
  OnnxImportOptions import;
  import.input_shapes = shapes;
  import.out_nodes = settings.out_nodes;
  ImportReport report;
  import.report = &report;
  Result<Graph> imported = import_onnx(settings.model, import);
  const Status outcome =
      imported.ok() ? Status() : with_out_nodes_hint(imported.status(), settings.model, import);
  const bool node_failed = std::any_of(report.nodes.begin(), report.nodes.end(),
                                       [](const NodeReport& node) { return !node.faults.empty(); });
  if (settings.check_only || node_failed || (!outcome.ok() && settings.report_asked)) {
    const std::string name = report.model_name.empty()
                                 ? std::filesystem::path(settings.model).stem().string()
                                 : report.model_name;
    const Status written =
        write_check_report(settings.check_report, check_report_text(name, report, outcome));
    if (written.ok()) notes->report_path = settings.check_report;
    // What is wrong with the model is the more important news.
    if (outcome.ok() && !written.ok()) return written;
  }
  if (!outcome.ok()) return outcome;
  return imported;
}

// An offered --input_shape has the sizes of one gear, which is no shape for a model with gears.
Status error_of_gear(const Status& status, std::string_view gear) {
  std::string message(status.message());
  message.resize(std::min(message.size(), message.find("\nTry: --input_shape=")));
  return Status(status.code(), std::move(message), std::string(status.tag())).with_context(gear);
}

class Builder {
 public:
  Builder(const Settings& settings, ConversionNotes* notes, OmModel* model)
      : settings_(settings), notes_(notes), model_(*model) {}

  Status run() {
    POACL_RETURN_IF_ERROR(read_aipp());
    if (settings_.gears.empty()) {
      POACL_RETURN_IF_ERROR(build_one(shapes_of(settings_.input_shapes), 0, &model_.graph));
      set_ranges();
    } else {
      POACL_RETURN_IF_ERROR(build_gears());
    }
    for (const PackedConstant& item : share_.packed()) {
      model_.packed.push_back({item.key, item.bytes});
    }
    model_.info.packed_isa = isa_name(active_isa());
    return {};
  }

 private:
  static Shapes shapes_of(const std::vector<InputShape>& given) {
    Shapes shapes;
    for (const InputShape& shape : given) shapes.emplace_back(shape.name, shape.dims);
    return shapes;
  }

  Status read_aipp() {
    if (settings_.aipp_config.empty()) return {};
    POACL_ASSIGN_OR_RETURN(aipp_, read_aipp_config(settings_.aipp_config));
    place_.input_format = settings_.input_format;
    place_.half_inputs = settings_.fp16_inputs;
    for (const auto& values : settings_.gears.values) {
      if (settings_.gears.kind == GearKind::kBatch) {
        place_.most_batch = std::max(place_.most_batch, values[0]);
      } else if (settings_.gears.kind == GearKind::kImage) {
        place_.most_height = std::max(place_.most_height, values[0]);
        place_.most_width = std::max(place_.most_width, values[1]);
      }
    }
    return {};
  }

  Status build_gears() {
    OmGears& gears = model_.gears;
    gears.kind = settings_.gears.kind;
    gears.values = settings_.gears.values;
    for (size_t i = 0; i < gears.count(); ++i) {
      const Shapes shapes = shapes_of_gear(settings_.input_shapes, gears.kind, gears.values[i]);
      const Status status = build_one(shapes, i, &gears.graphs.emplace_back());
      if (!status.ok()) return error_of_gear(status, gear_label(gears, i));
    }
    set_order();
    return in_stage(check_gears(gears), "the gears do not make one model", "E10046");
  }

  Status build_one(const Shapes& shapes, size_t gear, Graph* result) {
    POACL_ASSIGN_OR_RETURN(Graph graph, import_reported(settings_, shapes, notes_));
    if (gear == 0) remember_inputs(graph);
    if (settings_.gears.empty()) set_max_dims(graph);
    if (aipp_) POACL_RETURN_IF_ERROR(insert_aipp(graph, *aipp_, place_));
    POACL_RETURN_IF_ERROR(apply_half_inputs(graph, settings_.fp16_inputs));
    POACL_RETURN_IF_ERROR(in_stage(apply_output_types(graph, settings_.output_types),
                                   "--output_type cannot be applied", "E10001"));
    POACL_RETURN_IF_ERROR(in_stage(optimize(graph), "optimising the model failed", "E10059"));
    POACL_RETURN_IF_ERROR(
        in_stage(set_model_precision(graph), "measuring bfloat16 failed", "E10059"));
    pool_.share(graph);
    POACL_RETURN_IF_ERROR(in_stage(compile(graph), "compiling the model failed", "E10059"));
    *result = std::move(graph);
    return {};
  }

  // What holds for one gear is said of the model; the others are measured with their own shapes.
  Status set_model_precision(Graph& graph) {
    if (!settings_.precision.bf16) return {};
    POACL_ASSIGN_OR_RETURN(const PrecisionReport report, set_precision(graph, settings_.precision));
    notes_->precision = precision_text(report);
    for (const PrecisionReport::Kept& kept : report.kept) {
      log(LogLevel::kInfo, "ATC", "{} ({}) stays float32: {}", kept.node, kept.type, kept.reason);
    }
    return {};
  }

  Status compile(Graph& graph) {
    if (needs_dynamic(graph)) return compile_dynamic(graph);
    LowerOptions options;
    options.isa = active_isa();
    options.workers = usable_cores();
    POACL_ASSIGN_OR_RETURN(const LowerResult lowered, share_.lower_next(graph, options));
    const size_t nodes = std::min(lowered.kernels.size(), graph.nodes().size());
    for (size_t i = 0; i < nodes; ++i) {
      const std::string& kernel = lowered.kernels[i];
      if (!kernel.empty()) graph.nodes()[i].attrs.set(std::string(kKernelAttr), kernel);
    }
    OmInfo& info = model_.info;
    info.memory_size = std::max<uint64_t>(info.memory_size, workspace_bytes(*lowered.program));
    info.weight_size = std::max<uint64_t>(info.weight_size, lowered.program->weight_bytes);
    return {};
  }

  // What can be planned without run-time values is planned here once, to find what cannot be
  // computed and to pack its weights.
  Status compile_dynamic(const Graph& graph) {
    DynamicOptions options;
    options.isa = active_isa();
    options.workers = usable_cores();
    options.find_packed = share_.next(graph);
    POACL_ASSIGN_OR_RETURN(const auto program, DynamicProgram::make(graph, options));
    share_.keep(program->packed());
    size_t bytes = 0;
    const std::vector<int> uses = graph.use_counts();
    for (size_t i = 0; i < graph.value_count(); ++i) {
      const auto& constant = graph.value(static_cast<ValueId>(i)).constant;
      if (constant && uses[i] > 0) bytes += constant->buffer.size();
    }
    model_.info.weight_size = std::max<uint64_t>(model_.info.weight_size, bytes);
    return {};
  }

  // The shapes as --input_shape has them, for every input of the model.
  void remember_inputs(const Graph& graph) {
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      const Value& value = graph.value(graph.inputs[i]);
      const InputShape* given = given_for(i, value.name);
      names_.push_back(value.name);
      open_.push_back(given != nullptr ? given->dims : value.dims);
    }
  }

  const InputShape* given_for(size_t index, const std::string& name) const {
    const auto& shapes = settings_.input_shapes;
    for (size_t i = 0; i < shapes.size(); ++i) {
      if (shapes[i].name == name || (shapes[i].name.empty() && i == index)) return &shapes[i];
    }
    return nullptr;
  }

  void set_order() {
    OmGears& gears = model_.gears;
    set_gear_input_dims(gears, open_);
    const auto add = [&](size_t input) {
      if (std::find(gears.order.begin(), gears.order.end(), input) == gears.order.end()) {
        gears.order.push_back(input);
      }
    };
    for (const InputShape& shape : settings_.input_shapes) {
      const auto at = std::find(names_.begin(), names_.end(), shape.name);
      if (at != names_.end()) add(static_cast<size_t>(at - names_.begin()));
    }
    for (size_t i = 0; i < gears.input_dims.size(); ++i) add(i);
    model_.graph = gears.graphs[largest_gear(gears.values)];
  }

  // The upper bounds, from which those of the outputs follow.
  void set_max_dims(Graph& graph) const {
    for (size_t i = 0; i < names_.size(); ++i) {
      Value& value = graph.value(graph.inputs[i]);
      const InputShape* given = given_for(i, names_[i]);
      if (given == nullptr || !given->open() || value.dims != given->dims) continue;
      value.max_dims.clear();
      for (const DimRange& range : given->range) value.max_dims.push_back(range.max);
    }
  }

  void set_ranges() {
    const Graph& graph = model_.graph;
    const auto open = [](const InputShape& shape) { return shape.open(); };
    const auto& shapes = settings_.input_shapes;
    if (std::none_of(shapes.begin(), shapes.end(), open)) return;
    for (size_t i = 0; i < graph.inputs.size(); ++i) {
      const Dims& dims = graph.value(graph.inputs[i]).dims;
      const InputShape* given = i < names_.size() ? given_for(i, names_[i]) : nullptr;
      auto& range = model_.input_ranges.emplace_back();
      if (given != nullptr && given->open() && given->dims == dims) {
        range = given->range;
        continue;
      }
      // Of AIPP's bytes: bounds that follow from those of the pictures.
      const Dims& most = graph.value(graph.inputs[i]).max_dims;
      for (size_t d = 0; d < dims.size(); ++d) {
        const int64_t dim = dims[d];
        range.push_back({dim < 0 ? 1 : dim, dim < 0 && d < most.size() ? most[d] : dim});
      }
    }
  }

  const Settings& settings_;
  ConversionNotes* notes_;
  OmModel& model_;
  std::optional<AippConfig> aipp_;
  AippPlace place_;
  om::ConstantPool pool_;
  PackedShare share_;
  std::vector<std::string> names_;  // of the framework model's inputs
  std::vector<Dims> open_;          // their shapes, parallel
};

}  // namespace

Status build_graphs(const Settings& settings, ConversionNotes* notes, OmModel* model) {
  return Builder(settings, notes, model).run();
}

Status check_import(const Settings& settings, ConversionNotes* notes) {
  Shapes shapes;
  if (settings.gears.empty()) {
    for (const InputShape& shape : settings.input_shapes) {
      shapes.emplace_back(shape.name, shape.dims);
    }
  } else {
    shapes = shapes_of_gear(settings.input_shapes, settings.gears.kind, settings.gears.values[0]);
  }
  return import_reported(settings, shapes, notes).status();
}

}  // namespace poacl::atc
