// The steps of a recurrent layer between its matrix products.
#include "kernels/recurrent/recurrent_gemm.h"

#include <algorithm>
#include <cstring>

namespace poacl {
namespace {

// Elements of one step above which batch elements are shared out.
constexpr int64_t kWorthSharing = 8 * 1024;

class Layer {
 public:
  Layer(const KernelArgs& args, void (*gemm)(const KernelArgs&), CellActivateFn function)
      : args_(args),
        q_(args.get_params<RecurrentGemmParams>()),
        p_(q_.p),
        gemm_(gemm),
        activate_(function),
        scratch_(reinterpret_cast<float*>(args.scratch)),
        h_(scratch_ + q_.h_at),
        c_(scratch_ + q_.c_at) {}

  void run(int direction) {
    start(direction);
    for (int i = 0; i < q_.parts; ++i) project(q_.part[i], direction);
    float* y = static_cast<float*>(args_.outputs[0]);
    const int64_t step = p_.batch * p_.hidden;
    for (int64_t s = 0; s < p_.seq; ++s) {
      const int64_t t = p_.backward(direction) ? p_.seq - 1 - s : s;
      advance(direction, t, y + (t * p_.directions + direction) * step);
    }
    const size_t bytes = static_cast<size_t>(step) * sizeof(float);
    std::memcpy(static_cast<float*>(args_.outputs[1]) + direction * step, h_, bytes);
    if (p_.kind == CellKind::kLstm) {
      std::memcpy(static_cast<float*>(args_.outputs[2]) + direction * step, c_, bytes);
    }
  }

 private:
  void start(int direction) {
    const int64_t step = p_.batch * p_.hidden;
    const auto load = [&](bool given, int input, float* to) {
      if (given) {
        std::memcpy(to, static_cast<const float*>(args_.inputs[input]) + direction * step,
                    static_cast<size_t>(step) * sizeof(float));
      } else {
        std::fill_n(to, step, 0.0f);
      }
    };
    load(p_.has_h, p_.h_input, h_);
    load(p_.has_c, p_.c_input, c_);
  }

  void multiply(const GemmParams& gemm, const float* x1, const float* x2, const float* bias,
                const float* residual, float* y) {
    const void* inputs[] = {x1, x2, bias, residual};
    void* outputs[] = {y};
    gemm_(KernelArgs{&gemm, inputs, outputs, reinterpret_cast<std::byte*>(scratch_ + q_.gemm_at),
                     args_.parallel});
  }

  void project(const GatePart& part, int direction) {
    const float* packed = static_cast<const float*>(args_.inputs[1]) + direction * q_.w_direction;
    multiply(part.input, static_cast<const float*>(args_.inputs[0]), packed + part.w_at,
             packed + part.input_bias_at, nullptr, scratch_ + part.projected_at);
  }

  // state x r^T, with the projected inputs of step t where the part adds them.
  void recur(const GatePart& part, int direction, int64_t t, const float* state) {
    const float* packed = static_cast<const float*>(args_.inputs[2]) + direction * q_.r_direction;
    multiply(part.state, state, packed + part.r_at, packed + part.state_bias_at,
             part.state_adds_input ? projected(part, t, 0) : nullptr, scratch_ + part.gates_at);
  }

  const float* projected(const GatePart& part, int64_t t, int64_t b) const {
    return scratch_ + part.projected_at + (t * p_.batch + b) * part.rows;
  }
  float* gates(const GatePart& part, int64_t b) const {
    return scratch_ + part.gates_at + b * part.rows;
  }

  template <typename Body>
  void for_batch(Body&& body) {
    if (p_.batch * p_.hidden < kWorthSharing) {
      for (int64_t b = 0; b < p_.batch; ++b) body(b);
    } else {
      (*args_.parallel)(p_.batch, [&](int64_t b, int) { body(b); });
    }
  }

  void advance(int direction, int64_t t, float* y) {
    recur(q_.part[0], direction, t, h_);
    if (p_.kind == CellKind::kGru) finish_gru_gates(direction, t);
    for_batch([&](int64_t b) {
      float* to = y + b * p_.hidden;
      if (t >= sequence_length(p_, args_.inputs[p_.has_lens ? 4 : 0], b)) {
        std::fill_n(to, p_.hidden, 0.0f);
        return;
      }
      float* h = h_ + b * p_.hidden;
      switch (p_.kind) {
        case CellKind::kRnn:
          rnn(direction, b, h);
          break;
        case CellKind::kGru:
          gru(b, h);
          break;
        case CellKind::kLstm:
          lstm(direction, b, h);
          break;
      }
      std::copy_n(h, p_.hidden, to);
    });
  }

  void activate(int direction, int function, float* values, int64_t count) {
    activate_(p_.functions[direction][function], p_.clip, values, count);
  }

  void rnn(int direction, int64_t b, float* h) {
    float* gate = gates(q_.part[0], b);
    activate(direction, 0, gate, p_.hidden);
    std::copy_n(gate, p_.hidden, h);
  }

  // z, r and then the hidden gate, which needs r first.
  void finish_gru_gates(int direction, int64_t t) {
    const int64_t n = p_.hidden;
    float* work = scratch_ + q_.work_at;
    for_batch([&](int64_t b) {
      float* zr = gates(q_.part[0], b);
      activate(direction, 0, zr, 2 * n);
      if (p_.linear_before_reset) return;
      for (int64_t j = 0; j < n; ++j) work[b * n + j] = zr[n + j] * h_[b * n + j];
    });
    recur(q_.part[1], direction, t, p_.linear_before_reset ? h_ : work);
    for_batch([&](int64_t b) {
      float* hidden = gates(q_.part[1], b);
      if (p_.linear_before_reset) {
        const float* r = gates(q_.part[0], b) + n;
        const float* x = projected(q_.part[1], t, b);
        for (int64_t j = 0; j < n; ++j) hidden[j] = x[j] + r[j] * hidden[j];
      }
      activate(direction, 1, hidden, n);
    });
  }

  void gru(int64_t b, float* h) {
    const float* z = gates(q_.part[0], b);
    const float* hidden = gates(q_.part[1], b);
    for (int64_t j = 0; j < p_.hidden; ++j) h[j] = (1.0f - z[j]) * hidden[j] + z[j] * h[j];
  }

  void lstm(int direction, int64_t b, float* h) {
    const int64_t n = p_.hidden;
    float* i = gates(q_.part[0], b);
    float* o = i + n;
    float* f = i + 2 * n;
    float* g = i + 3 * n;
    float* c = c_ + b * n;
    const float* peep =
        p_.has_peepholes ? static_cast<const float*>(args_.inputs[p_.p_input]) + direction * 3 * n
                         : nullptr;
    if (peep != nullptr) {
      for (int64_t j = 0; j < n; ++j) i[j] += peep[j] * c[j];
      for (int64_t j = 0; j < n; ++j) f[j] += peep[2 * n + j] * c[j];
    }
    activate(direction, 0, i, n);
    if (p_.input_forget) {
      for (int64_t j = 0; j < n; ++j) f[j] = 1.0f - i[j];
    } else {
      activate(direction, 0, f, n);
    }
    activate(direction, 1, g, n);
    for (int64_t j = 0; j < n; ++j) c[j] = f[j] * c[j] + i[j] * g[j];
    if (peep != nullptr) {
      for (int64_t j = 0; j < n; ++j) o[j] += peep[n + j] * c[j];
    }
    activate(direction, 0, o, n);
    std::copy_n(c, n, h);
    activate(direction, 2, h, n);
    for (int64_t j = 0; j < n; ++j) h[j] *= o[j];
  }

  const KernelArgs& args_;
  const RecurrentGemmParams& q_;
  const RecurrentParams& p_;
  void (*gemm_)(const KernelArgs&);
  CellActivateFn activate_;
  float* scratch_;
  float* h_;
  float* c_;
};

}  // namespace

void recurrent_gemm_run(const KernelArgs& args, void (*gemm)(const KernelArgs&),
                        CellActivateFn activate) {
  Layer layer(args, gemm, activate);
  const int directions = args.get_params<RecurrentGemmParams>().p.directions;
  for (int d = 0; d < directions; ++d) layer.run(d);
}

}  // namespace poacl
