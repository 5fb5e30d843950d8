#include "atc/json_modes.h"

#include <array>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "atc/input_shape.h"
#include "atc/message_json.h"
#include "atc/output_path.h"
#include "atc/report.h"
#include "base/mapped_file.h"
#include "frontend/onnx/import_error.h"
#include "frontend/onnx/model_file.h"
#include "frontend/onnx/onnx_import.h"
#include "om/atomic_file.h"
#include "om/attr_compression.h"
#include "om/message_parser.h"
#include "om/om_container.h"
#include "om/om_image.h"

namespace poacl::atc {
namespace {

using nlohmann::json;
using onnx_frontend::import_error;

constexpr int kIndent = 2;
constexpr int kFrameworkOnnx = 5;

Status cannot_load(const std::string& path, std::string_view why) {
  return import_error("E10041", "{} cannot be loaded: {}", path, why);
}

Status check_paths(const CommandLine& line, std::string_view mode) {
  for (const std::string_view name : {"om", "json"}) {
    if (line.has(name)) continue;
    return import_error("E10004",
                        "--mode={} needs --om (the file to read) and --json (the file to "
                        "write), but --{} is missing or empty",
                        mode, name);
  }
  const std::string om = line.get("om");
  const std::string target = line.get("json");
  POACL_RETURN_IF_ERROR(check_model_path(om, "om"));
  std::error_code missing;
  if (!std::filesystem::equivalent(om, target, missing)) return {};
  return Status(onnx_frontend::kImportError,
                onnx_frontend::with_try(
                    fmt::format("--json={} is the file named by --om itself, which would be lost; "
                                "give the JSON another name",
                                target),
                    fmt::format("--json={}.json", om)),
                "E10001");
}

// Text of other encodings must not end the output: such bytes become question marks.
Status write_json(const json& object, const std::string& path) {
  const std::string text = object.dump(kIndent, ' ', false, json::error_handler_t::replace) + "\n";
  const std::array<om::ByteRange, 1> ranges = {{{text.data(), text.size()}}};
  const Status status = om::write_file_atomically(path, ranges);
  if (status.ok()) return {};
  return Status(status.code(),
                with_solution(fmt::format("the JSON cannot be written: {}", status.message()),
                              "Choose another --json, or free space."),
                "E13004");
}

Result<json> om_json(const std::string& path) {
  if (path.ends_with(".onnx")) {
    return Status(onnx_frontend::kImportError,
                  onnx_frontend::with_try(
                      fmt::format("{} is an ONNX model by its name; such a model is shown with "
                                  "--framework=5",
                                  path),
                      "--framework=5"),
                  "E10041");
  }
  const auto file = MappedFile::open(path);
  if (!file.ok()) return cannot_load(path, file.status().message());
  const auto container =
      om::parse_container(static_cast<const std::byte*>((*file)->data()), (*file)->size(), path);
  if (!container.ok()) return import_error("E10041", "{}", container.status().message());
  const om::Partition* graph = container->find(om::kModelDef);
  if (graph == nullptr) return cannot_load(path, "it holds no graph (partition type 0)");
  om::ParsedModel parsed;
  const Status status = parsed.parse(graph->data, graph->size, path);
  if (!status.ok()) return import_error("E10041", "{}", status.message());
  om::undo_attr_compression(parsed.model());
  std::string bytes;
  if (!parsed.model().SerializeToString(&bytes)) return cannot_load(path, "its graph is too large");
  return message_to_json(om_model_schema(), bytes);
}

Result<json> onnx_json(const std::string& path) {
  const auto model = onnx_frontend::read_model_file(path);
  if (!model.ok()) return import_error("E10041", "{}", model.status().message());
  std::string bytes;
  if (!(*model)->graph().SerializePartialToString(&bytes)) {
    return cannot_load(path, "its graph is too large");
  }
  return message_to_json(onnx_graph_schema(), bytes);
}

// The graph as the converter sees it: shapes inferred, nothing optimised, no weights.
Result<json> parsed_onnx_json(const CommandLine& line) {
  OnnxImportOptions options;
  POACL_ASSIGN_OR_RETURN(const auto shapes, parse_input_shape(line.get("input_shape")));
  for (const InputShape& shape : shapes) options.input_shapes.emplace_back(shape.name, shape.dims);
  OmModel model;
  POACL_ASSIGN_OR_RETURN(model.graph, import_onnx(line.get("om"), options));
  model.info.model_name = std::filesystem::path(line.get("om")).stem().string();
  model.info.framework = kFrameworkOnnx;
  model.info.input_format = line.get("input_format", "NCHW");
  POACL_ASSIGN_OR_RETURN(const om::OmImage image, om::OmImage::encode(model));
  const std::string bytes = image.to_string();
  POACL_ASSIGN_OR_RETURN(
      const om::Container container,
      om::parse_container(reinterpret_cast<const std::byte*>(bytes.data()), bytes.size(), "graph"));
  const om::Partition* graph = container.find(om::kModelDef);
  return message_to_json(om_model_schema(),
                         {reinterpret_cast<const char*>(graph->data), graph->size},
                         JsonForm{.complete = true});
}

Result<json> framework_json(const CommandLine& line) {
  POACL_RETURN_IF_ERROR(check_value(*find_option("framework"), line.get("framework")));
  POACL_RETURN_IF_ERROR(check_value(*find_option("dump_mode"), line.get("dump_mode")));
  if (std::stoi(line.get("framework")) != kFrameworkOnnx) {
    return Status(onnx_frontend::kImportError,
                  with_solution(fmt::format("--mode=1 with --framework={} is not supported yet; "
                                            "PoACL shows .om files and ONNX models",
                                            line.get("framework")),
                                "Leave --framework out for an .om, or give --framework=5 for an "
                                ".onnx file."),
                  "E10055");
  }
  const bool dump = line.has("dump_mode") && std::stoi(line.get("dump_mode")) == 1;
  return dump ? parsed_onnx_json(line) : onnx_json(line.get("om"));
}

Status in_file(const Status& status, const std::string& path) {
  return status.tag().empty() ? cannot_load(path, status.message()) : status;
}

}  // namespace

Status om_to_json(const CommandLine& line) {
  POACL_RETURN_IF_ERROR(check_paths(line, "1"));
  const std::string path = line.get("om");
  const Result<json> object = line.has("framework") ? framework_json(line) : om_json(path);
  if (!object.ok()) return in_file(object.status(), path);
  return write_json(*object, line.get("json"));
}

Status dumped_text_to_json(const CommandLine& line) {
  POACL_RETURN_IF_ERROR(check_paths(line, "5"));
  const std::string path = line.get("om");
  const auto file = MappedFile::open(path);
  if (!file.ok()) return cannot_load(path, file.status().message());
  const std::string_view text(static_cast<const char*>((*file)->data()), (*file)->size());
  const Result<json> object = message_text_to_json(om_model_schema(), text);
  if (!object.ok()) return in_file(object.status(), path);
  return write_json(*object, line.get("json"));
}

}  // namespace poacl::atc
