#include <type_traits>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "kernels/aipp/aipp_fields.h"

namespace poacl::aipp {
namespace {

struct Writer {
  AttrMap* attrs;

  void operator()(const char* name, const bool& value) const { attrs->set(name, value); }
  void operator()(const char* name, const int32_t& value, int32_t, int32_t) const {
    attrs->set(name, static_cast<int64_t>(value));
  }
  void operator()(const char* name, const float& value, float, float) const {
    attrs->set(name, value);
  }
};

struct Reader {
  const AttrMap& attrs;
  Status status;

  void operator()(const char* name, bool& value) { value = attrs.get_bool(name); }
  void operator()(const char* name, int32_t& value, int32_t low, int32_t high) {
    const int64_t found = attrs.get_int(name, value);
    if (check(name, found, low, high)) value = static_cast<int32_t>(found);
  }
  void operator()(const char* name, float& value, float low, float high) {
    const float found = attrs.get_float(name, value);
    if (check(name, found, low, high)) value = found;
  }
  template <typename T, typename Bound>
  bool check(const char* name, T value, Bound low, Bound high) {
    // What is no number fails the comparison, too.
    if (value >= static_cast<T>(low) && value <= static_cast<T>(high)) return true;
    if (status.ok()) {
      status = Status(ACL_ERROR_GE_PARAM_INVALID,
                      fmt::format("{} is {}; it is {} to {}", name, value, low, high));
    }
    return false;
  }
};

}  // namespace

void write_attrs(const Picture& picture, AttrMap* attrs) {
  attrs->set("input_format", static_cast<int64_t>(picture.format));
  for_each_field(picture, Writer{attrs});
}

Status read_attrs(const AttrMap& attrs, Picture* picture) {
  const int64_t format = attrs.get_int("input_format");
  *picture = Picture{};
  picture->format = format >= 0 && format <= 64 ? static_cast<Format>(format) : Format::kUndefined;
  Reader reader{attrs, {}};
  for_each_field(*picture, reader);
  return reader.status;
}

}  // namespace poacl::aipp
