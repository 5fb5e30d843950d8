// aclmdlExecute allocates nothing: every operator new of this program is counted per thread.
#include <cstdlib>
#include <new>

#include "capi/mdl_test_util.h"

namespace {

thread_local size_t allocations = 0;

void* counted(size_t size, size_t alignment) {
  ++allocations;
  const size_t rounded = (size + alignment - 1) / alignment * alignment;
  void* memory = alignment <= alignof(std::max_align_t)
                     ? std::malloc(size == 0 ? 1 : size)
                     : std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(size_t size) {
  return counted(size, 1);
}
void* operator new[](size_t size) {
  return counted(size, 1);
}
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
void* operator new[](size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size);
}
void* operator new(size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<size_t>(alignment));
}
void* operator new[](size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, size_t, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace poacl::capi {
namespace {

TEST_F(MdlTest, ExecuteAllocatesNothing) {
  const uint32_t id = load(model::chain_model(4096));
  std::vector<float> x(4096, 0.5f), y(4096), r(4096);
  TestDataset input, output;
  input.add(x);
  output.add(y).add(r);
  ASSERT_EQ(aclmdlExecute(id, input.handle(), output.handle()), ACL_SUCCESS);
  const size_t before = allocations;
  int failures = 0;
  for (int i = 0; i < 20; ++i) {
    failures += aclmdlExecute(id, input.handle(), output.handle()) != ACL_SUCCESS;
  }
  const size_t after = allocations;
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(after, before);
  // The counter is alive.
  std::vector<int>* probe = new std::vector<int>(10);
  EXPECT_GT(allocations, after);
  delete probe;
}

}  // namespace
}  // namespace poacl::capi
