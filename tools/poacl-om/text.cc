#include <fmt/format.h>

#include "contents.h"

namespace poacl::show {
namespace {

std::string size_text(uint64_t bytes) {
  if (bytes < 10 * 1024) return fmt::format("{} B", bytes);
  if (bytes < uint64_t{10} << 20)
    return fmt::format("{:.1f} KiB", static_cast<double>(bytes) / 1024);
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
}

std::string port_text(size_t index, const PortFacts& port) {
  std::string text =
      fmt::format("  {:<2} {}  {} {}", index, port.name,
                  port.type.empty() ? "unknown type" : port.type, dims_to_string(port.dims));
  if (!port.format.empty()) text += " " + port.format;
  if (!port.range.empty()) text += ", open: " + port.range;
  if (port.bytes != 0) text += ", " + size_text(port.bytes);
  return text + "\n";
}

std::string ports_text(const char* title, const std::vector<PortFacts>& ports) {
  std::string text = fmt::format("{}\n", title);
  for (size_t i = 0; i < ports.size(); ++i) text += port_text(i, ports[i]);
  return text;
}

std::string gears_text(const Contents& contents) {
  if (contents.gears.empty()) return "";
  std::string text = fmt::format("gears ({})\n ", contents.gear_kind);
  for (const auto& gear : contents.gears) text += fmt::format(" {}", fmt::join(gear, ","));
  return text + "\n";
}

// What is switched off or zero is left to the JSON.
std::string aipp_text(const Contents& contents) {
  constexpr size_t kWidth = 96;
  std::string text;
  for (const OpFacts& op : contents.aipp) {
    text += fmt::format("AIPP {} ({})\n", op.name, op.type);
    std::string line = " ";
    for (const auto& [name, value] : op.attrs) {
      if (name.starts_with("_") || value == "0" || value == "false") continue;
      const std::string pair = fmt::format(" {}={}", name, value);
      if (line.size() + pair.size() > kWidth && line.size() > 1) {
        text += line + "\n";
        line = " ";
      }
      line += pair;
    }
    text += line + "\n";
  }
  return text;
}

std::string program_text(const ProgramFacts& program, bool with_steps) {
  std::string text = program.gear.empty() ? "program" : "program of " + program.gear;
  if (!program.why_not.empty()) return fmt::format("{}: none; {}\n", text, program.why_not);
  text += fmt::format(": {} steps, activations {}, scratch {}, weights {}", program.steps.size(),
                      size_text(program.arena_bytes), size_text(program.scratch_bytes),
                      size_text(program.weight_bytes));
  if (program.images > 1) {
    text += program.image_steps == program.steps.size()
                ? fmt::format(", {} images one by one", program.images)
                : fmt::format(", the first {} for {} images one by one", program.image_steps,
                              program.images);
  }
  text += "\n";
  for (size_t i = 0; with_steps && i < program.steps.size(); ++i) {
    const StepFacts& step = program.steps[i];
    text += fmt::format(
        "  {:<3} {:<28} {:<18} {}  {}{}  ({})\n", i, step.kernel, step.type, step.shapes,
        fmt::join(step.results, " "),
        step.weight_bytes == 0 ? "" : fmt::format(", weights {}", size_text(step.weight_bytes)),
        step.node);
  }
  return text;
}

}  // namespace

std::string contents_text(const Contents& contents, bool with_steps) {
  std::string text = fmt::format("{}: model {}, {}\n", contents.path, contents.model,
                                 size_text(contents.file_bytes));
  text += contents.genuine
              ? "  a genuine NPU file: its kernels run on that chip only, what follows is what can "
                "be read\n"
              : "  a file of PoACL's atc\n";
  for (const auto& [name, value] : contents.attributes) {
    text += fmt::format("  {:<18} {}\n", name, value);
  }
  if (contents.model_count > 1) {
    text += fmt::format("  {} models in one file; this is the first\n", contents.model_count);
  }
  text += "partitions\n";
  for (const PartitionFacts& partition : contents.partitions) {
    text += fmt::format("  {:<2} {:<18} {}\n", partition.type, partition.name,
                        size_text(partition.bytes));
  }
  text += ports_text("inputs", contents.inputs) + ports_text("outputs", contents.outputs);
  text += gears_text(contents) + aipp_text(contents);
  text += "operators\n ";
  for (const auto& [type, count] : contents.op_counts) text += fmt::format(" {} x {}", count, type);
  text += "\n";
  for (const ProgramFacts& program : contents.programs) text += program_text(program, with_steps);
  return text;
}

}  // namespace poacl::show
