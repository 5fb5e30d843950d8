#include <fstream>

#include "capi/mdl_test_util.h"

namespace poacl::capi {
namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

using MdlLoad = MdlTest;

TEST_F(MdlLoad, FromFileAndMemory) {
  const std::string path = folder_.write(model::chain_model());
  uint32_t first = 0;
  ASSERT_EQ(aclmdlLoadFromFile(path.c_str(), &first), ACL_SUCCESS);
  EXPECT_GE(first, 1u);
  std::string bytes = bytes_of(path);
  uint32_t second = 0;
  ASSERT_EQ(aclmdlLoadFromMem(bytes.data(), bytes.size(), &second), ACL_SUCCESS);
  EXPECT_GT(second, first);
  EXPECT_EQ(aclmdlUnload(first), ACL_SUCCESS);
  EXPECT_EQ(aclmdlUnload(first), ACL_ERROR_GE_EXEC_MODEL_ID_INVALID);
  EXPECT_EQ(aclmdlUnload(second), ACL_SUCCESS);
  EXPECT_EQ(aclmdlUnload(0), ACL_ERROR_GE_EXEC_MODEL_ID_INVALID);
}

TEST_F(MdlLoad, BadFilesHaveTheirCodes) {
  uint32_t id = 7;
  EXPECT_EQ(aclmdlLoadFromFile(nullptr, &id), ACL_ERROR_INVALID_PARAM);
  const std::string good = folder_.write(model::chain_model());
  EXPECT_EQ(aclmdlLoadFromFile(good.c_str(), nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlLoadFromFile(folder_.file("none.om").c_str(), &id),
            ACL_ERROR_GE_EXEC_MODEL_PATH_INVALID);
  EXPECT_NE(recent_error().find("none.om"), std::string::npos);
  std::ofstream(folder_.file("empty.om")).close();
  EXPECT_EQ(aclmdlLoadFromFile(folder_.file("empty.om").c_str(), &id),
            ACL_ERROR_GE_EXEC_MODEL_PATH_INVALID);
  EXPECT_EQ(aclmdlLoadFromFile("/tmp", &id), ACL_ERROR_GE_EXEC_MODEL_PATH_INVALID);
  std::ofstream(folder_.file("text.om")) << "this is no model";
  EXPECT_EQ(aclmdlLoadFromFile(folder_.file("text.om").c_str(), &id),
            ACL_ERROR_GE_EXEC_MODEL_DATA_SIZE_INVALID);
  const std::string bytes = bytes_of(good);
  std::ofstream(folder_.file("cut.om"), std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  EXPECT_EQ(aclmdlLoadFromFile(folder_.file("cut.om").c_str(), &id),
            ACL_ERROR_GE_EXEC_MODEL_DATA_SIZE_INVALID);
  std::string table = bytes;
  table[256] = 77;
  std::ofstream(folder_.file("table.om"), std::ios::binary) << table;
  EXPECT_EQ(aclmdlLoadFromFile(folder_.file("table.om").c_str(), &id), ACL_ERROR_GE_PARAM_INVALID);
  EXPECT_EQ(id, 7u);
}

TEST_F(MdlLoad, BadMemoryHasItsCodes) {
  uint32_t id = 0;
  const std::string bytes = bytes_of(folder_.write(model::chain_model()));
  EXPECT_EQ(aclmdlLoadFromMem(nullptr, 10, &id), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlLoadFromMem(bytes.data(), 0, &id), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlLoadFromMem(bytes.data(), bytes.size(), nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlLoadFromMem(bytes.data(), 100, &id), ACL_ERROR_GE_EXEC_MODEL_DATA_SIZE_INVALID);
  EXPECT_EQ(aclmdlLoadFromMem(reinterpret_cast<void*>(uintptr_t{4096}), 1000, &id),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlLoadFromMem(bytes.data(), ~size_t{0}, &id), ACL_ERROR_INVALID_PARAM);
}

TEST_F(MdlLoad, WithMemoryOfTheCaller) {
  const std::string path = folder_.write(model::chain_model());
  size_t work = 0;
  size_t weight = 0;
  ASSERT_EQ(aclmdlQuerySize(path.c_str(), &work, &weight), ACL_SUCCESS);
  ASSERT_GT(work, 0u);
  ASSERT_GT(weight, 0u);
  void* work_memory = nullptr;
  void* weight_memory = nullptr;
  ASSERT_EQ(aclrtMalloc(&work_memory, work, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  ASSERT_EQ(aclrtMalloc(&weight_memory, weight, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  uint32_t id = 0;
  ASSERT_EQ(aclmdlLoadFromFileWithMem(path.c_str(), &id, work_memory, work, weight_memory, weight),
            ACL_SUCCESS);
  EXPECT_EQ(aclmdlUnload(id), ACL_SUCCESS);
  const std::string bytes = bytes_of(path);
  ASSERT_EQ(
      aclmdlLoadFromMemWithMem(bytes.data(), bytes.size(), &id, work_memory, work, nullptr, 0),
      ACL_SUCCESS);
  EXPECT_EQ(aclmdlUnload(id), ACL_SUCCESS);
  ASSERT_EQ(aclmdlLoadFromFileWithMem(path.c_str(), &id, nullptr, 0, nullptr, 0), ACL_SUCCESS);
  EXPECT_EQ(aclmdlUnload(id), ACL_SUCCESS);

  EXPECT_EQ(aclmdlLoadFromFileWithMem(path.c_str(), &id, work_memory, work - 1, nullptr, 0),
            ACL_ERROR_GE_PARAM_INVALID);
  EXPECT_EQ(aclmdlLoadFromFileWithMem(path.c_str(), &id, nullptr, 0, weight_memory, weight - 1),
            ACL_ERROR_GE_PARAM_INVALID);
  // A size that the block does not have.
  EXPECT_EQ(aclmdlLoadFromFileWithMem(path.c_str(), &id, work_memory, work + 100000, nullptr, 0),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtFree(work_memory), ACL_SUCCESS);
  EXPECT_EQ(aclrtFree(weight_memory), ACL_SUCCESS);
}

TEST_F(MdlLoad, QuerySizeOfBadInput) {
  size_t work = 0;
  size_t weight = 0;
  const std::string path = folder_.write(model::chain_model());
  EXPECT_EQ(aclmdlQuerySize(nullptr, &work, &weight), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlQuerySize(path.c_str(), nullptr, &weight), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlQuerySize(path.c_str(), &work, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlQuerySize("/no/such.om", &work, &weight), ACL_ERROR_GE_EXEC_MODEL_PATH_INVALID);
  const std::string bytes = bytes_of(path);
  size_t from_memory = 0;
  ASSERT_EQ(aclmdlQuerySize(path.c_str(), &work, &weight), ACL_SUCCESS);
  EXPECT_EQ(aclmdlQuerySizeFromMem(bytes.data(), bytes.size(), &from_memory, &weight), ACL_SUCCESS);
  EXPECT_EQ(from_memory, work);
  EXPECT_EQ(aclmdlQuerySizeFromMem(nullptr, 5, &work, &weight), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlQuerySizeFromMem(bytes.data(), 300, &work, &weight),
            ACL_ERROR_GE_EXEC_MODEL_DATA_SIZE_INVALID);
}

TEST(MdlLoadWithoutContext, IsRefused) {
  const model::ModelFolder folder;
  const std::string path = folder.write(model::chain_model());
  uint32_t id = 0;
  EXPECT_EQ(aclmdlLoadFromFile(path.c_str(), &id), ACL_ERROR_RT_CONTEXT_NULL);
  const std::string bytes = bytes_of(path);
  EXPECT_EQ(aclmdlLoadFromMem(bytes.data(), bytes.size(), &id), ACL_ERROR_RT_CONTEXT_NULL);
}

}  // namespace
}  // namespace poacl::capi
