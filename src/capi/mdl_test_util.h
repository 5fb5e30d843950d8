// A process with acl initialised and device 0 set, and datasets over plain vectors.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "acl/acl.h"
#include "acl/acl_mdl.h"
#include "model/model_test_util.h"

namespace poacl::capi {

class MdlTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(aclInit(nullptr), ACL_SUCCESS);
    ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
  }
  void TearDown() override {
    for (const uint32_t id : loaded_) aclmdlUnload(id);
    EXPECT_EQ(aclrtResetDevice(0), ACL_SUCCESS);
    EXPECT_EQ(aclFinalize(), ACL_SUCCESS);
  }
  uint32_t load(const OmModel& om) {
    uint32_t id = 0;
    EXPECT_EQ(aclmdlLoadFromFile(folder_.write(om).c_str(), &id), ACL_SUCCESS);
    loaded_.push_back(id);
    return id;
  }

  model::ModelFolder folder_;
  std::vector<uint32_t> loaded_;
};

// Owns the dataset and its data buffers, not the memory.
class TestDataset {
 public:
  TestDataset() : handle_(aclmdlCreateDataset()) {}
  ~TestDataset() {
    for (aclDataBuffer* buffer : buffers_) aclDestroyDataBuffer(buffer);
    aclmdlDestroyDataset(handle_);
  }
  TestDataset(const TestDataset&) = delete;
  TestDataset& operator=(const TestDataset&) = delete;

  TestDataset& add(void* data, size_t bytes) {
    buffers_.push_back(aclCreateDataBuffer(data, bytes));
    EXPECT_EQ(aclmdlAddDatasetBuffer(handle_, buffers_.back()), ACL_SUCCESS);
    return *this;
  }
  TestDataset& add(std::vector<float>& values) {
    return add(values.data(), values.size() * sizeof(float));
  }
  aclmdlDataset* handle() const { return handle_; }
  aclDataBuffer* buffer(size_t i) const { return buffers_[i]; }

 private:
  aclmdlDataset* handle_;
  std::vector<aclDataBuffer*> buffers_;
};

// Values that no call ever returned as a handle.
inline std::vector<void*> bad_handles() {
  static int object = 0;
  return {reinterpret_cast<void*>(uintptr_t{1}), reinterpret_cast<void*>(uintptr_t{0xdeadbeef}),
          reinterpret_cast<void*>(~uintptr_t{0}), &object};
}

// The newest error text, "" when there is none.
inline std::string recent_error() {
  const char* text = aclGetRecentErrMsg();
  return text == nullptr ? "" : text;
}

}  // namespace poacl::capi
