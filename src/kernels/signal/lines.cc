#include "kernels/signal/lines.h"

#include <algorithm>

#include "kernels/shape/shape_util.h"

namespace poacl {
namespace {

constexpr int64_t kLongest = int64_t{1} << 28;

Status set_type(DataType type, LineJob* job) {
  job->dbl = type == DataType::kDouble;
  if (job->dbl || type == DataType::kFloat) return {};
  return declined("neither float nor double");
}

template <typename T>
void read_as(const LineJob& job, const T* in, const T* window, int64_t line, Complex* to) {
  const T* from = in + line / job.inner * job.in_outer + line % job.inner * job.in_inner;
  for (int64_t i = 0; i < job.length; ++i) {
    if (i >= job.taken) {
      to[i] = {0, 0};
      continue;
    }
    const T* at = from + i * job.in_step;
    const double weight = window == nullptr ? 1.0 : static_cast<double>(window[i]);
    to[i] = {weight * static_cast<double>(at[0]),
             job.in_parts == 2 ? weight * static_cast<double>(at[1]) : 0.0};
  }
  if (!job.mirrored) return;
  // A real result has a real first and, for even lengths, middle term.
  to[0].im = 0;
  if (job.length % 2 == 0) to[job.length / 2].im = 0;
  for (int64_t i = 1; i <= (job.length - 1) / 2; ++i) to[job.length - i] = {to[i].re, -to[i].im};
}

template <typename T>
void write_as(const LineJob& job, const Complex* from, int64_t line, T* out) {
  T* to = out + line / job.inner * job.out_outer + line % job.inner * job.out_inner;
  for (int64_t i = 0; i < job.written; ++i) {
    to[i * job.out_step] = static_cast<T>(from[i].re);
    if (job.out_parts == 2) to[i * job.out_step + 1] = static_cast<T>(from[i].im);
  }
}

}  // namespace

Status plan_dft(const OpInstance& op, LineJob* job) {
  POACL_RETURN_IF_ERROR(set_type(op.inputs[0].dtype, job));
  const Dims& x = op.inputs[0].dims;
  const Dims& y = op.outputs[0].dims;
  std::vector<int64_t> axes, lengths;
  POACL_RETURN_IF_ERROR(read_ints(op, 1, &lengths));
  POACL_RETURN_IF_ERROR(read_ints(op, 2, &axes));
  const int64_t rank = static_cast<int64_t>(x.size());
  int64_t axis = axes.empty() ? -2 : axes[0];
  if (axis < 0) axis += rank;
  if (axis < 0 || axis > rank - 2 || y.size() != x.size()) return declined("axis");
  const std::span<const int64_t> in(x), out(y);
  const auto a = static_cast<size_t>(axis);
  const bool onesided = op.attrs->get_bool("onesided");
  job->inverse = op.attrs->get_bool("inverse");
  job->mirrored = onesided && job->inverse;
  job->in_parts = static_cast<int>(x.back());
  job->out_parts = static_cast<int>(y.back());
  job->length = !lengths.empty() ? lengths[0] : job->mirrored ? y[a] : x[a];
  if (job->length < 1 || job->length > kLongest) return declined("length");
  job->taken = std::min(x[a], job->mirrored ? job->length / 2 + 1 : job->length);
  job->written = y[a];
  const int64_t outer = element_count(in.first(a));
  // Components lie innermost, so "inner" lines are whole numbers apart.
  job->inner = element_count(in.subspan(a + 1, in.size() - a - 2));
  job->lines = outer * job->inner;
  job->in_inner = job->in_parts;
  job->in_step = job->inner * job->in_parts;
  job->in_outer = x[a] * job->in_step;
  job->out_inner = job->out_parts;
  job->out_step = job->inner * job->out_parts;
  job->out_outer = y[a] * job->out_step;
  return {};
}

Status plan_stft(const OpInstance& op, LineJob* job) {
  POACL_RETURN_IF_ERROR(set_type(op.inputs[0].dtype, job));
  const Dims& x = op.inputs[0].dims;  // batch, samples, components
  const Dims& y = op.outputs[0].dims;
  std::vector<int64_t> steps, lengths;
  POACL_RETURN_IF_ERROR(read_ints(op, 1, &steps));
  POACL_RETURN_IF_ERROR(read_ints(op, 3, &lengths));
  job->windowed = op.inputs.size() > 2 && !op.inputs[2].absent();
  job->length = !lengths.empty() ? lengths[0] : job->windowed ? op.inputs[2].dims[0] : x[1];
  if (steps.size() != 1 || steps[0] < 1) return declined("frame_step");
  if (job->length < 1 || job->length > kLongest) return declined("frame_length");
  job->in_parts = x.size() == 3 ? static_cast<int>(x[2]) : 1;
  job->taken = job->length;
  job->inner = y[1];
  job->lines = y[0] * y[1];
  job->written = y[2];
  job->in_outer = x[1] * job->in_parts;
  job->in_inner = steps[0] * job->in_parts;
  job->in_step = job->in_parts;
  job->out_outer = y[1] * y[2] * 2;
  job->out_inner = y[2] * 2;
  job->out_step = 2;
  return {};
}

void read_line(const LineJob& job, const void* in, const void* window, int64_t line, Complex* to) {
  if (job.dbl) {
    read_as(job, static_cast<const double*>(in), static_cast<const double*>(window), line, to);
  } else {
    read_as(job, static_cast<const float*>(in), static_cast<const float*>(window), line, to);
  }
}

void write_line(const LineJob& job, const Complex* from, int64_t line, void* out) {
  if (job.dbl) {
    write_as(job, from, line, static_cast<double*>(out));
  } else {
    write_as(job, from, line, static_cast<float*>(out));
  }
}

}  // namespace poacl
