// Picture calls whose Python side differs from the C prototype: lists instead
// of arrays, and parameters of channels by value.
#include <cstdint>
#include <vector>

#include "acl/ops/acl_dvpp.h"
#include "binding/manual.h"
#include "python/acl/convert.h"
#include "src/capi/binding_support.h"

namespace poacl::python {
namespace {

constexpr Py_ssize_t kMostAreas = 256;

// A list of 1 to 256 ints. The vector always has 256 entries, the rest of them
// 0: the C call reads as many as the output batch has pictures, and says which
// one it misses.
template <typename T>
bool list_from_python(const Place& place, PyObject* object, std::vector<T>* out,
                      Py_ssize_t* length) {
  if (!PyList_Check(object)) return wrong_kind(place, "list", object);
  PyObject* items = PyList_AsTuple(object);  // code of the items cannot change a tuple
  if (items == nullptr) return false;
  *length = PyTuple_Size(items);
  bool good = *length >= 1 && *length <= kMostAreas;
  if (!good) {
    PyErr_Format(PyExc_ValueError, "%s() argument %d (%s) has %zd items, not 1 to %zd",
                 place.function, place.position, place.name, *length, kMostAreas);
  }
  out->assign(static_cast<size_t>(kMostAreas), T{});
  for (Py_ssize_t i = 0; good && i < *length; ++i) {
    good = from_python(place, PyTuple_GetItem(items, i), &(*out)[static_cast<size_t>(i)]);
  }
  Py_DECREF(items);
  return good;
}

// The arguments that all batch calls begin with, then the lists and settings
// that some have.
struct Batch {
  acldvppChannelDesc* channel = nullptr;
  acldvppBatchPicDesc* inputs = nullptr;
  std::vector<uint32_t> counts;
  Py_ssize_t size = 0;
  acldvppBatchPicDesc* outputs = nullptr;
  std::vector<acldvppRoiConfig*> crops;
  std::vector<acldvppRoiConfig*> pastes;
  std::vector<acldvppBorderConfig*> borders;
  acldvppResizeConfig* resize = nullptr;
  aclrtStream stream = nullptr;
  bool lengths_agree = false;
};

struct Has {
  bool pastes = false;
  bool borders = false;
  bool resize = false;
};

bool lengths_agree(const Batch& batch, Py_ssize_t crops) {
  uint64_t areas = 0;
  for (const uint32_t count : batch.counts) areas += count;
  return areas == static_cast<uint64_t>(crops);
}

bool batch_from_python(const char* name, PyObject* const* given, Py_ssize_t count, const Has& has,
                       Batch* out) {
  const int wanted = 6 + (has.pastes ? 1 : 0) + (has.borders ? 1 : 0) + (has.resize ? 1 : 0);
  if (!check_count(name, count, wanted, wanted)) return false;
  Py_ssize_t length = 0;
  if (!from_python({name, 1, "channel_desc"}, given[0], &out->channel) ||
      !from_python({name, 2, "src_batch_desc"}, given[1], &out->inputs) ||
      !list_from_python({name, 3, "roi_nums"}, given[2], &out->counts, &out->size) ||
      !from_python({name, 4, "dst_batch_desc"}, given[3], &out->outputs) ||
      !list_from_python({name, 5, "crop_areas"}, given[4], &out->crops, &length)) {
    return false;
  }
  out->lengths_agree = lengths_agree(*out, length);
  int next = 5;
  const auto list = [&](const char* what, auto* items) {
    Py_ssize_t items_length = 0;
    const bool good = list_from_python({name, next + 1, what}, given[next], items, &items_length);
    out->lengths_agree = out->lengths_agree && items_length == length;
    ++next;
    return good;
  };
  if (has.pastes && !list("paste_areas", &out->pastes)) return false;
  if (has.borders && !list("border_configs", &out->borders)) return false;
  if (has.resize) {
    if (!from_python({name, next + 1, "resize_config"}, given[next], &out->resize)) return false;
    ++next;
  }
  return from_python({name, next + 1, "stream"}, given[next], &out->stream);
}

// 0, or what the call returns for lists of different lengths.
aclError refuse_lengths(const char* api, const Batch& batch) {
  if (batch.lengths_agree) return ACL_SUCCESS;
  return poaclRefuse(api, ACL_ERROR_INVALID_PARAM,
                     "the lists of areas are not as long as the entries of roi_nums add up "
                     "to: "
                     "pass one crop area (and paste area or border) for every output picture");
}

uint32_t size_of(const Batch& batch) {
  return static_cast<uint32_t>(batch.size);
}

}  // namespace

PyObject* media_dvpp_set_channel_desc_param(PyObject*, PyObject* const* given, Py_ssize_t count) {
  constexpr const char* kName = "dvpp_set_channel_desc_param";
  if (!check_count(kName, count, 3, 3)) return nullptr;
  acldvppChannelDesc* desc = nullptr;
  acldvppChannelDescParamType type{};
  uint64_t value = 0;
  if (!from_python({kName, 1, "channel_desc"}, given[0], &desc) ||
      !from_python({kName, 2, "param_type"}, given[1], &type) ||
      !from_python({kName, 3, "param"}, given[2], &value)) {
    return nullptr;
  }
  const size_t length = type == ACL_DVPP_CHANNEL_ID_UINT64 ? sizeof(uint64_t) : sizeof(uint32_t);
  const aclError result = acldvppSetChannelDescParam(desc, type, length, &value);
  return tuple_of(to_python(desc), to_python(result));
}

PyObject* media_dvpp_get_channel_desc_param(PyObject*, PyObject* const* given, Py_ssize_t count) {
  constexpr const char* kName = "dvpp_get_channel_desc_param";
  if (!check_count(kName, count, 2, 2)) return nullptr;
  acldvppChannelDesc* desc = nullptr;
  acldvppChannelDescParamType type{};
  if (!from_python({kName, 1, "channel_desc"}, given[0], &desc) ||
      !from_python({kName, 2, "param_type"}, given[1], &type)) {
    return nullptr;
  }
  uint64_t value = 0;
  size_t size = 0;
  const size_t length = type == ACL_DVPP_CHANNEL_ID_UINT64 ? sizeof(uint64_t) : sizeof(uint32_t);
  const aclError result = acldvppGetChannelDescParam(desc, type, length, &size, &value);
  return tuple_of(to_python(size), to_python(value), to_python(result));
}

PyObject* media_dvpp_vpc_batch_crop_async(PyObject*, PyObject* const* given, Py_ssize_t count) {
  Batch batch;
  if (!batch_from_python("dvpp_vpc_batch_crop_async", given, count, {}, &batch)) return nullptr;
  aclError result = refuse_lengths("acldvppVpcBatchCropAsync", batch);
  if (result == ACL_SUCCESS) {
    result =
        acldvppVpcBatchCropAsync(batch.channel, batch.inputs, batch.counts.data(), size_of(batch),
                                 batch.outputs, batch.crops.data(), batch.stream);
  }
  return tuple_of(to_python(batch.outputs), to_python(result));
}

PyObject* media_dvpp_vpc_batch_crop_and_paste_async(PyObject*, PyObject* const* given,
                                                    Py_ssize_t count) {
  Batch batch;
  if (!batch_from_python("dvpp_vpc_batch_crop_and_paste_async", given, count, {.pastes = true},
                         &batch)) {
    return nullptr;
  }
  aclError result = refuse_lengths("acldvppVpcBatchCropAndPasteAsync", batch);
  if (result == ACL_SUCCESS) {
    result = acldvppVpcBatchCropAndPasteAsync(batch.channel, batch.inputs, batch.counts.data(),
                                              size_of(batch), batch.outputs, batch.crops.data(),
                                              batch.pastes.data(), batch.stream);
  }
  return tuple_of(to_python(batch.outputs), to_python(result));
}

PyObject* media_dvpp_vpc_batch_crop_resize_async(PyObject*, PyObject* const* given,
                                                 Py_ssize_t count) {
  Batch batch;
  if (!batch_from_python("dvpp_vpc_batch_crop_resize_async", given, count, {.resize = true},
                         &batch)) {
    return nullptr;
  }
  aclError result = refuse_lengths("acldvppVpcBatchCropResizeAsync", batch);
  if (result == ACL_SUCCESS) {
    result = acldvppVpcBatchCropResizeAsync(batch.channel, batch.inputs, batch.counts.data(),
                                            size_of(batch), batch.outputs, batch.crops.data(),
                                            batch.resize, batch.stream);
  }
  return to_python(result);
}

PyObject* media_dvpp_vpc_batch_crop_resize_paste_async(PyObject*, PyObject* const* given,
                                                       Py_ssize_t count) {
  Batch batch;
  if (!batch_from_python("dvpp_vpc_batch_crop_resize_paste_async", given, count,
                         {.pastes = true, .resize = true}, &batch)) {
    return nullptr;
  }
  aclError result = refuse_lengths("acldvppVpcBatchCropResizePasteAsync", batch);
  if (result == ACL_SUCCESS) {
    result = acldvppVpcBatchCropResizePasteAsync(batch.channel, batch.inputs, batch.counts.data(),
                                                 size_of(batch), batch.outputs, batch.crops.data(),
                                                 batch.pastes.data(), batch.resize, batch.stream);
  }
  return to_python(result);
}

PyObject* media_dvpp_vpc_batch_crop_resize_make_border_async(PyObject*, PyObject* const* given,
                                                             Py_ssize_t count) {
  Batch batch;
  if (!batch_from_python("dvpp_vpc_batch_crop_resize_make_border_async", given, count,
                         {.borders = true, .resize = true}, &batch)) {
    return nullptr;
  }
  aclError result = refuse_lengths("acldvppVpcBatchCropResizeMakeBorderAsync", batch);
  if (result == ACL_SUCCESS) {
    result = acldvppVpcBatchCropResizeMakeBorderAsync(
        batch.channel, batch.inputs, batch.counts.data(), size_of(batch), batch.outputs,
        batch.crops.data(), batch.borders.data(), batch.resize, batch.stream);
  }
  return to_python(result);
}

}  // namespace poacl::python
