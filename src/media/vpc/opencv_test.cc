// Scaling against what OpenCV made of the same pictures: sums over the bytes of cv2.resize
// (INTER_LINEAR, INTER_NEAREST; 4.6) on pictures that both sides can make.
#include <gtest/gtest.h>

#include "media/vpc/picture_test_util.h"
#include "media/vpc/transform.h"

namespace poacl::media {
namespace {

struct Sums {
  int width, height, out_width, out_height, components;
  uint64_t linear, nearest;
};

constexpr Sums kSums[] = {
    {64, 48, 56, 37, 1, 0xf198be32a93bdcd2U, 0x399a119300e9747aU},
    {64, 48, 56, 37, 2, 0x9b2a37c55739a2b5U, 0x67a9074500b8b15dU},
    {64, 48, 56, 37, 3, 0xa75e43269b373f31U, 0x3f287dffda230d27U},
    {64, 48, 56, 37, 4, 0x7c577c3480fe39b1U, 0x372c7d834e9abb98U},
    {100, 75, 50, 37, 1, 0x704959d64c9c4265U, 0x89aba05ec49b31edU},
    {100, 75, 50, 37, 2, 0x94c1b2fef24ce50bU, 0x3c373a4adabb8e10U},
    {100, 75, 50, 37, 3, 0x80053faa4fb1a972U, 0x6cc9f4bfd104c3aaU},
    {100, 75, 50, 37, 4, 0xf5261c41cc6e0772U, 0x48a8dc78b9d1b412U},
    {97, 61, 31, 29, 1, 0x9e788d6e49197830U, 0x8b71ffca52e89b1aU},
    {97, 61, 31, 29, 2, 0x0dbcec8f1bbdcd99U, 0xd9b37869f448aa39U},
    {97, 61, 31, 29, 3, 0xb1650849f1ddab62U, 0x114ae81dabf00b5eU},
    {97, 61, 31, 29, 4, 0x30ff6f233fdcd8baU, 0x68bd11f5346de75bU},
    {33, 20, 97, 64, 1, 0xe14df20e7572a900U, 0xe559acd286207253U},
    {33, 20, 97, 64, 2, 0x60b1526f94ee1619U, 0xa7323db1168447e4U},
    {33, 20, 97, 64, 3, 0x3e6b41b1dc426a9eU, 0x5d0d3430d177896fU},
    {33, 20, 97, 64, 4, 0xb2b2e962119d3d27U, 0x248426202b3b9356U},
    {128, 128, 64, 64, 1, 0x2ff82c4c262fc7eeU, 0x42d57097b777a160U},
    {128, 128, 64, 64, 2, 0xc82dd75e73cf915aU, 0x9348ed981bf31f53U},
    {128, 128, 64, 64, 3, 0xe15948f924dec765U, 0x7d446211590d1010U},
    {128, 128, 64, 64, 4, 0x94de8e34b9a701a4U, 0x6e9dad27daf9b55eU},
    {16, 9, 160, 90, 1, 0x4d2e581401f30b45U, 0x187d3d95dffb578dU},
    {16, 9, 160, 90, 2, 0x9e23945bab850ebaU, 0xd7be041956485dedU},
    {16, 9, 160, 90, 3, 0xdef98371fb8b0599U, 0xff8e0752ab515b45U},
    {16, 9, 160, 90, 4, 0xace7566159152ea9U, 0x134df146597bf805U},
    {200, 150, 17, 11, 1, 0x6c9a7583a1ef21b4U, 0x7ef2065dea887173U},
    {200, 150, 17, 11, 2, 0x4260ceccdfdad21dU, 0x0f850c78b1b86976U},
    {200, 150, 17, 11, 3, 0x400003ec16d49bb0U, 0xf344dc1fe0ce59d5U},
    {200, 150, 17, 11, 4, 0x51a63cbfd1f0b4e7U, 0x201473da8c1549f1U},
    {300, 40, 21, 80, 1, 0xe420589d2831e4e3U, 0xc2c545567592ed67U},
    {300, 40, 21, 80, 2, 0xf038ef630a0bdfabU, 0xcc0257f22b340185U},
    {300, 40, 21, 80, 3, 0xac3f5a0c0be97857U, 0x803206ae4502c683U},
    {300, 40, 21, 80, 4, 0xcf4f1584ca613cefU, 0x87268197c9c0eef9U},
    {1, 7, 13, 5, 1, 0xc4c44fff78ef5ff2U, 0xb9f20eb9f8f1504fU},
    {1, 7, 13, 5, 2, 0x509d17029ddcd3f6U, 0xa513770adc845d85U},
    {1, 7, 13, 5, 3, 0x819695eb584dd3a3U, 0x56963db5eb3455c8U},
    {1, 7, 13, 5, 4, 0x9be59e4f030cdfb8U, 0x4c3e089c2ee93cd4U},
    {5, 1, 3, 9, 1, 0x058c032eb8d5bbceU, 0xbf8f5994a369c10bU},
    {5, 1, 3, 9, 2, 0x6e87a2de4a547961U, 0x3aa82914b038efefU},
    {5, 1, 3, 9, 3, 0x8d804c9ae245efbbU, 0x0d7a6bbac38c0279U},
    {5, 1, 3, 9, 4, 0x78bc87fb94129f53U, 0x5ede4fc4a94dd85fU},
    {31, 31, 31, 64, 1, 0xbaf6a5bfffcd87ebU, 0x053c5a9e9059c8b8U},
    {31, 31, 31, 64, 2, 0x24e813bc461149ceU, 0x99e4e09f35dd62b6U},
    {31, 31, 31, 64, 3, 0xa6c173f23133b5c3U, 0xd0ca46029f00989eU},
    {31, 31, 31, 64, 4, 0x25dfabdcd30fdcb3U, 0x3243948017f84657U},
    {64, 31, 90, 31, 1, 0xe00256b4727e6c3fU, 0x79d5f919d23e42ceU},
    {64, 31, 90, 31, 2, 0x2457a727fc661be6U, 0x417870b930e783f6U},
    {64, 31, 90, 31, 3, 0xf136ed1ae49509e8U, 0xbdd0c4354264d132U},
    {64, 31, 90, 31, 4, 0x4c4fc538f711474cU, 0x517a4aa8dcbcb4a9U},
    {2, 2, 37, 41, 1, 0x53b8c47fa6d66d6fU, 0x6ef8513693d94535U},
    {2, 2, 37, 41, 2, 0x7bc3411c46780570U, 0x0276cc336eaa2368U},
    {2, 2, 37, 41, 3, 0x4f127e9ae9f45260U, 0xf9379edaf07b61d1U},
    {2, 2, 37, 41, 4, 0xf1ce025fa1fbad56U, 0x0aece1affd5df13dU},
    {211, 157, 150, 113, 1, 0xab99f5c81d283d4aU, 0x253e2ecea528083aU},
    {211, 157, 150, 113, 2, 0xc1240647058fcb9dU, 0x0b82e48e836494efU},
    {211, 157, 150, 113, 3, 0x8db17370168e11ddU, 0xc8fde9b7bfbb0c6bU},
    {211, 157, 150, 113, 4, 0xf3727bc414de5a4aU, 0x90f8fed0ce6fdd2dU},
    {90, 60, 30, 20, 1, 0xb4e8ee3a6afdbfaeU, 0x628f839d177c48d9U},
    {90, 60, 30, 20, 2, 0xdaa9c30829116027U, 0x779dfae856119e61U},
    {90, 60, 30, 20, 3, 0xc46930eb3cf8e480U, 0x71549de5c2e5f26fU},
    {90, 60, 30, 20, 4, 0xeca749c17104b44fU, 0x8509bfd51ff0a6caU},
    {60, 90, 61, 91, 1, 0x406cb7085a2b2323U, 0x440be3d9fd22b6f2U},
    {60, 90, 61, 91, 2, 0xa9bd5b1f40ed5209U, 0x89a9d58a2f9cf75dU},
    {60, 90, 61, 91, 3, 0x079281a864232753U, 0x4d7f9144043aedfcU},
    {60, 90, 61, 91, 4, 0x6aa22214f1855b94U, 0x39e5c5eb95e310bdU},
    {640, 8, 91, 3, 1, 0xbf4fd959fce076d5U, 0x4b51a13459b88b96U},
    {640, 8, 91, 3, 2, 0x5a6608f404e5eb43U, 0x8cab4f221dd26543U},
    {640, 8, 91, 3, 3, 0xc494a4edbdff9aedU, 0x69855dc5e81d4062U},
    {640, 8, 91, 3, 4, 0xba0a535f5ce39c24U, 0xd4115340dc18a7caU},
    {7, 640, 3, 91, 1, 0x3efbf02bfe9b644dU, 0xa01adcfec3d077dfU},
    {7, 640, 3, 91, 2, 0x5544a10ff73c6004U, 0xfa7f25bd729f9b60U},
    {7, 640, 3, 91, 3, 0x7c23ad73d5a6157cU, 0xa701cdd500d9e53fU},
    {7, 640, 3, 91, 4, 0xfab1eb5a7ec7e52aU, 0xa37bf7fb849459dcU},
};

uint64_t fnv1a(const uint8_t* bytes, size_t n) {
  uint64_t sum = 0xcbf29ce484222325U;
  for (size_t i = 0; i < n; ++i) sum = (sum ^ bytes[i]) * 0x100000001b3U;
  return sum;
}

// The top bytes of a linear congruential generator.
void fill(const Picture& picture, uint32_t seed) {
  for (size_t i = 0; i < picture.size; ++i) {
    seed = seed * 1664525U + 1013904223U;
    picture.data[i] = static_cast<uint8_t>(seed >> 24);
  }
}

PixelFormat format_of(int components) {
  switch (components) {
    case 1:
      return PixelFormat::kYuv400;
    case 3:
      return PixelFormat::kBgr888;
    default:
      return PixelFormat::kRgba8888;
  }
}

void compare(const Sums& sums, Isa isa) {
  std::mt19937 random(1);
  const PixelFormat format = format_of(sums.components);
  TestPicture source(format, sums.width, sums.height, random);
  TestPicture target(format, sums.out_width, sums.out_height, random);
  fill(source.picture,
       static_cast<uint32_t>(sums.width * 1000003 + sums.height * 1009 + sums.components));
  SerialFor serial;
  TransformOptions options;
  options.isa = isa;
  for (const auto& [method, wanted] : {std::pair(Interpolation::kBilinear, sums.linear),
                                       std::pair(Interpolation::kNearest, sums.nearest)}) {
    options.method = method;
    ASSERT_TRUE(transform(source.picture, target.picture,
                          {whole(source.picture), whole(target.picture)}, options, serial)
                    .ok());
    EXPECT_EQ(fnv1a(target.picture.data, target.picture.size), wanted)
        << isa_name(isa) << " method " << static_cast<int>(method) << ", " << sums.width << "x"
        << sums.height << " to " << sums.out_width << "x" << sums.out_height << ", "
        << sums.components << " components";
  }
}

TEST(OpenCv, ScaledPicturesAreTheSameBytes) {
  for (const Isa isa : tested_isas()) {
    for (const Sums& sums : kSums) {
      if (sums.components != 2) compare(sums, isa);
    }
  }
}

// Two components: the chroma of a semi-planar picture.
TEST(OpenCv, ChromaIsScaledAsAPictureOfItsOwn) {
  for (const Isa isa : tested_isas()) {
    for (const Sums& sums : kSums) {
      if (sums.components != 2) continue;
      // Exactly half is not this method in OpenCV but a mean, of two components rounded otherwise.
      if (sums.width == 2 * sums.out_width && sums.height == 2 * sums.out_height) continue;
      std::mt19937 random(1);
      TestPicture source(PixelFormat::kYuvSemi420, 2 * sums.width, 2 * sums.height, random);
      TestPicture target(PixelFormat::kYuvSemi420, 2 * sums.out_width, 2 * sums.out_height, random);
      Picture chroma = source.picture;
      const Plane rows = plane(source.picture, 1);
      chroma.data = rows.data;
      chroma.size = static_cast<size_t>(rows.stride) * static_cast<size_t>(rows.height);
      fill(chroma, static_cast<uint32_t>(sums.width * 1000003 + sums.height * 1009 + 2));
      SerialFor serial;
      TransformOptions options;
      options.isa = isa;
      const Region region = {whole(source.picture), whole(target.picture)};
      ASSERT_TRUE(transform(source.picture, target.picture, region, options, serial).ok());
      const Plane made = plane(target.picture, 1);
      EXPECT_EQ(
          fnv1a(made.data, static_cast<size_t>(made.stride) * static_cast<size_t>(made.height)),
          sums.linear)
          << sums.width << "x" << sums.height << " to " << sums.out_width << "x" << sums.out_height;
    }
  }
}

}  // namespace
}  // namespace poacl::media
