#include "model.h"

#include <chrono>

#include "console.h"
#include "failure.h"

namespace msame {
namespace {

Dims to_dims(const aclmdlIODims& dims) {
  return Dims(dims.dims, dims.dims + dims.dimCount);
}

Port input_port(aclmdlDesc* desc, size_t index) {
  Port port;
  aclmdlIODims dims;
  check(aclmdlGetInputDims(desc, index, &dims), "aclmdlGetInputDims");
  port.dims = to_dims(dims);
  check(aclmdlGetInputDimsV2(desc, index, &dims), "aclmdlGetInputDimsV2");
  port.buffer_dims = to_dims(dims);
  port.name = aclmdlGetInputNameByIndex(desc, index);
  port.type = aclmdlGetInputDataType(desc, index);
  port.format = aclmdlGetInputFormat(desc, index);
  port.bytes = aclmdlGetInputSizeByIndex(desc, index);
  return port;
}

Port output_port(aclmdlDesc* desc, size_t index) {
  Port port;
  aclmdlIODims dims;
  check(aclmdlGetOutputDims(desc, index, &dims), "aclmdlGetOutputDims");
  port.dims = to_dims(dims);
  port.buffer_dims = port.dims;
  port.name = aclmdlGetOutputNameByIndex(desc, index);
  port.type = aclmdlGetOutputDataType(desc, index);
  port.format = aclmdlGetOutputFormat(desc, index);
  port.bytes = aclmdlGetOutputSizeByIndex(desc, index);
  return port;
}

void print_port(const char* kind, size_t index, const Port& port) {
  debug("{} {}: {}, {} {}, format {}, {} bytes", kind, index, port.name, type_text(port.type),
        dims_text(port.dims), static_cast<int>(port.format), port.bytes);
}

}  // namespace

Model::Model(const std::string& path) {
  const auto begin = std::chrono::steady_clock::now();
  check(aclmdlLoadFromFile(path.c_str(), &id_), "aclmdlLoadFromFile");
  const auto end = std::chrono::steady_clock::now();
  load_us_ = std::chrono::duration<double, std::micro>(end - begin).count();
  loaded_ = true;
  info("load model {} success", path);
  try {
    desc_ = aclmdlCreateDesc();
    if (desc_ == nullptr) fail("aclmdlCreateDesc made no description");
    check(aclmdlGetDesc(desc_, id_), "aclmdlGetDesc");
    for (size_t i = 0; i < aclmdlGetNumInputs(desc_); ++i) {
      inputs_.push_back(input_port(desc_, i));
      if (inputs_.back().name == ACL_DYNAMIC_TENSOR_NAME) {
        gear_input_ = i;
      } else if (inputs_.back().name.starts_with(ACL_DYNAMIC_AIPP_NAME)) {
        fail(
            "{} has dynamic AIPP (input {}), whose parameters only a program can set; convert the "
            "model with static AIPP for msame",
            path, inputs_.back().name);
      } else {
        data_inputs_.push_back(i);
      }
    }
    for (size_t i = 0; i < aclmdlGetNumOutputs(desc_); ++i) {
      outputs_.push_back(output_port(desc_, i));
    }
  } catch (...) {
    aclmdlDestroyDesc(desc_);
    aclmdlUnload(id_);
    throw;
  }
  info("create model description success");
}

Model::~Model() {
  if (!loaded_) return;
  aclmdlDestroyDesc(desc_);
  aclmdlUnload(id_);
}

void Model::unload() {
  loaded_ = false;
  check(aclmdlDestroyDesc(desc_), "aclmdlDestroyDesc");
  check(aclmdlUnload(id_), "aclmdlUnload");
  info("unload model success, model Id is {}", id_);
}

std::vector<uint64_t> Model::batches() const {
  aclmdlBatch batch;
  check(aclmdlGetDynamicBatch(desc_, &batch), "aclmdlGetDynamicBatch");
  return std::vector<uint64_t>(batch.batch, batch.batch + batch.batchCount);
}

std::vector<std::pair<uint64_t, uint64_t>> Model::image_sizes() const {
  aclmdlHW sizes;
  check(aclmdlGetDynamicHW(desc_, static_cast<size_t>(-1), &sizes), "aclmdlGetDynamicHW");
  std::vector<std::pair<uint64_t, uint64_t>> result;
  for (size_t i = 0; i < sizes.hwCount; ++i) result.emplace_back(sizes.hw[i][0], sizes.hw[i][1]);
  return result;
}

std::vector<aclmdlIODims> Model::dims_gears() const {
  size_t count = 0;
  constexpr auto kAll = static_cast<size_t>(-1);
  check(aclmdlGetInputDynamicGearCount(desc_, kAll, &count), "aclmdlGetInputDynamicGearCount");
  std::vector<aclmdlIODims> gears(count);
  if (count != 0) {
    check(aclmdlGetInputDynamicDims(desc_, kAll, gears.data(), count), "aclmdlGetInputDynamicDims");
  }
  return gears;
}

std::string dims_text(const Dims& dims) {
  if (dims.empty()) return "scalar";
  return fmt::format("{}", fmt::join(dims, "x"));
}

std::string type_text(aclDataType type) {
  switch (type) {
    case ACL_FLOAT:
      return "float32";
    case ACL_FLOAT16:
      return "float16";
    case ACL_INT8:
      return "int8";
    case ACL_INT32:
      return "int32";
    case ACL_UINT8:
      return "uint8";
    case ACL_INT16:
      return "int16";
    case ACL_UINT16:
      return "uint16";
    case ACL_UINT32:
      return "uint32";
    case ACL_INT64:
      return "int64";
    case ACL_UINT64:
      return "uint64";
    case ACL_DOUBLE:
      return "float64";
    case ACL_BOOL:
      return "bool";
    case ACL_BF16:
      return "bfloat16";
    default:
      return fmt::format("data type {}", static_cast<int>(type));
  }
}

std::optional<size_t> bytes_of(const Dims& dims, aclDataType type) {
  size_t bytes = aclDataTypeSize(type);
  for (const int64_t dim : dims) {
    if (dim < 0 || __builtin_mul_overflow(bytes, static_cast<size_t>(dim), &bytes)) {
      return std::nullopt;
    }
  }
  return bytes;
}

void print_description(const Model& model) {
  debug("{} inputs, {} outputs", model.inputs().size(), model.outputs().size());
  for (size_t i = 0; i < model.inputs().size(); ++i) print_port("input", i, model.inputs()[i]);
  for (size_t i = 0; i < model.outputs().size(); ++i) print_port("output", i, model.outputs()[i]);
  if (const auto batches = model.batches(); !batches.empty()) {
    debug("batch sizes: {}", fmt::join(batches, " "));
  }
  if (const auto sizes = model.image_sizes(); !sizes.empty()) {
    std::string text;
    for (const auto& [height, width] : sizes) text += fmt::format(" {},{}", height, width);
    debug("image sizes (height,width):{}", text);
  }
  for (const aclmdlIODims& gear : model.dims_gears()) {
    debug("dims: {}", fmt::join(gear.dims, gear.dims + gear.dimCount, ","));
  }
}

}  // namespace msame
