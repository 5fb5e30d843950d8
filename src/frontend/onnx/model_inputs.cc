#include "frontend/onnx/model_inputs.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>

#include "frontend/nearest_name.h"
#include "frontend/onnx/import_error.h"
#include "frontend/onnx/tensor_decode.h"

namespace poacl::onnx_frontend {
namespace {

using UserShapes = std::vector<std::pair<std::string, Dims>>;

// A tensor larger than this is a mistake or an attack, whatever computer converts it.
constexpr int64_t kMostElements = int64_t{1} << 40;

const poacl::onnx::Type::TensorType* tensor_type(const poacl::onnx::ValueInfo& info) {
  return info.has_type() && info.type().has_tensor_type() ? &info.type().tensor_type() : nullptr;
}

// The model's own dimensions, -1 where open; nothing when even the rank is.
std::optional<Dims> own_dims(const poacl::onnx::ValueInfo& info) {
  const auto* type = tensor_type(info);
  if (type == nullptr || !type->has_shape()) return std::nullopt;
  Dims dims;
  for (const auto& dim : type->shape().dim()) {
    dims.push_back(dim.value_case() == poacl::onnx::Shape::Dim::kDimValue ? dim.dim_value() : -1);
  }
  return dims;
}

std::string own_shape_text(const poacl::onnx::ValueInfo& info) {
  const auto* type = tensor_type(info);
  if (type == nullptr) return "(not a tensor)";
  if (!type->has_shape()) return "[unknown rank]";
  std::string text = "[";
  for (const auto& dim : type->shape().dim()) {
    if (text.size() > 1) text += ",";
    switch (dim.value_case()) {
      case poacl::onnx::Shape::Dim::kDimValue:
        text += std::to_string(dim.dim_value());
        break;
      case poacl::onnx::Shape::Dim::kDimParam:
        text += dim.dim_param().empty() ? "?" : dim.dim_param();
        break;
      default:
        text += "?";
    }
  }
  return text + "]";
}

const Dims* user_dims(const UserShapes& shapes, const std::string& name) {
  // The last one wins, as with repeated options.
  const auto it = std::find_if(shapes.rbegin(), shapes.rend(),
                               [&](const auto& entry) { return entry.first == name; });
  return it == shapes.rend() ? nullptr : &it->second;
}

// Usual sizes in the places of open ones, so that the offered option can be run as it is.
Dims plausible(Dims dims) {
  const bool picture = dims.size() == 4 && (dims[1] == 1 || dims[1] == 3 || dims[1] == 4);
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] < 1) dims[i] = picture && i >= 2 ? 224 : 1;
  }
  return dims;
}

std::string shape_entry(const std::string& name, const Dims& dims) {
  return fmt::format("{}:{}", name, fmt::join(dims, ","));
}

// --input_shape with every real input: the user's dimensions where `renamed` or the right name
// gives some, the model's own otherwise.
std::string corrected_option(const poacl::onnx::Graph& graph, const GraphIndex& index,
                             const UserShapes& user_shapes) {
  std::vector<std::string> entries;
  for (const int i : index.inputs) {
    const poacl::onnx::ValueInfo& info = graph.input(i);
    const std::optional<Dims> own = own_dims(info);
    const Dims* given = user_dims(user_shapes, info.name());
    if (given != nullptr && (!own || own->size() == given->size())) {
      entries.push_back(shape_entry(info.name(), plausible(*given)));
    } else if (own) {
      entries.push_back(shape_entry(info.name(), plausible(*own)));
    }
  }
  return fmt::format("--input_shape=\"{}\"", fmt::join(entries, ";"));
}

std::vector<std::string> input_names(const poacl::onnx::Graph& graph, const GraphIndex& index) {
  std::vector<std::string> names;
  for (const int i : index.inputs) names.push_back(graph.input(i).name());
  return names;
}

// The input a wrong name probably means: the nearest, or the only one without a shape.
std::optional<std::string> intended_input(const std::vector<std::string>& names,
                                          const UserShapes& shapes, const std::string& wrong) {
  if (auto nearest = nearest_name(wrong, names)) return nearest;
  std::vector<std::string> unused;
  for (const std::string& name : names) {
    if (user_dims(shapes, name) == nullptr) unused.push_back(name);
  }
  if (unused.size() == 1) return unused[0];
  return std::nullopt;
}

Status check_names(const poacl::onnx::Graph& graph, const GraphIndex& index,
                   const UserShapes& user_shapes) {
  const std::vector<std::string> names = input_names(graph, index);
  const std::set<std::string> known(names.begin(), names.end());
  for (const auto& [name, dims] : user_shapes) {
    if (known.count(name) != 0) continue;
    UserShapes renamed = user_shapes;
    const std::optional<std::string> meant = intended_input(names, user_shapes, name);
    if (meant) renamed.emplace_back(*meant, dims);
    const std::string attempt = corrected_option(graph, index, renamed);
    const std::string inputs = list_inputs(graph, index);
    const bool exists = index.tensors.count(name) != 0 || index.nodes_by_name.count(name) != 0;
    if (exists) {
      return Status(kImportError,
                    with_try(fmt::format("\"{}\" in --input_shape is in the model, but is not an "
                                         "input of it. The inputs are: {}",
                                         name, inputs),
                             attempt),
                    "E10017");
    }
    return Status(
        kImportError,
        with_try(
            fmt::format("the model has no input \"{}\", which --input_shape names.{} The "
                        "inputs are: {}",
                        name, meant ? fmt::format(" Did you mean \"{}\"?", *meant) : "", inputs),
            attempt),
        "E10016");
  }
  return {};
}

Status check_rank(const poacl::onnx::Graph& graph, const GraphIndex& index,
                  const UserShapes& user_shapes, const poacl::onnx::ValueInfo& info,
                  const Dims& dims) {
  const std::optional<Dims> own = own_dims(info);
  if (!own || own->size() == dims.size()) return {};
  return Status(kImportError,
                with_try(fmt::format("--input_shape gives {} dimensions for the input \"{}\": {}, "
                                     "but the model's own shape {} has {}",
                                     dims.size(), info.name(), dims_to_string(dims),
                                     own_shape_text(info), own->size()),
                         corrected_option(graph, index, user_shapes)),
                "E10049");
}

}  // namespace

namespace {

// Shapes without names are those of the inputs in order.
Result<UserShapes> named(const poacl::onnx::Graph& graph, const GraphIndex& index,
                         UserShapes shapes) {
  const auto unnamed = [](const auto& shape) { return shape.first.empty(); };
  if (std::none_of(shapes.begin(), shapes.end(), unnamed)) return shapes;
  const std::vector<std::string> names = input_names(graph, index);
  if (shapes.size() != names.size()) {
    return import_error("E10001",
                        "--input_shape gives {} shapes without names, but the model has {} "
                        "inputs: {}",
                        shapes.size(), names.size(), list_inputs(graph, index));
  }
  for (size_t i = 0; i < names.size(); ++i) shapes[i].first = names[i];
  return shapes;
}

}  // namespace

std::string list_inputs(const poacl::onnx::Graph& graph, const GraphIndex& index) {
  constexpr size_t kMostListed = 64;
  std::string text;
  for (size_t i = 0; i < index.inputs.size() && i < kMostListed; ++i) {
    const poacl::onnx::ValueInfo& info = graph.input(index.inputs[i]);
    const auto* type = tensor_type(info);
    if (!text.empty()) text += "; ";
    text +=
        fmt::format("{} {} {}", info.name(),
                    onnx_type_name(type != nullptr ? type->elem_type() : 0), own_shape_text(info));
  }
  if (index.inputs.size() > kMostListed) {
    text += fmt::format("; and {} more", index.inputs.size() - kMostListed);
  }
  return text.empty() ? "(none)" : text;
}

Result<std::vector<ModelInput>> resolve_inputs(const poacl::onnx::Graph& graph,
                                               const GraphIndex& index,
                                               const UserShapes& given_shapes) {
  POACL_ASSIGN_OR_RETURN(const UserShapes user_shapes, named(graph, index, given_shapes));
  POACL_RETURN_IF_ERROR(check_names(graph, index, user_shapes));
  std::vector<ModelInput> inputs;
  for (const int i : index.inputs) {
    const poacl::onnx::ValueInfo& info = graph.input(i);
    const auto* type = tensor_type(info);
    ModelInput input{info.name(), DataType::kUndefined, {}};
    if (type != nullptr) input.dtype = data_type_from_onnx(type->elem_type());
    if (input.dtype == DataType::kUndefined) {
      return import_error(kInvalidTag, "the model's input \"{}\" is {}, not a tensor of numbers",
                          info.name(),
                          type == nullptr ? "no tensor" : onnx_type_name(type->elem_type()));
    }
    const Dims* given = user_dims(user_shapes, info.name());
    if (given != nullptr) {
      POACL_RETURN_IF_ERROR(check_rank(graph, index, user_shapes, info, *given));
      input.dims = *given;
      for (const int64_t dim : input.dims) {
        if (dim >= 1 || dim == -1) continue;
        return import_error("E10011",
                            "--input_shape gives the input \"{}\" the size {}; sizes are at least "
                            "1",
                            info.name(), dim);
      }
    } else {
      const std::optional<Dims> own = own_dims(info);
      const bool open =
          !own || std::any_of(own->begin(), own->end(), [](int64_t dim) { return dim < 0; });
      if (open) {
        return Status(
            kImportError,
            with_try(fmt::format("the model leaves the shape of its input \"{}\" open: "
                                 "{}; --input_shape must give it. The inputs are: {}",
                                 info.name(), own_shape_text(info), list_inputs(graph, index)),
                     corrected_option(graph, index, user_shapes)),
            "E10001");
      }
      input.dims = *own;
    }
    Dims least = input.dims;
    for (int64_t& dim : least) dim = std::abs(dim);  // 1 in the place of what is open
    const int64_t count = element_count(least);
    if (count < 0 || count > kMostElements) {
      return import_error("E10001", "the shape {} of the input \"{}\" is larger than any memory",
                          dims_to_string(input.dims), info.name());
    }
    inputs.push_back(std::move(input));
  }
  return inputs;
}

}  // namespace poacl::onnx_frontend
