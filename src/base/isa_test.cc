#include "base/isa.h"

#include <gtest/gtest.h>

namespace poacl {
namespace {

TEST(Isa, NamesRoundTrip) {
  for (const Isa isa : {Isa::kGeneric, Isa::kAvx2, Isa::kAvx512}) {
    EXPECT_EQ(isa_from_name(isa_name(isa)), isa);
  }
  EXPECT_FALSE(isa_from_name("AVX-512"));
  EXPECT_FALSE(isa_from_name(""));
}

TEST(Isa, ActiveIsNeverMoreThanDetected) {
  EXPECT_LE(static_cast<int>(active_isa()), static_cast<int>(detected_isa()));
}

}  // namespace
}  // namespace poacl
