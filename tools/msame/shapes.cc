#include "shapes.h"

#include <algorithm>
#include <numeric>

#include "failure.h"

namespace msame {
namespace {

const char* kind_text(ShapeKind kind) {
  switch (kind) {
    case ShapeKind::kBatch:
      return "several batch sizes (--dymBatch chooses)";
    case ShapeKind::kImage:
      return "several image sizes (--dymHW chooses)";
    case ShapeKind::kDims:
      return "several shapes (--dymDims chooses)";
    case ShapeKind::kAny:
      return "open dimensions (--dymShape sets them)";
    default:
      return "one fixed shape";
  }
}

struct Choices {
  ShapeKind kind = ShapeKind::kFixed;
  std::vector<uint64_t> batches;
  std::vector<std::pair<uint64_t, uint64_t>> images;
  std::vector<aclmdlIODims> gears;
};

Choices choices_of(const Model& model) {
  Choices choices{ShapeKind::kFixed, model.batches(), model.image_sizes(), model.dims_gears()};
  const auto open = [&](size_t i) {
    const Dims& dims = model.inputs()[i].dims;
    return std::any_of(dims.begin(), dims.end(), [](int64_t dim) { return dim < 0; });
  };
  if (!choices.batches.empty()) {
    choices.kind = ShapeKind::kBatch;
  } else if (!choices.images.empty()) {
    choices.kind = ShapeKind::kImage;
  } else if (!choices.gears.empty()) {
    choices.kind = ShapeKind::kDims;
  } else if (std::any_of(model.data_inputs().begin(), model.data_inputs().end(), open)) {
    choices.kind = ShapeKind::kAny;
  }
  return choices;
}

void check_kind(const Options& options, ShapeKind kind) {
  const std::pair<const char*, bool> given[] = {{"--dymBatch", options.batch.has_value()},
                                                {"--dymHW", !options.image_size.empty()},
                                                {"--dymDims", !options.dims.empty()},
                                                {"--dymShape", !options.shape.empty()}};
  const ShapeKind kinds[] = {ShapeKind::kBatch, ShapeKind::kImage, ShapeKind::kDims,
                             ShapeKind::kAny};
  for (size_t i = 0; i < 4; ++i) {
    if (given[i].second && kinds[i] != kind) {
      fail("{} does not fit {}, which has {}", given[i].first, options.model, kind_text(kind));
    }
  }
}

// Puts `values` into the open dimensions, in order, from the first again when they are used up.
Dims filled(Dims dims, const std::vector<int64_t>& values) {
  size_t next = 0;
  for (int64_t& dim : dims) {
    if (dim < 0) dim = values[next++ % values.size()];
  }
  return dims;
}

void set_input(const Port& port, const Dims& dims, size_t i, Shape& shape) {
  const auto bytes = bytes_of(dims, port.type);
  if (!bytes)
    fail("input {} would be {} of {}, which is too large", port.name, dims_text(dims),
         type_text(port.type));
  shape.input_dims[i] = dims;
  shape.input_bytes[i] = *bytes;
}

void choose_batch(const Model& model, const Options& options, const Choices& choices,
                  Shape& shape) {
  const auto& all = choices.batches;
  shape.batch = options.batch.value_or(*std::max_element(all.begin(), all.end()));
  if (std::find(all.begin(), all.end(), shape.batch) == all.end()) {
    fail("--dymBatch {} is none of the batch sizes {} was made for: {}", shape.batch, options.model,
         fmt::join(all, ", "));
  }
  for (const size_t i : model.data_inputs()) {
    const Port& port = model.inputs()[i];
    set_input(port, filled(port.buffer_dims, {static_cast<int64_t>(shape.batch)}), i, shape);
  }
  shape.text = fmt::format("batch {}", shape.batch);
}

std::pair<uint64_t, uint64_t> parse_image(const std::string& text) {
  const std::vector<std::string> words = split(text, ',');
  const auto height = to_number(words[0], 1);
  const auto width = words.size() == 2 ? to_number(words[1], 1) : std::nullopt;
  if (!height || !width) fail("--dymHW \"{}\" is not height,width, for instance 300,500", text);
  return {static_cast<uint64_t>(*height), static_cast<uint64_t>(*width)};
}

void choose_image(const Model& model, const Options& options, const Choices& choices,
                  Shape& shape) {
  const auto& all = choices.images;
  if (options.image_size.empty()) {
    shape.image = *std::max_element(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return a.first * a.second < b.first * b.second;
    });
  } else {
    shape.image = parse_image(options.image_size);
  }
  if (std::find(all.begin(), all.end(), shape.image) == all.end()) {
    std::string list;
    for (const auto& [height, width] : all) list += fmt::format(" {},{}", height, width);
    fail("--dymHW {} is none of the image sizes {} was made for:{}", options.image_size,
         options.model, list);
  }
  const Dims size = {static_cast<int64_t>(shape.image.first),
                     static_cast<int64_t>(shape.image.second)};
  for (const size_t i : model.data_inputs()) {
    const Port& port = model.inputs()[i];
    set_input(port, filled(port.buffer_dims, size), i, shape);
  }
  shape.text = fmt::format("image {}x{}", size[0], size[1]);
}

Dims dims_of(const aclmdlIODims& gear) {
  return Dims(gear.dims, gear.dims + gear.dimCount);
}

int64_t product(const Dims& dims) {
  return std::accumulate(dims.begin(), dims.end(), int64_t{1}, std::multiplies<>());
}

const Dims& named(const std::vector<std::pair<std::string, Dims>>& given, const Port& port,
                  const char* option) {
  for (const auto& [name, dims] : given) {
    if (name != port.name) continue;
    if (dims.size() == port.dims.size()) return dims;
    fail("{} gives {} {} dimensions, but the input is {}", option, name, dims.size(),
         dims_text(port.dims));
  }
  fail("{} does not name the input {} ({})", option, port.name, dims_text(port.dims));
}

void check_names(const std::vector<std::pair<std::string, Dims>>& given, const Model& model,
                 const char* option) {
  for (const auto& entry : given) {
    const std::string& name = entry.first;
    const auto has_name = [&](size_t i) { return model.inputs()[i].name == name; };
    if (std::none_of(model.data_inputs().begin(), model.data_inputs().end(), has_name)) {
      std::string list;
      for (const size_t i : model.data_inputs()) list += " " + model.inputs()[i].name;
      fail("{} names {}, but the inputs are{}", option, name, list);
    }
  }
}

void choose_gear(const Model& model, const Options& options, const Choices& choices, Shape& shape) {
  const auto& all = choices.gears;
  if (options.dims.empty()) {
    shape.gear = *std::max_element(all.begin(), all.end(), [](const auto& a, const auto& b) {
      return product(dims_of(a)) < product(dims_of(b));
    });
    size_t next = 0;
    for (const size_t i : model.data_inputs()) {
      const Port& port = model.inputs()[i];
      const size_t rank = port.dims.size();
      if (next + rank > shape.gear.dimCount)
        fail("{}: its gears do not cover its inputs", options.model);
      set_input(port, Dims(shape.gear.dims + next, shape.gear.dims + next + rank), i, shape);
      next += rank;
    }
  } else {
    const auto given = parse_named_dims(options.dims, "--dymDims");
    check_names(given, model, "--dymDims");
    Dims as_given;
    Dims as_in_model;
    for (const auto& [name, dims] : given)
      as_given.insert(as_given.end(), dims.begin(), dims.end());
    for (const size_t i : model.data_inputs()) {
      const Dims& dims = named(given, model.inputs()[i], "--dymDims");
      set_input(model.inputs()[i], dims, i, shape);
      as_in_model.insert(as_in_model.end(), dims.begin(), dims.end());
    }
    // A gear lists the inputs in the order of the conversion's --input_shape.
    const auto fits = [&](const aclmdlIODims& gear) {
      return dims_of(gear) == as_in_model || dims_of(gear) == as_given;
    };
    const auto found = std::find_if(all.begin(), all.end(), fits);
    if (found == all.end()) {
      std::string list;
      for (const aclmdlIODims& gear : all) {
        list += fmt::format(" [{}]", fmt::join(dims_of(gear), ","));
      }
      fail("--dymDims \"{}\" is none of the shapes {} was made for:{}", options.dims, options.model,
           list);
    }
    shape.gear = *found;
  }
  shape.text = fmt::format("dims {}", fmt::join(dims_of(shape.gear), ","));
}

void choose_any(const Model& model, const Options& options, Shape& shape) {
  if (options.shape.empty()) {
    std::string list;
    for (const size_t i : model.data_inputs()) {
      list += fmt::format(" {}:{}", model.inputs()[i].name, fmt::join(model.inputs()[i].dims, ","));
    }
    fail("{} has open dimensions (-1): --dymShape must give the shapes of its inputs,{}",
         options.model, list);
  }
  const auto given = parse_named_dims(options.shape, "--dymShape");
  check_names(given, model, "--dymShape");
  for (const size_t i : model.data_inputs()) {
    const Port& port = model.inputs()[i];
    const Dims& dims = named(given, port, "--dymShape");
    for (size_t axis = 0; axis < dims.size(); ++axis) {
      if (port.dims[axis] >= 0 && port.dims[axis] != dims[axis]) {
        fail("--dymShape gives {} {} elements along axis {}, but the input is {}", port.name,
             dims[axis], axis, dims_text(port.dims));
      }
    }
    set_input(port, dims, i, shape);
  }
  shape.text = options.shape;
}

}  // namespace

Shape choose_shape(const Model& model, const Options& options) {
  const Choices choices = choices_of(model);
  check_kind(options, choices.kind);
  Shape shape;
  shape.kind = choices.kind;
  for (const Port& port : model.inputs()) {
    shape.input_dims.push_back(port.buffer_dims);
    shape.input_bytes.push_back(port.bytes);
  }
  switch (choices.kind) {
    case ShapeKind::kBatch:
      choose_batch(model, options, choices, shape);
      break;
    case ShapeKind::kImage:
      choose_image(model, options, choices, shape);
      break;
    case ShapeKind::kDims:
      choose_gear(model, options, choices, shape);
      break;
    case ShapeKind::kAny:
      choose_any(model, options, shape);
      break;
    case ShapeKind::kFixed:
      break;
  }
  return shape;
}

std::vector<std::pair<std::string, Dims>> parse_named_dims(const std::string& text,
                                                           const std::string& option) {
  std::vector<std::pair<std::string, Dims>> result;
  for (const std::string& part : split(text, ';')) {
    if (part.empty()) continue;
    const size_t colon = part.rfind(':');
    if (colon == std::string::npos || colon == 0) {
      fail("{}: \"{}\" is not name:sizes, for instance data:1,600", option, part);
    }
    Dims dims;
    const std::string sizes = part.substr(colon + 1);
    for (const std::string& word : sizes.empty() ? std::vector<std::string>() : split(sizes, ',')) {
      const auto number = to_number(word, 0);
      if (!number) fail("{}: \"{}\" in \"{}\" is not a size", option, word, part);
      dims.push_back(*number);
    }
    if (dims.size() > ACL_MAX_DIM_CNT) fail("{}: \"{}\" has too many sizes", option, part);
    result.emplace_back(split(part.substr(0, colon), '\n')[0], std::move(dims));
  }
  if (result.empty()) fail("{} is empty", option);
  return result;
}

}  // namespace msame
