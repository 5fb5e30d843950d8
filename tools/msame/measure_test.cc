#include "measure.h"

#include <gtest/gtest.h>

#include <numeric>

#include "console.h"
#include "failure.h"
#include "files.h"

namespace msame {
namespace {

TEST(Summary, PercentilesAreTimesThatOccurred) {
  std::vector<double> times(1000);
  std::iota(times.rbegin(), times.rend(), 1.0);
  const Summary summary = summarize(times);
  EXPECT_EQ(summary.runs, 1000u);
  EXPECT_EQ(summary.min, 1);
  EXPECT_EQ(summary.p50, 500);
  EXPECT_EQ(summary.p90, 900);
  EXPECT_EQ(summary.p99, 990);
  EXPECT_EQ(summary.p999, 999);
  EXPECT_EQ(summary.max, 1000);
  EXPECT_EQ(summary.mean, 500.5);
}

TEST(Summary, OneRunIsEveryPercentile) {
  const Summary summary = summarize({7});
  EXPECT_EQ(summary.p50, 7);
  EXPECT_EQ(summary.p999, 7);
  EXPECT_EQ(summarize({}).runs, 0u);
}

TEST(ProgressText, ShowsShareAndTimeLeft) {
  EXPECT_EQ(progress_text(500, 1000, 2.0),
            "[===============               ]  50% 500/1000, 250.0 runs/s, 2 s left");
  EXPECT_EQ(progress_text(0, 10, 1.0), "[                              ]   0% 0/10");
}

TEST(OutputText, ARowOfTheLastAxisIsALine) {
  Port port;
  port.name = "y";
  port.type = ACL_FLOAT;
  const float values[] = {1, 0.123456789f, -2e-7f, 3};
  Output output{{2, 2}, std::string(reinterpret_cast<const char*>(values), sizeof(values))};
  EXPECT_EQ(output_text(port, output), "1 0.123457 \n-2e-07 3 \n");
  output.dims = {4};
  EXPECT_EQ(output_text(port, output), "1 0.123457 -2e-07 3 ");
}

TEST(OutputText, SmallIntegersAreNumbersAndTextIsRefused) {
  Port port;
  port.type = ACL_UINT8;
  EXPECT_EQ(output_text(port, Output{{2}, "\x41\xff"}), "65 255 ");
  port.type = ACL_INT8;
  EXPECT_EQ(output_text(port, Output{{2}, "\x41\xff"}), "65 -1 ");
  port.type = ACL_BF16;
  EXPECT_EQ(output_text(port, Output{{1}, std::string("\xc0\x3f", 2)}), "1.5 ");
  port.type = ACL_STRING;
  EXPECT_THROW(output_text(port, Output{{1}, "x"}), Failure);
}

TEST(NamedDims, NamesMayContainColons) {
  const auto parsed = parse_named_dims("a:0:1,2; b:3;scalar:;", "--dymShape");
  ASSERT_EQ(parsed.size(), 3u);
  EXPECT_EQ(parsed[0].first, "a:0");
  EXPECT_EQ(parsed[0].second, (Dims{1, 2}));
  EXPECT_EQ(parsed[1].first, "b");
  EXPECT_TRUE(parsed[2].second.empty());
  for (const char* wrong : {"", ";", "a", ":1", "a:1,x", "a:-1", "a:1,,2"}) {
    EXPECT_THROW(parse_named_dims(wrong, "--dymShape"), Failure) << wrong;
  }
}

}  // namespace
}  // namespace msame
