/* Codes returned by model loading and execution (acl_mdl.h). */
#ifndef ACL_ERROR_CODES_GE_ERROR_CODES_H_
#define ACL_ERROR_CODES_GE_ERROR_CODES_H_

static const int ACL_ERROR_GE_PARAM_INVALID = 145000;                /* wrong argument */
static const int ACL_ERROR_GE_EXEC_NOT_INIT = 145001;                /* executor not initialised */
static const int ACL_ERROR_GE_EXEC_MODEL_PATH_INVALID = 145002;      /* model path wrong */
static const int ACL_ERROR_GE_EXEC_MODEL_ID_INVALID = 145003;        /* model id wrong */
static const int ACL_ERROR_GE_EXEC_MODEL_DATA_SIZE_INVALID = 145006; /* model data size wrong */
static const int ACL_ERROR_GE_EXEC_MODEL_ADDR_INVALID = 145007;     /* model memory address wrong */
static const int ACL_ERROR_GE_EXEC_MODEL_QUEUE_ID_INVALID = 145008; /* queue id wrong */
/* model loaded or initialised twice */
static const int ACL_ERROR_GE_EXEC_LOAD_MODEL_REPEATED = 145009;
/* address of the dynamic-shape input wrong */
static const int ACL_ERROR_GE_DYNAMIC_INPUT_ADDR_INVALID = 145011;
/* length of the dynamic-shape input wrong */
static const int ACL_ERROR_GE_DYNAMIC_INPUT_LENGTH_INVALID = 145012;
/* batch size not among the model's sizes */
static const int ACL_ERROR_GE_DYNAMIC_BATCH_SIZE_INVALID = 145013;
static const int ACL_ERROR_GE_AIPP_BATCH_EMPTY = 145014;       /* AIPP batch size is zero */
static const int ACL_ERROR_GE_AIPP_NOT_EXIST = 145015;         /* input has no AIPP */
static const int ACL_ERROR_GE_AIPP_MODE_INVALID = 145016;      /* AIPP mode wrong */
static const int ACL_ERROR_GE_OP_TASK_TYPE_INVALID = 145017;   /* operator task kind wrong */
static const int ACL_ERROR_GE_OP_KERNEL_TYPE_INVALID = 145018; /* operator kernel kind wrong */
static const int ACL_ERROR_GE_PLGMGR_PATH_INVALID = 145019;    /* plugin path wrong */
static const int ACL_ERROR_GE_FORMAT_INVALID = 145020;         /* tensor format wrong */
static const int ACL_ERROR_GE_SHAPE_INVALID = 145021;          /* tensor shape wrong */
static const int ACL_ERROR_GE_DATATYPE_INVALID = 145022;       /* data type wrong */
static const int ACL_ERROR_GE_MEMORY_ALLOCATION = 245000;      /* memory request failed */
static const int ACL_ERROR_GE_MEMORY_OPERATE_FAILED = 245001;  /* memory operation failed */
/* device memory operation failed */
static const int ACL_ERROR_GE_DEVICE_MEMORY_OPERATE_FAILED = 245002;
static const int ACL_ERROR_GE_SUBHEALTHY = 345102;           /* deployment degraded */
static const int ACL_ERROR_GE_USER_RAISE_EXCEPTION = 345103; /* user code raised an exception */
static const int ACL_ERROR_GE_DATA_NOT_ALIGNED = 345104;     /* data not aligned */
static const int ACL_ERROR_GE_INTERNAL_ERROR = 545000;       /* internal fault */
static const int ACL_ERROR_GE_LOAD_MODEL = 545001;           /* model load failed */
/* model part of the file could not be loaded */
static const int ACL_ERROR_GE_EXEC_LOAD_MODEL_PARTITION_FAILED = 545002;
/* weight part of the file could not be loaded */
static const int ACL_ERROR_GE_EXEC_LOAD_WEIGHT_PARTITION_FAILED = 545003;
/* task part of the file could not be loaded */
static const int ACL_ERROR_GE_EXEC_LOAD_TASK_PARTITION_FAILED = 545004;
/* kernel part of the file could not be loaded */
static const int ACL_ERROR_GE_EXEC_LOAD_KERNEL_PARTITION_FAILED = 545005;
/* model data could not be released */
static const int ACL_ERROR_GE_EXEC_RELEASE_MODEL_DATA = 545006;
static const int ACL_ERROR_GE_COMMAND_HANDLE = 545007;  /* command handling failed */
static const int ACL_ERROR_GE_GET_TENSOR_INFO = 545008; /* tensor information could not be read */
static const int ACL_ERROR_GE_UNLOAD_MODEL = 545009;    /* model unload failed */
static const int ACL_ERROR_GE_MODEL_EXECUTE_TIMEOUT = 545601; /* model run took too long */
static const int ACL_ERROR_GE_REDEPLOYING = 545602;           /* deployment is being redone */

#endif
