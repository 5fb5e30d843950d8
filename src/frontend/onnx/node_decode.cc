#include "frontend/onnx/node_decode.h"

#include <utility>
#include <vector>

#include "frontend/onnx/import_error.h"

namespace poacl::onnx_frontend {
namespace {

// ONNX's numbers of attribute types.
enum AttributeType : int32_t {
  kAbsent = 0,
  kFloat = 1,
  kInt = 2,
  kString = 3,
  kTensor = 4,
  kGraph = 5,
  kFloats = 6,
  kInts = 7,
  kStrings = 8,
};

// Files of the first IR versions carry no type: what is filled tells it.
int32_t type_of(const poacl::onnx::Attribute& attribute) {
  if (attribute.type() != kAbsent) return attribute.type();
  if (attribute.has_f()) return kFloat;
  if (attribute.has_i()) return kInt;
  if (attribute.has_s()) return kString;
  if (attribute.has_t()) return kTensor;
  if (attribute.has_g()) return kGraph;
  if (attribute.floats_size() > 0) return kFloats;
  if (attribute.strings_size() > 0) return kStrings;
  return kInts;
}

}  // namespace

Result<AttrMap> decode_attributes(
    poacl::onnx::Node& node, const std::function<Result<Tensor>(poacl::onnx::Tensor&)>& decode) {
  AttrMap attrs;
  for (poacl::onnx::Attribute& attribute : *node.mutable_attribute()) {
    const std::string& name = attribute.name();
    if (name.empty()) return import_error(kInvalidTag, "an attribute has no name");
    if (attrs.has(name)) {
      return import_error(kInvalidTag, "the attribute \"{}\" is given twice", name);
    }
    if (!attribute.ref_attr_name().empty()) {
      return import_error(kInvalidTag,
                          "the attribute \"{}\" refers to the attribute \"{}\" of a function, but "
                          "the node is not in one",
                          name, attribute.ref_attr_name());
    }
    switch (type_of(attribute)) {
      case kFloat:
        attrs.set(name, attribute.f());
        break;
      case kInt:
        attrs.set(name, attribute.i());
        break;
      case kString:
        attrs.set(name, attribute.s());
        break;
      case kTensor: {
        Result<Tensor> tensor = decode(*attribute.mutable_t());
        if (!tensor.ok()) {
          return tensor.status().with_context(fmt::format("attribute \"{}\"", name));
        }
        attrs.set(name, std::move(tensor).value());
        break;
      }
      case kFloats:
        attrs.set(name, std::vector<float>(attribute.floats().begin(), attribute.floats().end()));
        break;
      case kInts:
        attrs.set(name, std::vector<int64_t>(attribute.ints().begin(), attribute.ints().end()));
        break;
      case kStrings:
        attrs.set(name,
                  std::vector<std::string>(attribute.strings().begin(), attribute.strings().end()));
        break;
      default:
        break;
    }
  }
  return attrs;
}

}  // namespace poacl::onnx_frontend
