#include <algorithm>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "compile/lowering.h"
#include "exec/copy_kernel.h"
#include "graph/op_def.h"

namespace poacl {
namespace {

Status compile_error(std::string sentence) {
  return Status(ACL_ERROR_GE_FAILURE, std::move(sentence), "E19999");
}

std::shared_ptr<const StepTrace> trace_of(const Node& node, const std::vector<TensorDesc>& inputs,
                                          const std::vector<const Tensor*>& constants,
                                          const std::vector<TensorDesc>& outputs,
                                          const KernelPlan& plan) {
  auto trace = std::make_shared<StepTrace>();
  trace->inputs = inputs;
  trace->outputs = outputs;
  trace->originals.resize(inputs.size());
  trace->origins = node.origins;
  for (size_t i = 0; i < inputs.size(); ++i) trace->inputs[i].layout = plan.input_layouts[i];
  for (size_t i = 0; i < outputs.size(); ++i) trace->outputs[i].layout = plan.output_layouts[i];
  for (const KernelPlan::Packed& packed : plan.packed) {
    const auto i = static_cast<size_t>(packed.input);
    trace->inputs[i].layout = Layout::kPlain;
    trace->originals[i] = constants[i]->buffer;
  }
  return trace;
}

bool is_reference(const KernelImpl& kernel) {
  return std::string_view(kernel.name).ends_with(".ref");
}

}  // namespace

Lowering::Lowering(const Graph& graph, const LowerOptions& options)
    : graph_(graph), options_(options), context_{options.workers}, values_(graph.value_count()) {}

TensorDesc Lowering::desc_of(ValueId id, Layout layout) const {
  const Value& value = graph_.value(id);
  return TensorDesc{value.dtype, value.dims, layout};
}

Lowering::Location Lowering::new_buffer(size_t bytes) {
  buffers_.emplace_back();
  buffers_.back().bytes = bytes;
  return {Location::Kind::kBuffer, static_cast<uint32_t>(buffers_.size() - 1)};
}

Lowering::Location Lowering::new_constant(ConstBuffer bytes) {
  constants_.push_back(std::move(bytes));
  return {Location::Kind::kConstant, static_cast<uint32_t>(constants_.size() - 1)};
}

Status Lowering::check_shapes() const {
  const auto check = [this](ValueId id, std::string_view owner) -> Status {
    const Value& value = graph_.value(id);
    if (value.fully_known() && value.dtype != DataType::kUndefined) return {};
    return compile_error(fmt::format(
        "the shape of tensor \"{}\" of {} is not known before run time ({}): give every input a "
        "fixed shape with --input_shape",
        value.name, owner, value.shape_known ? dims_to_string(value.dims) : "rank unknown"));
  };
  for (const ValueId id : graph_.inputs) POACL_RETURN_IF_ERROR(check(id, "the model's inputs"));
  for (const Node& node : graph_.nodes()) {
    for (const ValueId id : node.outputs) {
      POACL_RETURN_IF_ERROR(check(id, fmt::format("node \"{}\" ({})", node.name, node.type)));
    }
  }
  return {};
}

Result<KernelChoice> Lowering::choose(const Node& node, std::vector<TensorDesc>& inputs,
                                      const std::vector<const Tensor*>& constants,
                                      const std::vector<TensorDesc>& outputs) const {
  const std::string preferred = node.attrs.get_string(kKernelAttr);
  const auto ask = [&](const std::vector<TensorDesc>& offered) {
    const OpInstance op{node.type, &node.attrs, offered, constants, outputs};
    return choose_kernel(op, context_, options_.isa, preferred);
  };
  // Inputs in different orders: first see whether a fast kernel takes all of them blocked.
  Layout blocked = Layout::kPlain;
  bool plain = false;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].absent() || constants[i] != nullptr || inputs[i].dims.size() != 4) continue;
    if (inputs[i].layout == Layout::kPlain)
      plain = true;
    else
      blocked = inputs[i].layout;
  }
  if (plain && blocked != Layout::kPlain) {
    std::vector<TensorDesc> offered = inputs;
    for (size_t i = 0; i < offered.size(); ++i) {
      if (!offered[i].absent() && constants[i] == nullptr && offered[i].dims.size() == 4) {
        offered[i].layout = blocked;
      }
    }
    KernelChoice choice = ask(offered);
    if (choice.kernel != nullptr && !is_reference(*choice.kernel)) {
      inputs = std::move(offered);
      return choice;
    }
  }
  KernelChoice choice = ask(inputs);
  if (choice.kernel != nullptr) return choice;
  std::string text =
      fmt::format("no kernel computes node \"{}\", operator {}, inputs", node.name, node.type);
  for (const TensorDesc& input : inputs) text += " " + describe(input);
  for (const std::string& reason : choice.declined) text += "; " + reason;
  return compile_error(std::move(text));
}

Result<Lowering::Location> Lowering::convert(ValueId value, Layout layout) {
  const bool constant = graph_.value(value).is_constant();
  const Layout from = constant ? Layout::kPlain : values_[static_cast<size_t>(value)].native;
  AttrMap attrs;
  attrs.set("src_layout", static_cast<int64_t>(from));
  attrs.set("dst_layout", static_cast<int64_t>(layout));
  const TensorDesc source = desc_of(value, from);
  const TensorDesc target = desc_of(value, layout);
  const Tensor* no_constant = nullptr;
  const OpInstance op{"TransData", &attrs, {&source, 1}, {&no_constant, 1}, {&target, 1}};
  KernelChoice choice = choose_kernel(op, context_, options_.isa, {});
  if (choice.kernel == nullptr) {
    return compile_error(
        fmt::format("no kernel converts {} to {}", describe(source), describe(target)));
  }
  if (constant) {
    void* memory = nullptr;
    ConstBuffer bytes = ConstBuffer::allocate(storage_bytes(target), &memory);
    ConstBuffer scratch_owner;
    void* scratch = nullptr;
    scratch_owner = ConstBuffer::allocate(choice.plan.scratch_bytes, &scratch);
    const void* input = graph_.value(value).constant->buffer.data();
    SerialFor serial;
    choice.kernel->run(KernelArgs{choice.plan.params.data(), &input, &memory,
                                  static_cast<std::byte*>(scratch), &serial});
    return new_constant(std::move(bytes));
  }
  POACL_ASSIGN_OR_RETURN(const Location input, locate(value, from));
  const Location output = new_buffer(storage_bytes(target));
  Emitted step;
  step.kernel = choice.kernel;
  step.plan = std::move(choice.plan);
  step.inputs = {input};
  step.outputs = {output};
  step.node = graph_.value(value).name;
  step.type = "TransData";
  step.description = describe(source) + " -> " + describe(target);
  steps_.push_back(std::move(step));
  return output;
}

Result<Lowering::Location> Lowering::locate(ValueId value, Layout layout) {
  auto& slot = values_[static_cast<size_t>(value)].at[static_cast<size_t>(layout)];
  if (slot) return *slot;
  const Value& v = graph_.value(value);
  if (v.is_constant() && layout == Layout::kPlain) {
    slot = new_constant(v.constant->buffer);
    return *slot;
  }
  if (!v.is_constant() && layout == values_[static_cast<size_t>(value)].native) {
    return compile_error(fmt::format("tensor \"{}\" is read before any node makes it", v.name));
  }
  POACL_ASSIGN_OR_RETURN(const Location converted, convert(value, layout));
  slot = converted;
  return converted;
}

Lowering::Location Lowering::packed_constant(const Node& node, const OpInstance& op,
                                             const KernelChoice& choice,
                                             const KernelPlan::Packed& packed) {
  PackedConstant constant;
  // The layouts are part of the form: a kernel may pack otherwise for another order.
  constant.key =
      fmt::format("{}#{}@{}:{}-{}", node.name, packed.input, choice.kernel->name,
                  block_of(choice.plan.input_layouts[0]), block_of(choice.plan.output_layouts[0]));
  if (options_.find_packed) constant.bytes = options_.find_packed(constant.key);
  const bool aligned = reinterpret_cast<uintptr_t>(constant.bytes.data()) % 64 == 0;
  if (constant.bytes.size() != packed.bytes || !aligned || packed.bytes == 0) {
    void* memory = nullptr;
    constant.bytes = ConstBuffer::allocate(packed.bytes, &memory);
    choice.kernel->pack(op, choice.plan, packed.input, memory);
  }
  const Location location = new_constant(constant.bytes);
  result_.packed.push_back(std::move(constant));
  return location;
}

Status Lowering::lower_view(const Node& node) {
  const Layout native = values_[static_cast<size_t>(node.inputs[0])].native;
  const Layout layout = native == Layout::kPlainBf16 ? native : Layout::kPlain;
  POACL_ASSIGN_OR_RETURN(const Location location, locate(node.inputs[0], layout));
  ValueState& output = values_[static_cast<size_t>(node.outputs[0])];
  output.native = layout;
  output.at[static_cast<size_t>(layout)] = location;
  return {};
}

Status Lowering::lower_node(const Node& node, size_t index) {
  const OpDef* def = find_op(node.type);
  if (def != nullptr && def->view) return lower_view(node);

  std::vector<TensorDesc> inputs;
  std::vector<const Tensor*> constants;
  for (const ValueId id : node.inputs) {
    if (id == kNoValue) {
      inputs.emplace_back();
      constants.push_back(nullptr);
      continue;
    }
    const Value& value = graph_.value(id);
    inputs.push_back(desc_of(
        id, value.is_constant() ? Layout::kPlain : values_[static_cast<size_t>(id)].native));
    constants.push_back(value.is_constant() ? &*value.constant : nullptr);
  }
  std::vector<TensorDesc> outputs;
  bool empty = true;
  for (const ValueId id : node.outputs) {
    outputs.push_back(desc_of(id, Layout::kPlain));
    empty = empty && element_count(outputs.back().dims) == 0;
  }

  Emitted step;
  if (empty) {
    for (const ValueId id : node.outputs) values_[static_cast<size_t>(id)].at[0] = new_buffer(0);
    return {};
  }
  POACL_ASSIGN_OR_RETURN(KernelChoice choice, choose(node, inputs, constants, outputs));
  const OpInstance op{node.type, &node.attrs, inputs, constants, outputs};
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const auto packed = std::find_if(choice.plan.packed.begin(), choice.plan.packed.end(),
                                     [&](const auto& p) { return p.input == static_cast<int>(i); });
    if (node.inputs[i] == kNoValue) {
      step.inputs.emplace_back();
    } else if (packed != choice.plan.packed.end()) {
      step.inputs.push_back(packed_constant(node, op, choice, *packed));
    } else {
      POACL_ASSIGN_OR_RETURN(const Location input,
                             locate(node.inputs[i], choice.plan.input_layouts[i]));
      step.inputs.push_back(input);
    }
    step.description += describe({inputs[i].dtype, inputs[i].dims, choice.plan.input_layouts[i]});
    step.description += ' ';
  }
  step.description += "->";
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    const Layout layout = choice.plan.output_layouts[i];
    const TensorDesc desc = desc_of(node.outputs[i], layout);
    const Location location = new_buffer(storage_bytes(desc));
    ValueState& state = values_[static_cast<size_t>(node.outputs[i])];
    state.native = layout;
    state.at[static_cast<size_t>(layout)] = location;
    step.outputs.push_back(location);
    step.description += ' ' + describe(desc);
  }
  if (const std::string activation = node.attrs.get_string("activation"); !activation.empty()) {
    step.description += ' ' + activation;
  }
  if (options_.traced) step.trace = trace_of(node, inputs, constants, outputs, choice.plan);
  step.kernel = choice.kernel;
  step.plan = std::move(choice.plan);
  step.node = node.name;
  step.type = node.type;
  step.declined = std::move(choice.declined);
  result_.kernels[index] = step.kernel->name;
  steps_.push_back(std::move(step));
  return {};
}

void Lowering::place_inputs() {
  for (size_t i = 0; i < graph_.inputs.size(); ++i) {
    const ValueId id = graph_.inputs[i];
    ValueState& state = values_[static_cast<size_t>(id)];
    if (!taken_layouts_) {
      state.at[0] = Location{Location::Kind::kInput, static_cast<uint32_t>(i)};
      continue;
    }
    state.native = (*taken_layouts_)[i];
    state.at[static_cast<size_t>(state.native)] =
        new_buffer(storage_bytes(desc_of(id, state.native)));
  }
}

Status Lowering::bind_outputs() {
  for (size_t port = 0; port < graph_.outputs.size(); ++port) {
    const ValueId id = graph_.outputs[port];
    const Layout layout =
        keeps_output_layouts_ ? values_[static_cast<size_t>(id)].native : Layout::kPlain;
    output_layouts_.push_back(layout);
    POACL_ASSIGN_OR_RETURN(const Location location, locate(id, layout));
    const size_t bytes = storage_bytes(desc_of(id, layout));
    if (location.kind == Location::Kind::kBuffer) {
      Buffer& buffer = buffers_[location.index];
      if (buffer.output_port < 0 && buffer.bytes == bytes) {
        buffer.output_port = static_cast<int>(port);
        continue;
      }
    }
    Emitted step;
    step.kernel = &kCopyKernel;
    step.plan = copy_plan(bytes);
    step.inputs = {location};
    step.outputs = {Location{Location::Kind::kOutput, static_cast<uint32_t>(port)}};
    step.node = graph_.value(id).name;
    step.type = "Copy";
    step.description = describe(desc_of(id, layout));
    steps_.push_back(std::move(step));
  }
  return {};
}

Result<LowerResult> Lowering::run() {
  POACL_RETURN_IF_ERROR(check_shapes());
  result_.kernels.resize(graph_.nodes().size());
  place_inputs();
  for (size_t i = 0; i < graph_.nodes().size(); ++i) {
    POACL_RETURN_IF_ERROR(lower_node(graph_.nodes()[i], i));
  }
  POACL_RETURN_IF_ERROR(bind_outputs());
  compute_lives();
  share_in_place();

  auto program = std::make_unique<Program>();
  program->name = graph_.name;
  program->workers = options_.workers;
  const auto port = [this](ValueId id, const std::string& name, Layout layout) {
    const TensorDesc desc = desc_of(id, layout);
    return ModelPort{name, desc.dtype, desc.dims, storage_bytes(desc)};
  };
  for (const ValueId id : graph_.inputs) {
    program->inputs.push_back(port(id, graph_.value(id).name, Layout::kPlain));
  }
  for (size_t i = 0; i < graph_.outputs.size(); ++i) {
    const ValueId id = graph_.outputs[i];
    program->outputs.push_back(
        port(id, i < graph_.output_names.size() ? graph_.output_names[i] : graph_.value(id).name,
             output_layouts_[i]));
  }
  place_buffers(*program);
  result_.program = std::move(program);
  return std::move(result_);
}

}  // namespace poacl
