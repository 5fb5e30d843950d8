/* Makes an NV12 picture, cuts its middle out at half the size, writes that as JPEG and decodes it
 * again. Prints the numbers of every step. Linked with -lacl_dvpp, as picture programs are. */
#include <acl/acl.h>
#include <acl/ops/acl_dvpp.h>
#include <stdio.h>
#include <stdlib.h>

#define WIDTH 256U
#define HEIGHT 128U

static int failures = 0;

static void check(aclError code, const char* call) {
  if (code == ACL_SUCCESS) return;
  const char* text = aclGetRecentErrMsg();
  fprintf(stderr, "%s returned %d: %s\n", call, code, text != NULL ? text : "no text");
  ++failures;
}

static acldvppPicDesc* make_picture(uint32_t width, uint32_t height) {
  acldvppPicDesc* desc = acldvppCreatePicDesc();
  const uint32_t stride = (width + 63) / 64 * 64;
  const uint32_t rows = (height + 15) / 16 * 16;
  void* data = NULL;
  check(acldvppMalloc(&data, (size_t)stride * rows * 3 / 2), "acldvppMalloc");
  check(acldvppSetPicDescData(desc, data), "acldvppSetPicDescData");
  check(acldvppSetPicDescSize(desc, stride * rows * 3 / 2), "acldvppSetPicDescSize");
  check(acldvppSetPicDescFormat(desc, PIXEL_FORMAT_YUV_SEMIPLANAR_420), "acldvppSetPicDescFormat");
  check(acldvppSetPicDescWidth(desc, width), "acldvppSetPicDescWidth");
  check(acldvppSetPicDescHeight(desc, height), "acldvppSetPicDescHeight");
  check(acldvppSetPicDescWidthStride(desc, stride), "acldvppSetPicDescWidthStride");
  check(acldvppSetPicDescHeightStride(desc, rows), "acldvppSetPicDescHeightStride");
  return desc;
}

static void destroy_picture(acldvppPicDesc* desc) {
  check(acldvppFree(acldvppGetPicDescData(desc)), "acldvppFree");
  check(acldvppDestroyPicDesc(desc), "acldvppDestroyPicDesc");
}

static void fill(acldvppPicDesc* desc) {
  const uint32_t size = acldvppGetPicDescSize(desc);
  const uint32_t stride = acldvppGetPicDescWidthStride(desc);
  const uint32_t luma = stride * acldvppGetPicDescHeightStride(desc);
  unsigned char* host = malloc(size);
  if (host == NULL) exit(2);
  for (uint32_t i = 0; i < size; ++i) {
    host[i] = (unsigned char)(i < luma ? (i % stride + i / stride) / 2 : 128);
  }
  check(aclrtMemcpy(acldvppGetPicDescData(desc), size, host, size, ACL_MEMCPY_HOST_TO_DEVICE),
        "aclrtMemcpy");
  free(host);
}

static void run(void) {
  aclrtStream stream = NULL;
  check(aclrtCreateStream(&stream), "aclrtCreateStream");
  acldvppChannelDesc* channel = acldvppCreateChannelDesc();
  check(acldvppCreateChannel(channel), "acldvppCreateChannel");
  acldvppPicDesc* source = make_picture(WIDTH, HEIGHT);
  acldvppPicDesc* middle = make_picture(WIDTH / 4, HEIGHT / 4);
  acldvppPicDesc* decoded = make_picture(WIDTH / 4, HEIGHT / 4);
  fill(source);
  acldvppRoiConfig* area =
      acldvppCreateRoiConfig(WIDTH / 4, WIDTH * 3 / 4 - 1, HEIGHT / 4, HEIGHT * 3 / 4 - 1);
  check(acldvppVpcCropAsync(channel, source, middle, area, stream), "acldvppVpcCropAsync");
  acldvppJpegeConfig* config = acldvppCreateJpegeConfig();
  check(acldvppSetJpegeConfigLevel(config, 95), "acldvppSetJpegeConfigLevel");
  uint32_t size = 0;
  check(acldvppJpegPredictEncSize(middle, config, &size), "acldvppJpegPredictEncSize");
  void* file = NULL;
  check(acldvppMalloc(&file, size), "acldvppMalloc");
  check(acldvppJpegEncodeAsync(channel, middle, file, &size, config, stream),
        "acldvppJpegEncodeAsync");
  check(aclrtSynchronizeStream(stream), "aclrtSynchronizeStream");
  uint32_t width = 0;
  uint32_t height = 0;
  int32_t components = 0;
  acldvppJpegFormat format = ACL_JPEG_CSS_UNKNOWN;
  check(acldvppJpegGetImageInfoV2(file, size, &width, &height, &components, &format),
        "acldvppJpegGetImageInfoV2");
  printf("file: %u x %u, %d components, sampling %d\n", width, height, components, (int)format);
  check(acldvppJpegDecodeAsync(channel, file, size, decoded, stream), "acldvppJpegDecodeAsync");
  check(aclrtSynchronizeStream(stream), "aclrtSynchronizeStream");
  const unsigned char* pixels = acldvppGetPicDescData(decoded);
  const uint32_t stride = acldvppGetPicDescWidthStride(decoded);
  printf("pixels: %d %d %d\n", pixels[0], pixels[10 * stride + 10], pixels[31 * stride + 63]);
  /* A mistake is told, not made. */
  check(acldvppSetPicDescWidthStride(source, 100), "acldvppSetPicDescWidthStride");
  const aclError code = acldvppVpcCropAsync(channel, source, middle, area, stream);
  const char* text = aclGetRecentErrMsg();
  printf("mistake: %d %s\n", code, text != NULL ? text : "");
  check(acldvppDestroyRoiConfig(area), "acldvppDestroyRoiConfig");
  check(acldvppDestroyJpegeConfig(config), "acldvppDestroyJpegeConfig");
  check(acldvppFree(file), "acldvppFree");
  destroy_picture(source);
  destroy_picture(middle);
  destroy_picture(decoded);
  check(acldvppDestroyChannel(channel), "acldvppDestroyChannel");
  check(acldvppDestroyChannelDesc(channel), "acldvppDestroyChannelDesc");
  check(aclrtDestroyStream(stream), "aclrtDestroyStream");
}

int main(void) {
  check(aclInit(NULL), "aclInit");
  check(aclrtSetDevice(0), "aclrtSetDevice");
  run();
  check(aclrtResetDevice(0), "aclrtResetDevice");
  check(aclFinalize(), "aclFinalize");
  return failures == 0 ? 0 : 1;
}
