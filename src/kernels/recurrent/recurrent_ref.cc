// Reference of CommonRNN, CommonGRU and CommonLSTM: one batch element of one direction after the
// other, step by step.
#include <algorithm>

#include "kernels/recurrent/recurrent.h"

namespace poacl {
namespace {

Status plan(const OpInstance& op, const PlanContext& context, KernelPlan* plan) {
  RecurrentParams p{};
  POACL_RETURN_IF_ERROR(read_recurrent(op, &p));
  plan->set_params(p);
  // Of each worker: the gates, the hidden state, the cell and what multiplies r.
  plan->scratch_bytes = static_cast<size_t>(context.workers) *
                        static_cast<size_t>((p.gates + 3) * p.hidden) * sizeof(double);
  return {};
}

// Everything of one direction and batch element.
template <typename T>
struct Line {
  const RecurrentParams& p;
  const T* x;  // of step 0
  const T* w;
  const T* r;
  const T* b;  // may be null
  const T* peepholes;
  const CellFunction* functions;
  double* gates;
  double* h;
  double* c;
  double* reset;  // r . h, for GRU

  double bias(int64_t gate_row, bool recurrent) const {
    return b == nullptr ? 0.0
                        : static_cast<double>(b[gate_row + (recurrent ? p.gates * p.hidden : 0)]);
  }
  double input_part(const T* xt, int64_t row) const {
    double sum = bias(row, false);
    for (int64_t k = 0; k < p.input; ++k) {
      sum += static_cast<double>(xt[k]) * static_cast<double>(w[row * p.input + k]);
    }
    return sum;
  }
  double hidden_part(const double* state, int64_t row) const {
    double sum = bias(row, true);
    for (int64_t k = 0; k < p.hidden; ++k) {
      sum += state[k] * static_cast<double>(r[row * p.hidden + k]);
    }
    return sum;
  }
  double activate(int function, double value) const {
    const double limit = static_cast<double>(p.clip);
    if (limit > 0) value = std::clamp(value, -limit, limit);
    return apply_cell(functions[function], value);
  }

  void step_rnn(const T* xt) {
    for (int64_t j = 0; j < p.hidden; ++j) gates[j] = input_part(xt, j) + hidden_part(h, j);
    for (int64_t j = 0; j < p.hidden; ++j) h[j] = activate(0, gates[j]);
  }

  void step_gru(const T* xt) {
    const int64_t n = p.hidden;
    for (int64_t j = 0; j < 2 * n; ++j) {
      gates[j] = activate(0, input_part(xt, j) + hidden_part(h, j));
    }
    for (int64_t j = 0; j < n; ++j) reset[j] = gates[n + j] * h[j];
    for (int64_t j = 0; j < n; ++j) {
      const double recurrent = p.linear_before_reset ? gates[n + j] * hidden_part(h, 2 * n + j)
                                                     : hidden_part(reset, 2 * n + j);
      gates[2 * n + j] = activate(1, input_part(xt, 2 * n + j) + recurrent);
    }
    for (int64_t j = 0; j < n; ++j) h[j] = (1.0 - gates[j]) * gates[2 * n + j] + gates[j] * h[j];
  }

  void step_lstm(const T* xt) {
    const int64_t n = p.hidden;
    for (int64_t j = 0; j < 4 * n; ++j) gates[j] = input_part(xt, j) + hidden_part(h, j);
    for (int64_t j = 0; j < n; ++j) {
      const auto peephole = [&](int64_t gate, double cell) {
        return peepholes == nullptr ? 0.0 : static_cast<double>(peepholes[gate * n + j]) * cell;
      };
      const double i = activate(0, gates[j] + peephole(0, c[j]));
      const double f = p.input_forget ? 1.0 - i : activate(0, gates[2 * n + j] + peephole(2, c[j]));
      c[j] = f * c[j] + i * activate(1, gates[3 * n + j]);
      const double o = activate(0, gates[n + j] + peephole(1, c[j]));
      h[j] = o * activate(2, c[j]);
    }
  }
};

template <typename T>
void run_line(const RecurrentParams& p, const KernelArgs& args, int direction, int64_t b,
              double* scratch) {
  const auto input = [&](int port) { return static_cast<const T*>(args.inputs[port]); };
  const int64_t rows = p.gates * p.hidden;
  const int64_t state = (direction * p.batch + b) * p.hidden;
  Line<T> line{p,
               input(0) + b * p.input,
               input(1) + direction * rows * p.input,
               input(2) + direction * rows * p.hidden,
               p.has_bias ? input(3) + direction * 2 * rows : nullptr,
               p.has_peepholes ? input(p.p_input) + direction * 3 * p.hidden : nullptr,
               p.functions[direction],
               scratch,
               scratch + rows,
               scratch + rows + p.hidden,
               scratch + rows + 2 * p.hidden};
  for (int64_t j = 0; j < p.hidden; ++j) {
    line.h[j] = p.has_h ? static_cast<double>(input(p.h_input)[state + j]) : 0.0;
    line.c[j] = p.has_c ? static_cast<double>(input(p.c_input)[state + j]) : 0.0;
  }
  T* y = static_cast<T*>(args.outputs[0]);
  const int64_t length = sequence_length(p, args.inputs[p.has_lens ? 4 : 0], b);
  for (int64_t s = 0; s < p.seq; ++s) {
    const int64_t t = s < length && p.backward(direction) ? length - 1 - s : s;
    T* to = y + ((t * p.directions + direction) * p.batch + b) * p.hidden;
    if (s >= length) {
      std::fill_n(to, p.hidden, T{0});
      continue;
    }
    const T* xt = line.x + t * p.batch * p.input;
    switch (p.kind) {
      case CellKind::kRnn:
        line.step_rnn(xt);
        break;
      case CellKind::kGru:
        line.step_gru(xt);
        break;
      case CellKind::kLstm:
        line.step_lstm(xt);
        break;
    }
    std::transform(line.h, line.h + p.hidden, to, [](double v) { return static_cast<T>(v); });
  }
  for (int64_t j = 0; j < p.hidden; ++j) {
    static_cast<T*>(args.outputs[1])[state + j] = static_cast<T>(line.h[j]);
    if (p.kind == CellKind::kLstm) {
      static_cast<T*>(args.outputs[2])[state + j] = static_cast<T>(line.c[j]);
    }
  }
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<RecurrentParams>();
  (*args.parallel)(p.directions * p.batch, [&](int64_t chunk, int worker) {
    double* scratch = reinterpret_cast<double*>(args.scratch) + worker * (p.gates + 3) * p.hidden;
    const int direction = static_cast<int>(chunk / p.batch);
    if (p.dtype == DataType::kDouble) {
      run_line<double>(p, args, direction, chunk % p.batch, scratch);
    } else {
      run_line<float>(p, args, direction, chunk % p.batch, scratch);
    }
  });
}

}  // namespace

const KernelImpl kRnnRef = {"CommonRNN", "rnn.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kGruRef = {"CommonGRU", "gru.ref", Isa::kGeneric, plan, nullptr, run};
const KernelImpl kLstmRef = {"CommonLSTM", "lstm.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
