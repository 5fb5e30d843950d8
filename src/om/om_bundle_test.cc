#include "om/om_bundle.h"

#include <cstring>

#include <gtest/gtest.h>

#include "om/om_codes.h"

namespace poacl::om {
namespace {

Result<Bundle> parse(const std::string& bytes) {
  return parse_bundle(reinterpret_cast<const std::byte*>(bytes.data()), bytes.size(), "b.om");
}

std::string text(const Bundle::Model& model) {
  return {reinterpret_cast<const char*>(model.data), model.size};
}

TEST(OmBundle, GivesBackWhatWentIn) {
  const std::vector<std::string> models = {"first model", "2"};
  const std::string bytes = make_bundle(models, 4096);
  const auto bundle = parse(bytes);
  ASSERT_TRUE(bundle.ok()) << bundle.status().message();
  EXPECT_EQ(bundle->variable_bytes, 4096u);
  ASSERT_EQ(bundle->models.size(), 2u);
  EXPECT_EQ(text(bundle->models[0]), models[0]);
  EXPECT_EQ(text(bundle->models[1]), models[1]);
}

TEST(OmBundle, OtherFilesAreNone) {
  for (const std::string& bytes : {std::string(), std::string("IMOD"), std::string(4096, 'x')}) {
    EXPECT_EQ(parse(bytes).status().code(), ACL_ERROR_INVALID_PARAM) << bytes.size();
  }
  std::string single = make_bundle(std::vector<std::string>{"m"}, 0);
  single[82] = 0;
  EXPECT_EQ(parse(single).status().code(), ACL_ERROR_INVALID_PARAM);
}

TEST(OmBundle, EveryCutIsNoticed) {
  const std::string whole = make_bundle(std::vector<std::string>{"one", "two"}, 8);
  for (size_t size = 256; size < whole.size(); ++size) {
    EXPECT_EQ(parse(whole.substr(0, size)).status().code(), kModelDataInvalid) << size;
  }
}

TEST(OmBundle, TablesThatLieAreRefused) {
  const std::string whole = make_bundle(std::vector<std::string>{"one", "two"}, 8);
  constexpr size_t kCountAt = 256;
  constexpr size_t kFirstSizeAt = 256 + 8 + 16;
  for (const uint64_t lie : {uint64_t{0}, uint64_t{1000}, ~uint64_t{0}}) {
    std::string count = whole;
    std::memcpy(count.data() + kCountAt, &lie, sizeof(uint32_t));
    EXPECT_EQ(parse(count).status().code(), kParamInvalid) << lie;
    std::string size = whole;
    std::memcpy(size.data() + kFirstSizeAt, &lie, sizeof(lie));
    EXPECT_EQ(parse(size).status().code(), kParamInvalid) << lie;
  }
}

TEST(OmBundle, ABundleHoldsAModel) {
  EXPECT_EQ(parse(make_bundle({}, 8)).status().code(), kParamInvalid);
}

}  // namespace
}  // namespace poacl::om
