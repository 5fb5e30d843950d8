// The tables of docs/media.md say what the rules say.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

#include "media/picture_rules.h"

namespace poacl::media {
namespace {

std::set<std::string> lines_of_the_page() {
  std::ifstream file(POACL_DOCS "/media.md");
  std::set<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.insert(line);
  return lines;
}

std::string counted(int number, const char* unit) {
  return fmt::format("{} {}{}", number, unit, number == 1 ? "" : "s");
}

std::string chip_row(const char* name, const MediaRules& rules) {
  const std::string input =
      rules.only_semi420_above_4096 ? fmt::format("4096, NV12 and NV21 {}", rules.max_input)
      : rules.stride_pixels > 1
          ? fmt::format("4096, gray and YUV but packed 4:4:4 {}", rules.max_input)
          : fmt::format("{}", rules.max_input);
  const std::string paste = rules.paste_left_align > 1
                                ? fmt::format("; paste at a multiple of {}", rules.paste_left_align)
                                : "";
  return fmt::format(
      "| {} | {}, at least {} bytes | {} | {} | {} x {}{} | {}{} | {} x {}, up to {} |", name,
      counted(rules.stride_pixels, "pixel"), rules.min_stride, counted(rules.height_align, "row"),
      input, rules.max_output_width, rules.max_output_height,
      rules.only_semi420_output ? ", only NV12 and NV21" : "",
      rules.even_areas ? "begin even, end odd" : "any", paste, rules.jpegd_stride_align,
      kDecodedHeightAlign, rules.max_jpeg_side);
}

TEST(PictureRulesPage, RowsOfTheChips) {
  const auto lines = lines_of_the_page();
  ASSERT_FALSE(lines.empty()) << POACL_DOCS;
  constexpr std::pair<const char*, SocFamily> kChips[] = {{"310", SocFamily::k310},
                                                          {"910", SocFamily::k910},
                                                          {"310P", SocFamily::k310P},
                                                          {"310B", SocFamily::k310B},
                                                          {"910B", SocFamily::k910B}};
  for (const auto& [name, family] : kChips) {
    EXPECT_TRUE(lines.contains(chip_row(name, media_rules(family))))
        << "docs/media.md lacks\n"
        << chip_row(name, media_rules(family));
  }
}

TEST(PictureRulesPage, RowsOfTheFormats) {
  const auto lines = lines_of_the_page();
  for (const FormatInfo& info : pixel_formats()) {
    const int64_t twice = strided_bytes(info, 64, 64) * 2 / (64 * 64);
    const char* factor = twice == 2 ? "" : twice == 3 ? " * 3 / 2" : twice == 4 ? " * 2" : " * 3";
    const std::string row = fmt::format("| {} | {} | {} | W * H{} |", static_cast<int>(info.format),
                                        info.name, min_width_stride(info, 100), factor);
    EXPECT_TRUE(lines.contains(row)) << "docs/media.md lacks\n" << row;
  }
}

}  // namespace
}  // namespace poacl::media
