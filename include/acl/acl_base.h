/* Base types, error codes, data buffers and tensor descriptions. */
#ifndef ACL_ACL_BASE_H_
#define ACL_ACL_BASE_H_

#include <stddef.h>
#include <stdint.h>

#include "acl/error_codes/ge_error_codes.h"
#include "acl/error_codes/rt_error_codes.h"

/* Marks what the shared library exports. */
#ifndef ACL_FUNC_VISIBILITY
#define ACL_FUNC_VISIBILITY __attribute__((visibility("default")))
#endif

/* C++ callers may pass any int where an enumeration is wanted, as C callers can. */
#if defined(__cplusplus) && __cplusplus >= 201103L
#define ACL_ENUM_INT : int
#else
#define ACL_ENUM_INT
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef void* aclrtStream;
typedef void* aclrtEvent;
typedef void* aclrtNotify;
typedef void* aclrtContext;
typedef int aclError;
typedef uint16_t aclFloat16;
typedef void* aclrtAllocatorDesc;
typedef void* aclrtAllocator;
typedef void* aclrtAllocatorBlock;
typedef void* aclrtAllocatorAddr;

typedef struct aclDataBuffer aclDataBuffer;
typedef struct aclTensorDesc aclTensorDesc;

static const int ACL_SUCCESS = 0;    /* call worked */
static const int ACL_ERROR_NONE = 0; /* same value as ACL_SUCCESS, older name */
/* an argument is wrong (NULL, out of range, bad combination) */
static const int ACL_ERROR_INVALID_PARAM = 100000;
static const int ACL_ERROR_UNINITIALIZE = 100001;      /* acl.init has not been called */
static const int ACL_ERROR_REPEAT_INITIALIZE = 100002; /* acl.init called a second time */
static const int ACL_ERROR_INVALID_FILE = 100003;      /* file missing or not usable */
static const int ACL_ERROR_WRITE_FILE = 100004;        /* could not write a file */
static const int ACL_ERROR_INVALID_FILE_SIZE = 100005; /* file size not acceptable */
static const int ACL_ERROR_PARSE_FILE = 100006;        /* file content could not be parsed */
static const int ACL_ERROR_FILE_MISSING_ATTR = 100007; /* file lacks a needed key */
static const int ACL_ERROR_FILE_ATTR_INVALID = 100008; /* a key in the file has a bad value */
/* dump section of the configuration is wrong */
static const int ACL_ERROR_INVALID_DUMP_CONFIG = 100009;
/* profiling section of the configuration is wrong */
static const int ACL_ERROR_INVALID_PROFILING_CONFIG = 100010;
static const int ACL_ERROR_INVALID_MODEL_ID = 100011;      /* no model with this id */
static const int ACL_ERROR_DESERIALIZE_MODEL = 100012;     /* model data could not be decoded */
static const int ACL_ERROR_PARSE_MODEL = 100013;           /* model data could not be interpreted */
static const int ACL_ERROR_READ_MODEL_FAILURE = 100014;    /* model could not be read */
static const int ACL_ERROR_MODEL_SIZE_INVALID = 100015;    /* model size is not acceptable */
static const int ACL_ERROR_MODEL_MISSING_ATTR = 100016;    /* model lacks a needed attribute */
static const int ACL_ERROR_MODEL_INPUT_NOT_MATCH = 100017; /* inputs given do not fit the model */
static const int ACL_ERROR_MODEL_OUTPUT_NOT_MATCH = 100018; /* outputs given do not fit the model */
/* dynamic call made on a model of fixed shape */
static const int ACL_ERROR_MODEL_NOT_DYNAMIC = 100019;
static const int ACL_ERROR_OP_TYPE_NOT_MATCH = 100020;     /* operator type does not fit */
static const int ACL_ERROR_OP_INPUT_NOT_MATCH = 100021;    /* operator inputs do not fit */
static const int ACL_ERROR_OP_OUTPUT_NOT_MATCH = 100022;   /* operator outputs do not fit */
static const int ACL_ERROR_OP_ATTR_NOT_MATCH = 100023;     /* operator attributes do not fit */
static const int ACL_ERROR_OP_NOT_FOUND = 100024;          /* no such operator loaded */
static const int ACL_ERROR_OP_LOAD_FAILED = 100025;        /* operator could not be loaded */
static const int ACL_ERROR_UNSUPPORTED_DATA_TYPE = 100026; /* data type not handled */
static const int ACL_ERROR_FORMAT_NOT_MATCH = 100027;      /* tensor format does not fit */
/* no compile function registered for the operator */
static const int ACL_ERROR_BIN_SELECTOR_NOT_REGISTERED = 100028;
static const int ACL_ERROR_KERNEL_NOT_FOUND = 100029; /* kernel not found */
/* compile function already registered for the operator */
static const int ACL_ERROR_BIN_SELECTOR_ALREADY_REGISTERED = 100030;
static const int ACL_ERROR_KERNEL_ALREADY_REGISTERED = 100031; /* kernel already registered */
static const int ACL_ERROR_INVALID_QUEUE_ID = 100032;          /* no queue with this id */
static const int ACL_ERROR_REPEAT_SUBSCRIBE = 100033;          /* already subscribed */
static const int ACL_ERROR_STREAM_NOT_SUBSCRIBE = 100034;      /* stream has no subscription */
static const int ACL_ERROR_THREAD_NOT_SUBSCRIBE = 100035;      /* thread has no subscription */
/* no callback arrived within the time limit */
static const int ACL_ERROR_WAIT_CALLBACK_TIMEOUT = 100036;
static const int ACL_ERROR_REPEAT_FINALIZE = 100037; /* acl.finalize called a second time */
static const int ACL_ERROR_NOT_STATIC_AIPP = 100038; /* model input has no static AIPP */
/* linked with the compile-time stub libraries */
static const int ACL_ERROR_COMPILING_STUB_MODE = 100039;
static const int ACL_ERROR_GROUP_NOT_SET = 100040;    /* no compute group set */
static const int ACL_ERROR_GROUP_NOT_CREATE = 100041; /* compute group does not exist */
static const int ACL_ERROR_PROF_ALREADY_RUN = 100042; /* profiling already running */
static const int ACL_ERROR_PROF_NOT_RUN = 100043;     /* profiling not running */
static const int ACL_ERROR_DUMP_ALREADY_RUN = 100044; /* dump already running */
static const int ACL_ERROR_DUMP_NOT_RUN = 100045;     /* dump not running */
/* model already subscribed for profiling */
static const int ACL_ERROR_PROF_REPEAT_SUBSCRIBE = 148046;
/* two kinds of profiling calls used together */
static const int ACL_ERROR_PROF_API_CONFLICT = 148047;
/* operator queue limit in the configuration is wrong */
static const int ACL_ERROR_INVALID_MAX_OPQUEUE_NUM_CONFIG = 148048;
/* operator package path variable is wrong or missing */
static const int ACL_ERROR_INVALID_OPP_PATH = 148049;
/* operator does not do dynamic shapes */
static const int ACL_ERROR_OP_UNSUPPORTED_DYNAMIC = 148050;
/* something that depends on the object is still alive */
static const int ACL_ERROR_RELATIVE_RESOURCE_NOT_CLEARED = 148051;
static const int ACL_ERROR_UNSUPPORTED_JPEG = 148052;        /* JPEG coding kind not handled */
static const int ACL_ERROR_INVALID_BUNDLE_MODEL_ID = 148053; /* no bundle model with this id */
static const int ACL_ERROR_BAD_ALLOC = 200000;               /* memory could not be obtained */
static const int ACL_ERROR_API_NOT_SUPPORT = 200001; /* call not available on this product */
static const int ACL_ERROR_INVALID_DEVICE = 200002;  /* device number is wrong */
/* address lacks the needed alignment */
static const int ACL_ERROR_MEMORY_ADDRESS_UNALIGNED = 200003;
static const int ACL_ERROR_RESOURCE_NOT_MATCH = 200004; /* resources do not belong together */
/* handle is not valid (for instance set to the wrong context) */
static const int ACL_ERROR_INVALID_RESOURCE_HANDLE = 200005;
static const int ACL_ERROR_FEATURE_UNSUPPORTED = 200006; /* feature not available */
/* profiling item not available on this product */
static const int ACL_ERROR_PROF_MODULES_UNSUPPORTED = 200007;
static const int ACL_ERROR_STORAGE_OVER_LIMIT = 300000; /* storage limit passed */
static const int ACL_ERROR_INTERNAL_ERROR = 500000;     /* internal fault, not classified */
static const int ACL_ERROR_FAILURE = 500001;            /* internal fault inside ACL */
static const int ACL_ERROR_GE_FAILURE = 500002;         /* internal fault inside the graph engine */
static const int ACL_ERROR_RT_FAILURE = 500003;         /* internal fault inside the runtime */
static const int ACL_ERROR_DRV_FAILURE = 500004;        /* internal fault inside the driver */
static const int ACL_ERROR_PROFILING_FAILURE = 500005;  /* internal fault inside profiling */

/** Limits of shape ranges, and the rank of a tensor whose rank is unknown. */
#define ACL_TENSOR_SHAPE_RANGE_NUM 2
#define ACL_TENSOR_VALUE_RANGE_NUM 2
#define ACL_UNKNOWN_RANK 0xFFFFFFFFFFFFFFFE

/** Element types. */
typedef enum aclDataType ACL_ENUM_INT {
  ACL_DT_UNDEFINED = -1,
  ACL_FLOAT = 0,
  ACL_FLOAT16 = 1,
  ACL_INT8 = 2,
  ACL_INT32 = 3,
  ACL_UINT8 = 4,
  ACL_INT16 = 6,
  ACL_UINT16 = 7,
  ACL_UINT32 = 8,
  ACL_INT64 = 9,
  ACL_UINT64 = 10,
  ACL_DOUBLE = 11,
  ACL_BOOL = 12,
  ACL_STRING = 13,
  ACL_COMPLEX64 = 16,
  ACL_COMPLEX128 = 17,
  ACL_BF16 = 27,
  ACL_INT4 = 29,
  ACL_UINT1 = 30,
  ACL_COMPLEX32 = 33,
  ACL_HIFLOAT8 = 34,
  ACL_FLOAT8_E5M2 = 35,
  ACL_FLOAT8_E4M3FN = 36,
  ACL_FLOAT8_E8M0 = 37,
  ACL_FLOAT6_E3M2 = 38,
  ACL_FLOAT6_E2M3 = 39,
  ACL_FLOAT4_E2M1 = 40,
  ACL_FLOAT4_E1M2 = 41,
} aclDataType;

/** Tensor layouts. */
typedef enum aclFormat ACL_ENUM_INT {
  ACL_FORMAT_UNDEFINED = -1,
  ACL_FORMAT_NCHW = 0,
  ACL_FORMAT_NHWC = 1,
  ACL_FORMAT_ND = 2,
  ACL_FORMAT_NC1HWC0 = 3,
  ACL_FORMAT_FRACTAL_Z = 4,
  ACL_FORMAT_NC1HWC0_C04 = 12,
  ACL_FORMAT_HWCN = 16,
  ACL_FORMAT_NDHWC = 27,
  ACL_FORMAT_FRACTAL_NZ = 29,
  ACL_FORMAT_NCDHW = 30,
  ACL_FORMAT_NDC1HWC0 = 32,
  ACL_FRACTAL_Z_3D = 33,
  ACL_FORMAT_NC = 35,
  ACL_FORMAT_NCL = 47,
  ACL_FORMAT_FRACTAL_NZ_C0_16 = 50,
  ACL_FORMAT_FRACTAL_NZ_C0_32 = 51,
  ACL_FORMAT_FRACTAL_NZ_C0_2 = 52,
  ACL_FORMAT_FRACTAL_NZ_C0_4 = 53,
  ACL_FORMAT_FRACTAL_NZ_C0_8 = 54,
} aclFormat;

/** Levels of aclAppLog. */
typedef enum aclLogLevel ACL_ENUM_INT {
  ACL_DEBUG = 0,
  ACL_INFO = 1,
  ACL_WARNING = 2,
  ACL_ERROR = 3,
} aclLogLevel;

/** Where a tensor of an operator lies. */
typedef enum aclMemType ACL_ENUM_INT {
  ACL_MEMTYPE_DEVICE = 0,
  ACL_MEMTYPE_HOST = 1,
  ACL_MEMTYPE_HOST_COMPILE_INDEPENDENT = 2,
} aclMemType;

/** System parameters of a context. */
typedef enum aclSysParamOpt ACL_ENUM_INT {
  ACL_OPT_DETERMINISTIC = 0,
  ACL_OPT_ENABLE_DEBUG_KERNEL = 1,
  ACL_OPT_STRONG_CONSISTENCY = 2,
  ACL_OPT_ENABLE_KERNEL_EARLY_START = 3,
} aclSysParamOpt;

/** Features a product may have. */
typedef enum aclCannAttr ACL_ENUM_INT {
  ACL_CANN_ATTR_UNDEFINED = -1,
  ACL_CANN_ATTR_INF_NAN = 0,
  ACL_CANN_ATTR_BF16 = 1,
  ACL_CANN_ATTR_JIT_COMPILE = 2,
} aclCannAttr;

/** Numbers of a device. */
typedef enum aclDeviceInfo ACL_ENUM_INT {
  ACL_DEVICE_INFO_UNDEFINED = -1,
  ACL_DEVICE_INFO_AI_CORE_NUM = 0,
  ACL_DEVICE_INFO_VECTOR_CORE_NUM = 1,
  ACL_DEVICE_INFO_L2_SIZE = 2,
} aclDeviceInfo;

/* Half-precision numbers */

/** Value of a half-precision bit pattern; exponent 31 is read as an ordinary exponent. */
ACL_FUNC_VISIBILITY float aclFloat16ToFloat(aclFloat16 value);

/** Half-precision bit pattern of a number, rounded to nearest even and saturated. */
ACL_FUNC_VISIBILITY aclFloat16 aclFloatToFloat16(float value);

/* Data buffers: an address and a size; never own the memory */

/** Wrap an address and a size in bytes; the memory stays the caller's. */
ACL_FUNC_VISIBILITY aclDataBuffer* aclCreateDataBuffer(void* data, size_t size);

/** Destroy a data buffer, not the memory it points to. */
ACL_FUNC_VISIBILITY aclError aclDestroyDataBuffer(const aclDataBuffer* dataBuffer);

/** Give a data buffer another address and size. */
ACL_FUNC_VISIBILITY aclError aclUpdateDataBuffer(aclDataBuffer* dataBuffer, void* data,
                                                 size_t size);

/** Address in a data buffer; 0 for an invalid buffer. */
ACL_FUNC_VISIBILITY void* aclGetDataBufferAddr(const aclDataBuffer* dataBuffer);

/** Size of a data buffer in bytes, cut to 32 bits. */
ACL_FUNC_VISIBILITY uint32_t aclGetDataBufferSize(const aclDataBuffer* dataBuffer);

/** Size of a data buffer in bytes. */
ACL_FUNC_VISIBILITY size_t aclGetDataBufferSizeV2(const aclDataBuffer* dataBuffer);

/* Tensor descriptions */

/** Bytes of one element of a data type. */
ACL_FUNC_VISIBILITY size_t aclDataTypeSize(aclDataType dataType);

/** Describe a tensor by type, shape and format; 0 when the shape is not acceptable. */
ACL_FUNC_VISIBILITY aclTensorDesc* aclCreateTensorDesc(aclDataType dataType, int numDims,
                                                       const int64_t* dims, aclFormat format);

/** Destroy a tensor description. */
ACL_FUNC_VISIBILITY void aclDestroyTensorDesc(const aclTensorDesc* desc);

/** Set the smallest and largest value of each dimension. */
ACL_FUNC_VISIBILITY aclError aclSetTensorShapeRange(aclTensorDesc* desc, size_t dimsCount,
                                                    int64_t dimsRange[][2]);

/** Set the smallest and largest value of the elements. */
ACL_FUNC_VISIBILITY aclError aclSetTensorValueRange(aclTensorDesc* desc, size_t valueCount,
                                                    int64_t valueRange[][2]);

/** Data type of a tensor description. */
ACL_FUNC_VISIBILITY aclDataType aclGetTensorDescType(const aclTensorDesc* desc);

/** Format of a tensor description. */
ACL_FUNC_VISIBILITY aclFormat aclGetTensorDescFormat(const aclTensorDesc* desc);

/** Bytes of the described tensor. */
ACL_FUNC_VISIBILITY size_t aclGetTensorDescSize(const aclTensorDesc* desc);

/** Number of elements of the described tensor. */
ACL_FUNC_VISIBILITY size_t aclGetTensorDescElementCount(const aclTensorDesc* desc);

/** Rank of the described tensor. */
ACL_FUNC_VISIBILITY size_t aclGetTensorDescNumDims(const aclTensorDesc* desc);

/** One dimension of the described tensor; -1 for a wrong index. */
ACL_FUNC_VISIBILITY int64_t aclGetTensorDescDim(const aclTensorDesc* desc, size_t index);

/** One dimension of the described tensor. */
ACL_FUNC_VISIBILITY aclError aclGetTensorDescDimV2(const aclTensorDesc* desc, size_t index,
                                                   int64_t* dimSize);

/** Smallest and largest value of one dimension. */
ACL_FUNC_VISIBILITY aclError aclGetTensorDescDimRange(const aclTensorDesc* desc, size_t index,
                                                      size_t dimRangeNum, int64_t* dimRange);

/** Name the described tensor. */
ACL_FUNC_VISIBILITY void aclSetTensorDescName(aclTensorDesc* desc, const char* name);

/** Name of the described tensor. */
ACL_FUNC_VISIBILITY const char* aclGetTensorDescName(aclTensorDesc* desc);

/** Make a description of the same tensor in another format. */
ACL_FUNC_VISIBILITY aclError aclTransTensorDescFormat(const aclTensorDesc* srcDesc,
                                                      aclFormat dstFormat, aclTensorDesc** dstDesc);

/** Set the format in which the tensor is stored. */
ACL_FUNC_VISIBILITY aclError aclSetTensorStorageFormat(aclTensorDesc* desc, aclFormat format);

/** Set the shape in which the tensor is stored. */
ACL_FUNC_VISIBILITY aclError aclSetTensorStorageShape(aclTensorDesc* desc, int numDims,
                                                      const int64_t* dims);

/** Set the format in which the tensor is stored. */
ACL_FUNC_VISIBILITY aclError aclSetTensorFormat(aclTensorDesc* desc, aclFormat format);

/** Set the shape in which the tensor is stored. */
ACL_FUNC_VISIBILITY aclError aclSetTensorShape(aclTensorDesc* desc, int numDims,
                                               const int64_t* dims);

/** Set the logical format. */
ACL_FUNC_VISIBILITY aclError aclSetTensorOriginFormat(aclTensorDesc* desc, aclFormat format);

/** Set the logical shape. */
ACL_FUNC_VISIBILITY aclError aclSetTensorOriginShape(aclTensorDesc* desc, int numDims,
                                                     const int64_t* dims);

/** One element of an array of tensor descriptions. */
ACL_FUNC_VISIBILITY aclTensorDesc* aclGetTensorDescByIndex(aclTensorDesc* desc, size_t index);

/** Device address kept in a description made by aclmdlCreateAndGetOpDesc. */
ACL_FUNC_VISIBILITY void* aclGetTensorDescAddress(const aclTensorDesc* desc);

/** Name the dynamic input the tensor belongs to. */
ACL_FUNC_VISIBILITY aclError aclSetTensorDynamicInput(aclTensorDesc* desc,
                                                      const char* dynamicInputName);

/** Give the tensor constant host data, which is copied. */
ACL_FUNC_VISIBILITY aclError aclSetTensorConst(aclTensorDesc* desc, void* dataBuffer,
                                               size_t length);

/** Tell whether the tensor lies on the device or on the host. */
ACL_FUNC_VISIBILITY aclError aclSetTensorPlaceMent(aclTensorDesc* desc, aclMemType memType);

/* Log and product information */

/** Write a line of the application to the log. */
ACL_FUNC_VISIBILITY void aclAppLog(aclLogLevel logLevel, const char* func, const char* file,
                                   uint32_t line, const char* fmt, ...);

/** Name of the chip; NULL when it is unknown. */
ACL_FUNC_VISIBILITY const char* aclrtGetSocName(void);

/** List the features this product has; the list belongs to the library. */
ACL_FUNC_VISIBILITY aclError aclGetCannAttributeList(const aclCannAttr** cannAttrList, size_t* num);

/** Tell whether this product has a feature (1) or not (0). */
ACL_FUNC_VISIBILITY aclError aclGetCannAttribute(aclCannAttr cannAttr, int32_t* value);

/** One number of a device: cores, vector cores, cache size. */
ACL_FUNC_VISIBILITY aclError aclGetDeviceCapability(uint32_t deviceId, aclDeviceInfo deviceInfo,
                                                    int64_t* value);

/** aclAppLog with the place of the call filled in. */
#define ACL_APP_LOG(level, fmt, ...) \
  aclAppLog(level, __FUNCTION__, __FILE__, __LINE__, fmt, ##__VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif
