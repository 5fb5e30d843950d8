#include "base/utf8.h"

#include <gtest/gtest.h>

namespace poacl {
namespace {

TEST(ValidUtf8, TextStaysAsItIs) {
  for (const char* text : {"", "plain", "\xc3\xa4", "\xe4\xbd\xa0\xe5\xa5\xbd", "\xf0\x9f\x98\x80",
                           "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(valid_utf8(text), text);
  }
  EXPECT_EQ(valid_utf8(std::string_view("a\0b", 3)), std::string("a\0b", 3));
}

TEST(ValidUtf8, OtherBytesBecomeQuestionMarks) {
  EXPECT_EQ(valid_utf8("a\xff\xfe z"), "a?? z");
  EXPECT_EQ(valid_utf8("\x80"), "?");
  EXPECT_EQ(valid_utf8("\xc3"), "?") << "cut off";
  EXPECT_EQ(valid_utf8("\xc3(\xe4\xbd"), "?(??");
  EXPECT_EQ(valid_utf8("\xc0\xaf"), "??") << "a longer form";
  EXPECT_EQ(valid_utf8("\xe0\x80\x80"), "???");
  EXPECT_EQ(valid_utf8("\xed\xa0\x80"), "???") << "a surrogate";
  EXPECT_EQ(valid_utf8("\xf4\x90\x80\x80"), "????") << "beyond Unicode";
}

}  // namespace
}  // namespace poacl
