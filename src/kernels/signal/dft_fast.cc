// DFT and STFT by fast transforms, one line per chunk.
#include "kernels/signal/lines.h"
#include "kernels/signal/signal_kernels.h"

namespace poacl {
namespace {

// The table of the transform follows.
struct alignas(16) Params {
  LineJob job;
  FftPlan fft;
};

template <Status (*kPlanLines)(const OpInstance&, LineJob*)>
Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  Params p{};
  POACL_RETURN_IF_ERROR(kPlanLines(op, &p.job));
  p.fft = plan_fft(p.job.length);
  plan->params.resize(sizeof(Params) +
                      static_cast<size_t>(fft_table_size(p.fft)) * sizeof(Complex));
  std::memcpy(plan->params.data(), &p, sizeof(p));
  fill_fft_table(p.fft, reinterpret_cast<Complex*>(plan->params.data() + sizeof(p)));
  plan->scratch_bytes = static_cast<size_t>(context.workers) * sizeof(Complex) *
                        static_cast<size_t>(2 * p.job.length + fft_scratch_size(p.fft));
  return {};
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  const auto* table = reinterpret_cast<const Complex*>(&p + 1);
  const void* window = p.job.windowed ? args.inputs[2] : nullptr;
  const int64_t share = 2 * p.job.length + fft_scratch_size(p.fft);
  (*args.parallel)(p.job.lines, [&](int64_t line, int worker) {
    Complex* in = reinterpret_cast<Complex*>(args.scratch) + worker * share;
    Complex* out = in + p.job.length;
    read_line(p.job, args.inputs[0], window, line, in);
    run_fft(p.fft, table, p.job.inverse, in, out, out + p.job.length);
    write_line(p.job, out, line, args.outputs[0]);
  });
}

}  // namespace

const KernelImpl kDftFast = {"DFT", "dft.fast", Isa::kGeneric, plan<plan_dft>, nullptr, run};
const KernelImpl kStftFast = {"STFT", "stft.fast", Isa::kGeneric, plan<plan_stft>, nullptr, run};

}  // namespace poacl
