// References of DFT and STFT: the sums as they are defined.
#include <cmath>

#include "kernels/signal/lines.h"
#include "kernels/signal/signal_kernels.h"

namespace poacl {
namespace {

// Beyond this many terms the sums take longer than a conversion may.
constexpr double kMostTerms = 2e7;

template <Status (*kPlanLines)(const OpInstance&, LineJob*)>
Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  LineJob job;
  POACL_RETURN_IF_ERROR(kPlanLines(op, &job));
  if (static_cast<double>(job.lines) * static_cast<double>(job.length) *
          static_cast<double>(job.written) >
      kMostTerms) {
    return declined("too long for the plain sums");
  }
  plan->scratch_bytes = 2 * static_cast<size_t>(job.length) * sizeof(Complex);
  plan->set_params(job);
  return {};
}

void run(const KernelArgs& args) {
  const auto& job = args.get_params<LineJob>();
  const void* window = job.windowed ? args.inputs[2] : nullptr;
  Complex* in = reinterpret_cast<Complex*>(args.scratch);
  Complex* out = in + job.length;
  const double sign = job.inverse ? 2 * M_PI : -2 * M_PI;
  const double scale = job.inverse ? 1.0 / static_cast<double>(job.length) : 1.0;
  for (int64_t line = 0; line < job.lines; ++line) {
    read_line(job, args.inputs[0], window, line, in);
    for (int64_t k = 0; k < job.written; ++k) {
      Complex sum{0, 0};
      for (int64_t n = 0; n < job.length; ++n) {
        const double angle =
            sign * static_cast<double>(k * n % job.length) / static_cast<double>(job.length);
        sum.re += in[n].re * std::cos(angle) - in[n].im * std::sin(angle);
        sum.im += in[n].re * std::sin(angle) + in[n].im * std::cos(angle);
      }
      out[k] = {sum.re * scale, sum.im * scale};
    }
    write_line(job, out, line, args.outputs[0]);
  }
}

}  // namespace

const KernelImpl kDftRef = {"DFT", "dft.ref", Isa::kGeneric, plan<plan_dft>, nullptr, run};
const KernelImpl kStftRef = {"STFT", "stft.ref", Isa::kGeneric, plan<plan_stft>, nullptr, run};

}  // namespace poacl
