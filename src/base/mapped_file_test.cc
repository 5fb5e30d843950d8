#include "base/mapped_file.h"
#include "base/scratch_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

namespace poacl {
namespace {

TEST(MappedFile, HoldsTheContentAfterTheNameIsGone) {
  const ScratchFolder folder;
  const std::string path = folder.file("content");
  std::ofstream(path) << "content";
  auto file = MappedFile::open(path);
  ASSERT_TRUE(file.ok()) << file.status().message();
  unlink(path.c_str());
  ASSERT_EQ((*file)->size(), 7u);
  EXPECT_EQ(std::memcmp((*file)->data(), "content", 7), 0);
}

TEST(MappedFile, SaysWhyNot) {
  const auto reason = [](const std::string& path) {
    const auto file = MappedFile::open(path);
    EXPECT_EQ(file.status().code(), 145002);
    return std::string(file.status().message());
  };
  EXPECT_NE(reason("/no/such/file").find("No such file"), std::string::npos);
  EXPECT_NE(reason("/tmp").find("directory"), std::string::npos);
  EXPECT_NE(reason("/dev/null").find("not a regular file"), std::string::npos);
  const ScratchFolder folder;
  const std::string path = folder.file("odd");
  std::ofstream{path};
  EXPECT_NE(reason(path).find("empty"), std::string::npos);
  unlink(path.c_str());
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_NE(reason(path).find("not a regular file"), std::string::npos);
  unlink(path.c_str());
}

}  // namespace
}  // namespace poacl
