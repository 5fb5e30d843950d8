#include "npy.h"

#include <gtest/gtest.h>

#include "failure.h"

namespace msame {
namespace {

std::string npy(const std::string& header, size_t data_bytes) {
  std::string bytes("\x93NUMPY\x01\0", 8);
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header + std::string(data_bytes, 'd');
}

std::string failure_of(const std::string& bytes) {
  try {
    parse_npy(bytes, "a.npy");
  } catch (const Failure& failure) {
    return failure.what();
  }
  return "";
}

TEST(Npy, ReadsTypeShapeAndPlace) {
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3, 2), }   \n";
  const NpyHeader parsed = parse_npy(npy(header, 24), "a.npy");
  EXPECT_EQ(parsed.dtype, "f4");
  EXPECT_EQ(parsed.dims, (std::vector<int64_t>{1, 3, 2}));
  EXPECT_EQ(parsed.data_at, 10 + header.size());
}

TEST(Npy, ScalarsAndSingleDimensionsAndBytes) {
  const char* scalar = "{'descr': '<i8', 'fortran_order': False, 'shape': ()}\n";
  EXPECT_TRUE(parse_npy(npy(scalar, 8), "a").dims.empty());
  const char* row = "{'descr': '|u1', 'fortran_order': False, 'shape': (5,)}\n";
  EXPECT_EQ(parse_npy(npy(row, 5), "a").dims, std::vector<int64_t>{5});
  EXPECT_EQ(parse_npy(npy(row, 5), "a").dtype, "u1");
}

TEST(Npy, WhatCannotBeUsedIsRefused) {
  const auto with = [](const std::string& type, const std::string& order,
                       const std::string& shape) {
    return npy(
        "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + "}\n", 24);
  };
  EXPECT_NE(failure_of(with("<f4", "True", "(6,)")).find("Fortran"), std::string::npos);
  EXPECT_NE(failure_of(with(">f4", "False", "(6,)")).find("big-endian"), std::string::npos);
  EXPECT_NE(failure_of(with("<U0", "False", "(6,)")).find("plain"), std::string::npos);
  EXPECT_NE(failure_of(with("<f4", "False", "(7,)")).find("28 bytes"), std::string::npos);
  EXPECT_NE(failure_of(with("<f4", "False", "(4294967296, 4294967296)")).find("24"),
            std::string::npos);
  EXPECT_NE(failure_of(with("<f4", "False", "6")), "");
  EXPECT_NE(failure_of("just text, no array"), "");
  EXPECT_NE(failure_of(npy("", 0).substr(0, 8)), "");
  std::string cut = with("<f4", "False", "(6,)");
  cut[9] = '\x7f';
  EXPECT_NE(failure_of(cut).find("damaged"), std::string::npos);
}

}  // namespace
}  // namespace msame
