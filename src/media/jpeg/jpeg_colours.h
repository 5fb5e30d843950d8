// Colour of whole rows, for what libjpeg-turbo does not convert itself. JFIF: full range, BT.601.
#pragma once

#include <cstdint>

namespace poacl::media {

// Three bytes a pixel each way; planes out.
void rgb_to_planes(const uint8_t* rgb, uint8_t* y, uint8_t* u, uint8_t* v, int32_t pixels);
void ycc_to_planes(const uint8_t* ycc, uint8_t* y, uint8_t* u, uint8_t* v, int32_t pixels);

// Four bytes a pixel to three. `inverted`: 255 is no ink, as Adobe's programs write it.
void cmyk_to_rgb(const uint8_t* cmyk, bool inverted, uint8_t* rgb, int32_t pixels);

}  // namespace poacl::media
