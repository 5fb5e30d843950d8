#include <gtest/gtest.h>

#include <stdexcept>

#include "acl/acl_base.h"
#include "runtime/device.h"
#include "runtime/runtime.h"

namespace poacl::runtime {
namespace {

TEST(RunNow, ReturnsTheTasksStatusAndKeepsExceptionsInside) {
  ASSERT_TRUE(set_device(0).ok());
  const auto context = *current_context();
  int64_t sum = 0;
  EXPECT_TRUE(run_now(*context, [&](TaskContext& task) {
                std::vector<int64_t> parts(10);
                task.parallel(10, [&](int64_t chunk, int) { parts[chunk] = chunk; });
                for (const int64_t part : parts) sum += part;
                return Status();
              }).ok());
  EXPECT_EQ(sum, 45);
  EXPECT_EQ(run_now(*context, [](TaskContext&) { return Status(145021, "bad shape"); }).code(),
            145021);
  const Status thrown =
      run_now(*context, [](TaskContext&) -> Status { throw std::runtime_error("oops"); });
  EXPECT_EQ(thrown.code(), ACL_ERROR_RT_INTERNAL_ERROR);
  EXPECT_TRUE(reset_device(0).ok());
}

}  // namespace
}  // namespace poacl::runtime
