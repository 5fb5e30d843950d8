// The layers that are measured: every distinct convolution and matrix product of ResNet-50 v1.5
// and MobileNetV2 at 224x224.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace poacl::bench {

struct ConvShape {
  std::string net;
  int count;  // how often the network has it
  int64_t c, h, o, k, s;
  int64_t groups = 1;
  bool residual = false;

  int64_t out() const { return (h - 1) / s + 1; }
  double flops(int64_t batch) const {
    return 2.0 * static_cast<double>(batch * o * out() * out() * (c / groups) * k * k);
  }
};

struct MatMulShape {
  std::string net;
  int64_t k, n;
};

std::vector<ConvShape> conv_shapes();
std::vector<MatMulShape> matmul_shapes();

}  // namespace poacl::bench
