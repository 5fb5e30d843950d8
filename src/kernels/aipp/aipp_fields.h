// The fields of a Picture under their names in configuration files, with their ranges.
#pragma once

#include <cmath>

#include "kernels/aipp/aipp_picture.h"

namespace poacl::aipp {

inline constexpr int32_t kLowestCoefficient = -32677;
inline constexpr int32_t kHighestCoefficient = 32676;
inline constexpr float kMostHalf = 65504.0f;

// visit(name, reference to the number, lowest, highest) for numbers, visit(name, switch) for
// switches. The format is no field of these.
template <typename PictureRef, typename F>
void for_each_field(PictureRef& p, F&& visit) {
  visit("src_image_size_w", p.width, 0, kMostSide);
  visit("src_image_size_h", p.height, 0, kMostSide);
  visit("rbuv_swap_switch", p.rbuv_swap);
  visit("ax_swap_switch", p.ax_swap);
  visit("csc_switch", p.csc);
  visit("crop", p.crop);
  visit("load_start_pos_w", p.crop_x, 0, kMostStart);
  visit("load_start_pos_h", p.crop_y, 0, kMostStart);
  visit("crop_size_w", p.crop_width, 0, kMostSide);
  visit("crop_size_h", p.crop_height, 0, kMostSide);
  visit("padding", p.padding);
  visit("left_padding_size", p.left, 0, kMostPadding);
  visit("right_padding_size", p.right, 0, kMostPadding);
  visit("top_padding_size", p.top, 0, kMostPadding);
  visit("bottom_padding_size", p.bottom, 0, kMostPadding);
  visit("padding_value", p.padding_value, -INFINITY, INFINITY);
  constexpr const char* kMatrix[9] = {"matrix_r0c0", "matrix_r0c1", "matrix_r0c2",
                                      "matrix_r1c0", "matrix_r1c1", "matrix_r1c2",
                                      "matrix_r2c0", "matrix_r2c1", "matrix_r2c2"};
  for (int i = 0; i < 9; ++i) {
    visit(kMatrix[i], p.matrix[i], kLowestCoefficient, kHighestCoefficient);
  }
  constexpr const char* kOutputBias[3] = {"output_bias_0", "output_bias_1", "output_bias_2"};
  constexpr const char* kInputBias[3] = {"input_bias_0", "input_bias_1", "input_bias_2"};
  for (int i = 0; i < 3; ++i) visit(kOutputBias[i], p.output_bias[i], 0, 255);
  for (int i = 0; i < 3; ++i) visit(kInputBias[i], p.input_bias[i], 0, 255);
  constexpr const char* kMean[4] = {"mean_chn_0", "mean_chn_1", "mean_chn_2", "mean_chn_3"};
  constexpr const char* kMin[4] = {"min_chn_0", "min_chn_1", "min_chn_2", "min_chn_3"};
  constexpr const char* kVar[4] = {"var_reci_chn_0", "var_reci_chn_1", "var_reci_chn_2",
                                   "var_reci_chn_3"};
  for (int i = 0; i < kChannels; ++i) visit(kMean[i], p.mean[i], 0, 255);
  for (int i = 0; i < kChannels; ++i) visit(kMin[i], p.min[i], -kMostHalf, kMostHalf);
  for (int i = 0; i < kChannels; ++i) visit(kVar[i], p.var_reci[i], -kMostHalf, kMostHalf);
}

}  // namespace poacl::aipp
