#include "dataset.h"

#include <algorithm>

#include "failure.h"

namespace msame {
namespace {

// Memory of no bytes does not exist.
void* device_memory(size_t bytes) {
  void* memory = nullptr;
  check(aclrtMalloc(&memory, std::max<size_t>(bytes, 1), ACL_MEM_MALLOC_HUGE_FIRST), "aclrtMalloc");
  return memory;
}

bool is_open(const Dims& dims) {
  return std::any_of(dims.begin(), dims.end(), [](int64_t dim) { return dim < 0; });
}

Dims computed_dims(const Dataset& outputs, size_t index) {
  const aclTensorDesc* desc = aclmdlGetDatasetTensorDesc(outputs.handle(), index);
  if (desc == nullptr) fail("the library does not tell the shape of output {}", index);
  const size_t rank = aclGetTensorDescNumDims(desc);
  Dims dims(rank == ACL_UNKNOWN_RANK ? 0 : rank);
  for (size_t i = 0; i < dims.size(); ++i) {
    check(aclGetTensorDescDimV2(desc, i, &dims[i]), "aclGetTensorDescDimV2");
  }
  return dims;
}

Dims output_dims(const Model& model, const Shape& shape, const Dataset& outputs, size_t index) {
  const Dims& dims = model.outputs()[index].dims;
  if (shape.kind == ShapeKind::kAny || is_open(dims)) return computed_dims(outputs, index);
  if (shape.kind == ShapeKind::kFixed) return dims;
  aclmdlIODims current;
  check(aclmdlGetCurOutputDims(model.desc(), index, &current), "aclmdlGetCurOutputDims");
  return Dims(current.dims, current.dims + current.dimCount);
}

}  // namespace

Dataset::Dataset() : handle_(aclmdlCreateDataset()) {
  if (handle_ == nullptr) fail("aclmdlCreateDataset made no dataset");
}

Dataset::~Dataset() {
  for (aclDataBuffer* buffer : buffers_) {
    if (void* memory = aclGetDataBufferAddr(buffer)) aclrtFree(memory);
    aclDestroyDataBuffer(buffer);
  }
  aclmdlDestroyDataset(handle_);
  for (aclTensorDesc* shape : shapes_) aclDestroyTensorDesc(shape);
}

void Dataset::add_buffer(void* memory, size_t bytes) {
  aclDataBuffer* buffer = aclCreateDataBuffer(memory, bytes);
  if (buffer == nullptr) fail("aclCreateDataBuffer made no buffer of {} bytes", bytes);
  buffers_.push_back(buffer);
  open_.push_back(memory == nullptr);
  check(aclmdlAddDatasetBuffer(handle_, buffer), "aclmdlAddDatasetBuffer");
}

void Dataset::add(size_t bytes) {
  void* memory = device_memory(bytes);
  add_buffer(memory, bytes);
  if (bytes != 0) check(aclrtMemset(memory, bytes, 0, bytes), "aclrtMemset");
}

void Dataset::add_open() {
  add_buffer(nullptr, 0);
}

void Dataset::drop_results() {
  for (size_t i = 0; i < buffers_.size(); ++i) {
    if (!open_[i]) continue;
    void* memory = aclGetDataBufferAddr(buffers_[i]);
    if (memory == nullptr) continue;
    check(aclrtFree(memory), "aclrtFree");
    check(aclUpdateDataBuffer(buffers_[i], nullptr, 0), "aclUpdateDataBuffer");
  }
}

void Dataset::fill(size_t index, std::string_view bytes) {
  if (bytes.empty()) return;
  check(aclrtMemcpy(aclGetDataBufferAddr(buffers_[index]), aclGetDataBufferSizeV2(buffers_[index]),
                    bytes.data(), bytes.size(), ACL_MEMCPY_HOST_TO_DEVICE),
        "aclrtMemcpy");
}

void Dataset::set_shape(size_t index, const Port& port, const Dims& dims) {
  aclTensorDesc* desc =
      aclCreateTensorDesc(port.type, static_cast<int>(dims.size()), dims.data(), port.format);
  if (desc == nullptr) fail("aclCreateTensorDesc made no description for {}", port.name);
  shapes_.push_back(desc);
  check(aclmdlSetDatasetTensorDesc(handle_, desc, index), "aclmdlSetDatasetTensorDesc");
}

void make_inputs(const Model& model, const Shape& shape, Dataset& inputs) {
  for (size_t i = 0; i < model.inputs().size(); ++i) {
    inputs.add(std::max(model.inputs()[i].bytes, shape.input_bytes[i]));
  }
  const size_t gear = model.gear_input().value_or(0);
  switch (shape.kind) {
    case ShapeKind::kBatch:
      check(aclmdlSetDynamicBatchSize(model.id(), inputs.handle(), gear, shape.batch),
            "aclmdlSetDynamicBatchSize");
      break;
    case ShapeKind::kImage:
      check(aclmdlSetDynamicHWSize(model.id(), inputs.handle(), gear, shape.image.first,
                                   shape.image.second),
            "aclmdlSetDynamicHWSize");
      break;
    case ShapeKind::kDims:
      check(aclmdlSetInputDynamicDims(model.id(), inputs.handle(), gear, &shape.gear),
            "aclmdlSetInputDynamicDims");
      break;
    case ShapeKind::kAny:
      for (const size_t i : model.data_inputs()) {
        inputs.set_shape(i, model.inputs()[i], shape.input_dims[i]);
      }
      break;
    case ShapeKind::kFixed:
      break;
  }
}

void make_outputs(const Model& model, const std::vector<size_t>& sizes, Dataset& outputs) {
  if (!sizes.empty() && sizes.size() != model.outputs().size()) {
    fail("--outputSize gives {} sizes, but the model has {} outputs", sizes.size(),
         model.outputs().size());
  }
  for (size_t i = 0; i < model.outputs().size(); ++i) {
    const Port& port = model.outputs()[i];
    if (!sizes.empty()) {
      if (!is_open(port.dims) && !model.gear_input() && sizes[i] < port.bytes) {
        fail("--outputSize gives {} bytes for output {} ({}), which has {}", sizes[i], i, port.name,
             port.bytes);
      }
      outputs.add(sizes[i]);
    } else if (port.bytes == 0 && is_open(port.dims)) {
      outputs.add_open();
    } else {
      outputs.add(port.bytes);
    }
  }
}

Output read_output(const Model& model, const Shape& shape, const Dataset& outputs, size_t index) {
  Output output;
  output.dims = output_dims(model, shape, outputs, index);
  aclDataBuffer* buffer = outputs.buffer(index);
  const size_t room = aclGetDataBufferSizeV2(buffer);
  // A type without a size in bytes (packed or text): all there is.
  const size_t element = aclDataTypeSize(model.outputs()[index].type);
  size_t bytes = room;
  if (element != 0) bytes = bytes_of(output.dims, model.outputs()[index].type).value_or(room);
  if (bytes > room) {
    fail("output {} ({}) has {} bytes, but its buffer {}", index, model.outputs()[index].name,
         bytes, room);
  }
  output.bytes.resize(bytes);
  if (bytes != 0) {
    check(aclrtMemcpy(output.bytes.data(), bytes, aclGetDataBufferAddr(buffer), bytes,
                      ACL_MEMCPY_DEVICE_TO_HOST),
          "aclrtMemcpy");
  }
  return output;
}

}  // namespace msame
