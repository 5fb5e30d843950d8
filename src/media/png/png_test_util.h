// PNG files made by hand for the tests: stored (uncompressed) pixels, every colour type, depth and
// interlace, filters in turn. What they must decode to follows from `png_sample`.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "media/png/png_decode.h"

namespace poacl::media {

struct PngRecipe {
  int width = 16;
  int height = 16;
  PngColour colour = PngColour::kRgb;
  int depth = 8;
  bool interlaced = false;
  bool transparency = false;
};

inline int png_channels(PngColour colour) {
  switch (colour) {
    case PngColour::kRgb:
      return 3;
    case PngColour::kGrayAlpha:
      return 2;
    case PngColour::kRgba:
      return 4;
    default:
      return 1;
  }
}

inline constexpr int kPaletteSize = 16;

// As stored in the file, `depth` bits; a palette index stays inside a palette of up to 16 colours.
inline int png_sample(const PngRecipe& recipe, int x, int y, int channel) {
  const auto place = static_cast<uint32_t>(x * 7919 + y * 104729 + channel * 1299709);
  const uint32_t value = place * 2654435761U;
  const int bits = recipe.colour == PngColour::kPalette ? std::min(recipe.depth, 4) : recipe.depth;
  return static_cast<int>(value >> (32 - bits));
}

inline std::array<uint8_t, 4> palette_entry(int index) {
  return {static_cast<uint8_t>(index * 16), static_cast<uint8_t>(255 - index * 11),
          static_cast<uint8_t>(index * 5 + 3), static_cast<uint8_t>(index < 3 ? index * 90 : 255)};
}

// R, G, B, A of a pixel of 8 bits each. tRNS counts for palettes only.
inline std::array<uint8_t, 4> png_pixel(const PngRecipe& recipe, int x, int y) {
  const auto to8 = [&](int channel) {
    const int sample = png_sample(recipe, x, y, channel);
    if (recipe.depth == 16) return static_cast<uint8_t>(sample >> 8);
    return static_cast<uint8_t>(sample * 255 / ((1 << recipe.depth) - 1));
  };
  switch (recipe.colour) {
    case PngColour::kGray:
      return {to8(0), to8(0), to8(0), 255};
    case PngColour::kGrayAlpha:
      return {to8(0), to8(0), to8(0), to8(1)};
    case PngColour::kRgb:
      return {to8(0), to8(1), to8(2), 255};
    case PngColour::kRgba:
      return {to8(0), to8(1), to8(2), to8(3)};
    default: {
      auto entry = palette_entry(png_sample(recipe, x, y, 0));
      if (!recipe.transparency) entry[3] = 255;
      return entry;
    }
  }
}

class PngBuilder {
 public:
  explicit PngBuilder(const PngRecipe& recipe) : recipe_(recipe) {
    bytes = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    std::vector<uint8_t> header;
    u32(header, static_cast<uint32_t>(recipe.width));
    u32(header, static_cast<uint32_t>(recipe.height));
    header.insert(header.end(),
                  {static_cast<uint8_t>(recipe.depth), static_cast<uint8_t>(recipe.colour), 0, 0,
                   static_cast<uint8_t>(recipe.interlaced)});
    chunk("IHDR", header);
    if (recipe.colour == PngColour::kPalette) {
      const int colours = std::min(kPaletteSize, 1 << recipe.depth);
      std::vector<uint8_t> palette;
      for (int i = 0; i < colours; ++i) {
        const auto entry = palette_entry(i);
        palette.insert(palette.end(), entry.begin(), entry.begin() + 3);
      }
      chunk("PLTE", palette);
      if (recipe.transparency) {
        std::vector<uint8_t> alpha;
        for (int i = 0; i < std::min(colours, 3); ++i) alpha.push_back(palette_entry(i)[3]);
        chunk("tRNS", alpha);
      }
    } else if (recipe.transparency) {
      chunk("tRNS", std::vector<uint8_t>(recipe.colour == PngColour::kGray ? 2 : 6, 1));
    }
    if (recipe.interlaced) {
      constexpr int kPass[7][4] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                   {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
      for (const auto& p : kPass) pass(p[0], p[1], p[2], p[3]);
    } else {
      pass(0, 0, 1, 1);
    }
    chunk("IDAT", deflated());
    chunk("IEND", {});
  }

  std::vector<uint8_t> bytes;

 private:
  static void u32(std::vector<uint8_t>& to, uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) to.push_back(static_cast<uint8_t>(value >> shift));
  }

  void chunk(const char* name, const std::vector<uint8_t>& payload) {
    u32(bytes, static_cast<uint32_t>(payload.size()));
    const size_t begin = bytes.size();
    bytes.insert(bytes.end(), name, name + 4);
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    uint32_t crc = 0xFFFFFFFFU;
    for (size_t i = begin; i < bytes.size(); ++i) {
      crc ^= bytes[i];
      for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320U : 0);
    }
    u32(bytes, ~crc);
  }

  void pass(int first_x, int first_y, int step_x, int step_y) {
    std::vector<uint8_t> before;
    int line = 0;
    for (int y = first_y; y < recipe_.height; y += step_y) {
      std::vector<uint8_t> row;
      int bits = 0;
      for (int x = first_x; x < recipe_.width; x += step_x) {
        for (int c = 0; c < png_channels(recipe_.colour); ++c) {
          const int sample = png_sample(recipe_, x, y, c);
          if (recipe_.depth == 16) row.push_back(static_cast<uint8_t>(sample >> 8));
          if (recipe_.depth >= 8) {
            row.push_back(static_cast<uint8_t>(sample));
            continue;
          }
          if (bits == 0) row.push_back(0);
          row.back() = static_cast<uint8_t>(row.back() | sample << (8 - recipe_.depth - bits));
          bits = (bits + recipe_.depth) % 8;
        }
      }
      if (row.empty()) continue;
      before.resize(row.size());
      const int filter = line++ % 5;
      pixels_.push_back(static_cast<uint8_t>(filter));
      const size_t unit =
          static_cast<size_t>(std::max(1, png_channels(recipe_.colour) * recipe_.depth / 8));
      for (size_t i = 0; i < row.size(); ++i) {
        const int a = i >= unit ? row[i - unit] : 0;
        const int b = before[i];
        const int c = i >= unit ? before[i - unit] : 0;
        const int pa = std::abs(b - c);
        const int pb = std::abs(a - c);
        const int pc = std::abs(a + b - 2 * c);
        const int paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
        const int guesses[] = {0, a, b, (a + b) / 2, paeth};
        pixels_.push_back(static_cast<uint8_t>(row[i] - guesses[filter]));
      }
      before = row;
    }
  }

  std::vector<uint8_t> deflated() const {
    std::vector<uint8_t> out = {0x78, 0x01};
    uint32_t a = 1;
    uint32_t b = 0;
    for (size_t at = 0; at < pixels_.size(); at += 65535) {
      const auto size = static_cast<uint32_t>(std::min<size_t>(65535, pixels_.size() - at));
      out.push_back(at + size == pixels_.size());
      for (const uint32_t n : {size, ~size}) {
        out.push_back(static_cast<uint8_t>(n));
        out.push_back(static_cast<uint8_t>(n >> 8));
      }
      out.insert(out.end(), pixels_.begin() + static_cast<long>(at),
                 pixels_.begin() + static_cast<long>(at + size));
    }
    for (const uint8_t byte : pixels_) {
      a = (a + byte) % 65521;
      b = (b + a) % 65521;
    }
    u32(out, b << 16 | a);
    return out;
  }

  PngRecipe recipe_;
  std::vector<uint8_t> pixels_;
};

inline std::vector<uint8_t> make_png(const PngRecipe& recipe) {
  return PngBuilder(recipe).bytes;
}

}  // namespace poacl::media
