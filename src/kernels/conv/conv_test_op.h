// For tests: a convolution of two or three dimensions, forward or transposed, on random numbers.
#pragma once

#include <string>
#include <vector>

#include "kernels/kernel_test_util.h"

namespace poacl::kernel_test {

// Equal pads on both sides unless there are twice as many.
struct ConvShape {
  int64_t n, c, o, groups;
  std::vector<int64_t> in, kernel, stride, dilation, pads;
};

inline TestOp conv_op(const ConvShape& s, bool transposed, bool constant, Layout offered) {
  const size_t rank = s.in.size();
  TestOp op;
  op.type = std::string(rank == 2 ? "Conv2D" : "Conv3D") + (transposed ? "TransposeD" : "");
  std::vector<int64_t> strides = {1, 1};
  std::vector<int64_t> dilations = {1, 1};
  std::vector<int64_t> pads;
  Dims x = {s.n, s.c};
  Dims f = transposed ? Dims{s.c, s.o / s.groups} : Dims{s.o, s.c / s.groups};
  Dims y = {s.n, s.o};
  for (size_t i = 0; i < rank; ++i) {
    strides.push_back(s.stride[i]);
    dilations.push_back(s.dilation[i]);
    const int64_t before = s.pads.size() == rank ? s.pads[i] : s.pads[2 * i];
    const int64_t after = s.pads.size() == rank ? s.pads[i] : s.pads[2 * i + 1];
    pads.insert(pads.end(), {before, after});
    const int64_t reach = (s.kernel[i] - 1) * s.dilation[i] + 1;
    x.push_back(s.in[i]);
    f.push_back(s.kernel[i]);
    y.push_back(transposed ? (s.in[i] - 1) * s.stride[i] + reach - before - after
                           : (s.in[i] + before + after - reach) / s.stride[i] + 1);
  }
  op.attrs.set("strides", strides);
  op.attrs.set("dilations", dilations);
  op.attrs.set("pads", pads);
  op.attrs.set("groups", s.groups);
  op.inputs.push_back({random_tensor(x, 1), false, offered});
  op.inputs.push_back({random_tensor(f, 2), constant});
  op.inputs.push_back({random_tensor({s.o}, 3), constant});
  op.outputs.push_back({DataType::kFloat, y});
  return op;
}

}  // namespace poacl::kernel_test
