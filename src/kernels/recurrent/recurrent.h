// CommonRNN, CommonGRU and CommonLSTM: the numbers of one layer, checked once for every kernel.
//
// x [seq, batch, input], w [dirs, gates * hidden, input], r [dirs, gates * hidden, hidden],
// b [dirs, 2 * gates * hidden] (of w, then of r), sequence_lens [batch], initial_h and initial_c
// [dirs, batch, hidden], p [dirs, 3 * hidden]; y [seq, dirs, batch, hidden], y_h and y_c
// [dirs, batch, hidden]. Gates in ONNX's order: i o f c; z r h.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

enum class CellKind { kRnn, kGru, kLstm };

enum class CellActivation {
  kAffine,
  kRelu,
  kLeakyRelu,
  kThresholdedRelu,
  kTanh,
  kScaledTanh,
  kSigmoid,
  kHardSigmoid,
  kElu,
  kSoftsign,
  kSoftplus,
};

struct CellFunction {
  CellActivation kind;
  float alpha, beta;
};

struct RecurrentParams {
  CellKind kind;
  DataType dtype;
  int gates, directions;
  bool backward_first;  // direction "reverse"
  int64_t seq, batch, input, hidden;
  bool has_bias, has_lens, has_h, has_c, has_peepholes;
  DataType lens_type;
  bool linear_before_reset, input_forget;
  float clip;                     // 0: none
  CellFunction functions[2][3];   // of each direction: f, g, h
  int h_input, c_input, p_input;  // port numbers; those absent are not read

  bool backward(int direction) const { return direction == 1 || backward_first; }
};

// Reads and checks the operator; otherwise declines with the numbers.
Status read_recurrent(const OpInstance& op, RecurrentParams* params);

// Steps that batch element `b` has, within [0, seq].
int64_t sequence_length(const RecurrentParams& p, const void* lens, int64_t b);

double apply_cell(const CellFunction& function, double x);

extern const KernelImpl kRnnRef;
extern const KernelImpl kGruRef;
extern const KernelImpl kLstmRef;

}  // namespace poacl
