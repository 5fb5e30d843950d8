// References of ConcatD and SplitVD.
#include "kernels/shape/shape_kernels.h"
#include "kernels/shape/shape_util.h"

namespace poacl {
namespace {

// Header of the params; the sizes along the axis follow, one per part.
struct Header {
  size_t size;  // bytes of an element
  int64_t parts;
  int64_t outer, inner;
  int64_t total;  // size of the whole along the axis
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  const bool concat = op.type == "ConcatD";
  const auto parts = concat ? op.inputs : op.outputs;
  const TensorDesc& whole = concat ? op.outputs[0] : op.inputs[0];
  Header h{};
  h.size = data_type_size(whole.dtype);
  if (h.size == 0) return declined("elements without a size");
  const int64_t rank = static_cast<int64_t>(whole.dims.size());
  int64_t axis = 0;
  POACL_RETURN_IF_ERROR(join_axis(op, &axis));
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank) return declined("axis out of range");
  const std::span<const int64_t> all(whole.dims);
  h.parts = static_cast<int64_t>(parts.size());
  h.outer = element_count(all.first(static_cast<size_t>(axis)));
  h.inner = element_count(all.subspan(static_cast<size_t>(axis) + 1));
  h.total = all[static_cast<size_t>(axis)];
  std::vector<int64_t> sizes;
  for (const TensorDesc& part : parts) sizes.push_back(part.dims[static_cast<size_t>(axis)]);
  plan->params.resize(sizeof(Header) + sizes.size() * sizeof(int64_t));
  std::memcpy(plan->params.data(), &h, sizeof(h));
  std::memcpy(plan->params.data() + sizeof(h), sizes.data(), sizes.size() * sizeof(int64_t));
  return {};
}

// Calls f(part, offset in the part, offset in the whole) for every element, in bytes.
template <typename F>
void for_each_element(const KernelArgs& args, F&& f) {
  const auto& h = args.get_params<Header>();
  const auto* sizes = reinterpret_cast<const int64_t*>(&h + 1);
  for (int64_t o = 0; o < h.outer; ++o) {
    int64_t begin = 0;
    for (int64_t part = 0; part < h.parts; ++part) {
      for (int64_t a = 0; a < sizes[part]; ++a) {
        for (int64_t i = 0; i < h.inner; ++i) {
          const int64_t in_part = (o * sizes[part] + a) * h.inner + i;
          const int64_t in_whole = (o * h.total + begin + a) * h.inner + i;
          f(part, static_cast<size_t>(in_part) * h.size, static_cast<size_t>(in_whole) * h.size,
            h.size);
        }
      }
      begin += sizes[part];
    }
  }
}

void run_concat(const KernelArgs& args) {
  auto* out = static_cast<std::byte*>(args.outputs[0]);
  for_each_element(args, [&](int64_t part, size_t from, size_t to, size_t size) {
    std::memcpy(out + to, static_cast<const std::byte*>(args.inputs[part]) + from, size);
  });
}

void run_split(const KernelArgs& args) {
  const auto* in = static_cast<const std::byte*>(args.inputs[0]);
  for_each_element(args, [&](int64_t part, size_t to, size_t from, size_t size) {
    std::memcpy(static_cast<std::byte*>(args.outputs[part]) + to, in + from, size);
  });
}

}  // namespace

const KernelImpl kConcatRef = {"ConcatD", "concat.ref", Isa::kGeneric, plan, nullptr, run_concat};
const KernelImpl kSplitRef = {"SplitVD", "split.ref", Isa::kGeneric, plan, nullptr, run_split};
const KernelImpl kSplitVRef = {"SplitV", "split_v.ref", Isa::kGeneric, plan, nullptr, run_split};

}  // namespace poacl
