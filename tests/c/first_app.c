/* Loads a model, fills its inputs with a ramp, runs it once synchronously and once on a stream, and
 * prints the largest values of the first output. Usage: first_app MODEL.om */
#include <acl/acl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOP 5

static int failures = 0;

static int check(aclError code, const char* call) {
  if (code == ACL_SUCCESS) return 1;
  const char* text = aclGetRecentErrMsg();
  fprintf(stderr, "%s returned %d: %s\n", call, code, text != NULL ? text : "no text");
  ++failures;
  return 0;
}

/* One device buffer for every input (or output) of the model. */
static aclmdlDataset* make_dataset(aclmdlDesc* desc, int is_input) {
  aclmdlDataset* dataset = aclmdlCreateDataset();
  const size_t count = is_input ? aclmdlGetNumInputs(desc) : aclmdlGetNumOutputs(desc);
  for (size_t i = 0; i < count; ++i) {
    const size_t size =
        is_input ? aclmdlGetInputSizeByIndex(desc, i) : aclmdlGetOutputSizeByIndex(desc, i);
    void* memory = NULL;
    check(aclrtMalloc(&memory, size, ACL_MEM_MALLOC_HUGE_FIRST), "aclrtMalloc");
    check(aclmdlAddDatasetBuffer(dataset, aclCreateDataBuffer(memory, size)),
          "aclmdlAddDatasetBuffer");
  }
  return dataset;
}

static void destroy_dataset(aclmdlDataset* dataset) {
  const size_t count = aclmdlGetDatasetNumBuffers(dataset);
  for (size_t i = 0; i < count; ++i) {
    aclDataBuffer* buffer = aclmdlGetDatasetBuffer(dataset, i);
    check(aclrtFree(aclGetDataBufferAddr(buffer)), "aclrtFree");
    check(aclDestroyDataBuffer(buffer), "aclDestroyDataBuffer");
  }
  check(aclmdlDestroyDataset(dataset), "aclmdlDestroyDataset");
}

static void fill_inputs(aclmdlDataset* dataset) {
  const size_t count = aclmdlGetDatasetNumBuffers(dataset);
  for (size_t i = 0; i < count; ++i) {
    aclDataBuffer* buffer = aclmdlGetDatasetBuffer(dataset, i);
    const size_t size = aclGetDataBufferSizeV2(buffer);
    float* host = NULL;
    if (!check(aclrtMallocHost((void**)&host, size), "aclrtMallocHost")) return;
    for (size_t k = 0; k < size / sizeof(float); ++k) host[k] = (float)(k % 255) / 255.0F;
    check(aclrtMemcpy(aclGetDataBufferAddr(buffer), size, host, size, ACL_MEMCPY_HOST_TO_DEVICE),
          "aclrtMemcpy");
    check(aclrtFreeHost(host), "aclrtFreeHost");
  }
}

/* Copy of the first output in memory the caller frees with free(). */
static float* copy_output(aclmdlDataset* dataset, size_t* count) {
  aclDataBuffer* buffer = aclmdlGetDatasetBuffer(dataset, 0);
  const size_t size = aclGetDataBufferSizeV2(buffer);
  float* host = malloc(size);
  *count = size / sizeof(float);
  check(aclrtMemcpy(host, size, aclGetDataBufferAddr(buffer), size, ACL_MEMCPY_DEVICE_TO_HOST),
        "aclrtMemcpy");
  return host;
}

static void print_top(const float* values, size_t count) {
  char* taken = calloc(count, 1);
  for (int rank = 0; rank < TOP && (size_t)rank < count; ++rank) {
    size_t best = count;
    for (size_t i = 0; i < count; ++i) {
      if (!taken[i] && (best == count || values[i] > values[best])) best = i;
    }
    taken[best] = 1;
    printf("[%zu]: %f\n", best, values[best]);
  }
  free(taken);
}

static void run(uint32_t model, aclmdlDataset* input, aclmdlDataset* output) {
  size_t count = 0;
  aclrtStream stream = NULL;
  check(aclmdlExecute(model, input, output), "aclmdlExecute");
  float* first = copy_output(output, &count);
  check(aclrtCreateStream(&stream), "aclrtCreateStream");
  check(aclmdlExecuteAsync(model, input, output, stream), "aclmdlExecuteAsync");
  check(aclrtSynchronizeStream(stream), "aclrtSynchronizeStream");
  check(aclrtDestroyStream(stream), "aclrtDestroyStream");
  float* second = copy_output(output, &count);
  if (memcmp(first, second, count * sizeof(float)) != 0) {
    fprintf(stderr, "the two runs differ\n");
    ++failures;
  }
  print_top(first, count);
  free(first);
  free(second);
}

int main(int argc, char** argv) {
  uint32_t model = 0;
  if (argc != 2) {
    fprintf(stderr, "usage: %s MODEL.om\n", argv[0]);
    return 2;
  }
  if (!check(aclInit(NULL), "aclInit") || !check(aclrtSetDevice(0), "aclrtSetDevice")) return 1;
  if (check(aclmdlLoadFromFile(argv[1], &model), "aclmdlLoadFromFile")) {
    aclmdlDesc* desc = aclmdlCreateDesc();
    check(aclmdlGetDesc(desc, model), "aclmdlGetDesc");
    aclmdlDataset* input = make_dataset(desc, 1);
    aclmdlDataset* output = make_dataset(desc, 0);
    fill_inputs(input);
    if (failures == 0) run(model, input, output);
    destroy_dataset(input);
    destroy_dataset(output);
    check(aclmdlDestroyDesc(desc), "aclmdlDestroyDesc");
    check(aclmdlUnload(model), "aclmdlUnload");
  }
  check(aclrtResetDevice(0), "aclrtResetDevice");
  check(aclFinalize(), "aclFinalize");
  return failures == 0 ? 0 : 1;
}
