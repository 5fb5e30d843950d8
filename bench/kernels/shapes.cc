#include "shapes.h"

namespace poacl::bench {

std::vector<ConvShape> conv_shapes() {
  std::vector<ConvShape> shapes;
  const auto resnet = [&](int count, int64_t c, int64_t h, int64_t o, int64_t k, int64_t s,
                          bool residual = false) {
    shapes.push_back({"resnet50", count, c, h, o, k, s, 1, residual});
  };
  resnet(1, 3, 224, 64, 7, 2);
  resnet(1, 64, 56, 64, 1, 1);
  resnet(3, 64, 56, 64, 3, 1);
  resnet(3, 64, 56, 256, 1, 1, true);
  resnet(1, 64, 56, 256, 1, 1);
  resnet(2, 256, 56, 64, 1, 1);
  resnet(1, 256, 56, 128, 1, 1);
  resnet(1, 128, 56, 128, 3, 2);
  resnet(4, 128, 28, 512, 1, 1, true);
  resnet(1, 256, 56, 512, 1, 2);
  resnet(3, 512, 28, 128, 1, 1);
  resnet(3, 128, 28, 128, 3, 1);
  resnet(1, 512, 28, 256, 1, 1);
  resnet(1, 256, 28, 256, 3, 2);
  resnet(6, 256, 14, 1024, 1, 1, true);
  resnet(1, 512, 28, 1024, 1, 2);
  resnet(5, 1024, 14, 256, 1, 1);
  resnet(5, 256, 14, 256, 3, 1);
  resnet(1, 1024, 14, 512, 1, 1);
  resnet(1, 512, 14, 512, 3, 2);
  resnet(3, 512, 7, 2048, 1, 1, true);
  resnet(1, 1024, 14, 2048, 1, 2);
  resnet(2, 2048, 7, 512, 1, 1);
  resnet(2, 512, 7, 512, 3, 1);

  const auto mobilenet = [&](int count, int64_t c, int64_t h, int64_t o, int64_t k, int64_t s,
                             bool depthwise = false, bool residual = false) {
    shapes.push_back({"mobilenet_v2", count, c, h, o, k, s, depthwise ? c : 1, residual});
  };
  mobilenet(1, 3, 224, 32, 3, 2);
  mobilenet(1, 32, 112, 32, 3, 1, true);
  mobilenet(1, 32, 112, 16, 1, 1);
  mobilenet(1, 16, 112, 96, 1, 1);
  mobilenet(1, 96, 112, 96, 3, 2, true);
  mobilenet(1, 96, 56, 24, 1, 1);
  mobilenet(2, 24, 56, 144, 1, 1);
  mobilenet(1, 144, 56, 144, 3, 1, true);
  mobilenet(1, 144, 56, 24, 1, 1, false, true);
  mobilenet(1, 144, 56, 144, 3, 2, true);
  mobilenet(1, 144, 28, 32, 1, 1);
  mobilenet(3, 32, 28, 192, 1, 1);
  mobilenet(2, 192, 28, 192, 3, 1, true);
  mobilenet(2, 192, 28, 32, 1, 1, false, true);
  mobilenet(1, 192, 28, 192, 3, 2, true);
  mobilenet(1, 192, 14, 64, 1, 1);
  mobilenet(4, 64, 14, 384, 1, 1);
  mobilenet(4, 384, 14, 384, 3, 1, true);
  mobilenet(3, 384, 14, 64, 1, 1, false, true);
  mobilenet(1, 384, 14, 96, 1, 1);
  mobilenet(3, 96, 14, 576, 1, 1);
  mobilenet(2, 576, 14, 576, 3, 1, true);
  mobilenet(2, 576, 14, 96, 1, 1, false, true);
  mobilenet(1, 576, 14, 576, 3, 2, true);
  mobilenet(1, 576, 7, 160, 1, 1);
  mobilenet(3, 160, 7, 960, 1, 1);
  mobilenet(3, 960, 7, 960, 3, 1, true);
  mobilenet(2, 960, 7, 160, 1, 1, false, true);
  mobilenet(1, 960, 7, 320, 1, 1);
  mobilenet(1, 320, 7, 1280, 1, 1);
  return shapes;
}

std::vector<MatMulShape> matmul_shapes() {
  return {{"resnet50", 2048, 1000},
          {"mobilenet_v2", 1280, 1000},
          {"bert", 768, 768},
          {"bert", 768, 3072},
          {"bert", 3072, 768}};
}

}  // namespace poacl::bench
