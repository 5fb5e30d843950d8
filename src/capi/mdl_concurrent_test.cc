// One model on several streams and in several threads at once, and models that share weights.
#include <cmath>
#include <thread>

#include "capi/mdl_test_util.h"

namespace poacl::capi {
namespace {

constexpr size_t kValues = 64;

// Inputs and outputs of chain_model(): exp(relu(x)) + 10 and relu(x).
struct Job {
  explicit Job(float value) : x(kValues, value), y(kValues), z(kValues) {
    in.add(x);
    out.add(y).add(z);
  }
  void check() const {
    for (size_t i = 0; i < kValues; ++i) {
      ASSERT_NEAR(y[i], std::exp(std::max(x[i], 0.0f)) + 10, 1e-4);
      ASSERT_EQ(z[i], std::max(x[i], 0.0f));
    }
  }

  std::vector<float> x, y, z;
  TestDataset in, out;
};

class MdlConcurrentTest : public MdlTest {
 protected:
  // Several threads, each with a stream of its own, run the models in turns.
  static void run_everywhere(const std::vector<uint32_t>& models) {
    aclrtContext context = nullptr;
    ASSERT_EQ(aclrtGetCurrentContext(&context), ACL_SUCCESS);
    std::vector<std::thread> threads;
    for (int number = 0; number < 4; ++number) {
      threads.emplace_back([&models, context, number] {
        ASSERT_EQ(aclrtSetCurrentContext(context), ACL_SUCCESS);
        aclrtStream stream = nullptr;
        ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
        for (int i = 0; i < 20; ++i) {
          const uint32_t model = models[static_cast<size_t>(number + i) % models.size()];
          Job queued(static_cast<float>(number - 1) * 0.5f);
          Job now(static_cast<float>(i) * 0.1f - 1);
          ASSERT_EQ(aclmdlExecuteAsync(model, queued.in.handle(), queued.out.handle(), stream),
                    ACL_SUCCESS);
          ASSERT_EQ(aclmdlExecute(model, now.in.handle(), now.out.handle()), ACL_SUCCESS);
          now.check();
          ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
          queued.check();
        }
        ASSERT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
};

TEST_F(MdlConcurrentTest, OneModelOnSeveralStreams) {
  run_everywhere({load(model::chain_model(kValues))});
}

TEST_F(MdlConcurrentTest, ModelsThatShareTheirWeights) {
  const std::string path = folder_.write(model::chain_model(kValues));
  size_t work = 0;
  size_t weight = 0;
  ASSERT_EQ(aclmdlQuerySize(path.c_str(), &work, &weight), ACL_SUCCESS);
  void* block = nullptr;
  ASSERT_EQ(aclrtMalloc(&block, weight, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  std::vector<uint32_t> models(3);
  for (uint32_t& id : models) {
    ASSERT_EQ(aclmdlLoadFromFileWithMem(path.c_str(), &id, nullptr, 0, block, weight), ACL_SUCCESS);
  }
  run_everywhere(models);
  for (const uint32_t id : models) EXPECT_EQ(aclmdlUnload(id), ACL_SUCCESS);
  EXPECT_EQ(aclrtFree(block), ACL_SUCCESS);
}

}  // namespace
}  // namespace poacl::capi
