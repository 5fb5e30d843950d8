/* Codes returned by the runtime family (acl_rt.h). */
#ifndef ACL_ERROR_CODES_RT_ERROR_CODES_H_
#define ACL_ERROR_CODES_RT_ERROR_CODES_H_

static const int ACL_RT_SUCCESS = 0;                     /* call worked */
static const int ACL_ERROR_RT_PARAM_INVALID = 107000;    /* wrong argument */
static const int ACL_ERROR_RT_INVALID_DEVICEID = 107001; /* device number wrong */
static const int ACL_ERROR_RT_CONTEXT_NULL = 107002;     /* no current context in this thread */
static const int ACL_ERROR_RT_STREAM_CONTEXT = 107003;   /* stream belongs to another context */
static const int ACL_ERROR_RT_MODEL_CONTEXT = 107004;    /* model belongs to another context */
static const int ACL_ERROR_RT_STREAM_MODEL = 107005;     /* stream does not belong to the model */
static const int ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID = 107006; /* event has no valid time stamp */
/* start event is later than end event */
static const int ACL_ERROR_RT_EVENT_TIMESTAMP_REVERSAL = 107007;
static const int ACL_ERROR_RT_ADDR_UNALIGNED = 107008; /* address not aligned */
static const int ACL_ERROR_RT_FILE_OPEN = 107009;      /* file could not be opened */
static const int ACL_ERROR_RT_FILE_WRITE = 107010;     /* file could not be written */
/* stream not subscribed or subscribed twice */
static const int ACL_ERROR_RT_STREAM_SUBSCRIBE = 107011;
/* thread not subscribed or subscribed twice */
static const int ACL_ERROR_RT_THREAD_SUBSCRIBE = 107012;
static const int ACL_ERROR_RT_GROUP_NOT_SET = 107013;    /* no group set */
static const int ACL_ERROR_RT_GROUP_NOT_CREATE = 107014; /* group does not exist */
/* callback's stream not registered with a thread */
static const int ACL_ERROR_RT_STREAM_NO_CB_REG = 107015;
static const int ACL_ERROR_RT_INVALID_MEMORY_TYPE = 107016; /* memory kind wrong */
static const int ACL_ERROR_RT_INVALID_HANDLE = 107017;      /* handle wrong */
static const int ACL_ERROR_RT_INVALID_MALLOC_TYPE = 107018; /* allocation kind wrong */
static const int ACL_ERROR_RT_WAIT_TIMEOUT = 107019;        /* wait ran out of time */
static const int ACL_ERROR_RT_TASK_TIMEOUT = 107020;        /* task ran out of time */
static const int ACL_ERROR_RT_SYSPARAMOPT_NOT_SET = 107021; /* system parameter was never set */
static const int ACL_ERROR_RT_DEVICE_TASK_ABORT = 107022;   /* device tasks are being aborted */
static const int ACL_ERROR_RT_STREAM_ABORT = 107023;        /* stream is being aborted */
/* stream capture has an open dependency */
static const int ACL_ERROR_RT_CAPTURE_DEPENDENCY = 107024;
static const int ACL_ERROR_RT_STREAM_UNJOINED = 107025;     /* captured stream not joined back */
static const int ACL_ERROR_RT_MODEL_CAPTURED = 107026;      /* model is in capture */
static const int ACL_ERROR_RT_STREAM_CAPTURED = 107027;     /* stream is in capture */
static const int ACL_ERROR_RT_EVENT_CAPTURED = 107028;      /* event is in capture */
static const int ACL_ERROR_RT_STREAM_NOT_CAPTURED = 107029; /* stream is not in capture */
/* call not allowed in this capture mode */
static const int ACL_ERROR_RT_CAPTURE_MODE_NOT_SUPPORT = 107030;
/* default stream used during capture */
static const int ACL_ERROR_RT_STREAM_CAPTURE_IMPLICIT = 107031;
static const int ACL_ERROR_STREAM_CAPTURE_CONFLICT = 107032;  /* captures are in conflict */
static const int ACL_ERROR_STREAM_TASK_GROUP_STATUS = 107033; /* task group in the wrong state */
static const int ACL_ERROR_STREAM_TASK_GROUP_INTR = 107034;   /* task group broken off */
static const int ACL_ERROR_RT_TASK_ABORT_STOP = 107035;       /* task stopped by an abort */
/* capture begin and end do not pair */
static const int ACL_ERROR_RT_STREAM_CAPTURE_UNMATCHED = 107036;
static const int ACL_ERROR_RT_MODEL_RUNNING = 107037; /* model is running */
/* capture ended in another thread */
static const int ACL_ERROR_RT_STREAM_CAPTURE_WRONG_THREAD = 107038;
static const int ACL_ERROR_RT_INSUFFICIENT_INPUT_ARRAY = 107039; /* array given is too small */
static const int ACL_ERROR_RT_MODEL_UPDATE_FAILED = 107040;      /* model update failed */
/* asynchronous call blocked by the capture mode */
static const int ACL_ERROR_RT_CAPTURE_MODE_BLOCK_ASYNC = 107041;
static const int ACL_ERROR_RT_SYMBOL_NOT_FOUND = 107042;          /* symbol not found */
static const int ACL_ERROR_RT_INVALID_SYMBOL = 107043;            /* symbol wrong */
static const int ACL_ERROR_RT_INVALID_DEVICE_FUNCTION = 107044;   /* device function wrong */
static const int ACL_ERROR_RT_SUB_ACLGRAPH_IS_CAPTURING = 107045; /* sub-graph is in capture */
static const int ACL_ERROR_RT_FEATURE_NOT_SUPPORT = 207000;       /* feature not available */
static const int ACL_ERROR_RT_MEMORY_ALLOCATION = 207001;         /* memory request failed */
static const int ACL_ERROR_RT_MEMORY_FREE = 207002;               /* memory could not be freed */
static const int ACL_ERROR_RT_AICORE_OVER_FLOW = 207003;    /* arithmetic overflow on an AI core */
static const int ACL_ERROR_RT_NO_DEVICE = 207004;           /* no device usable */
static const int ACL_ERROR_RT_RESOURCE_ALLOC_FAIL = 207005; /* resource could not be obtained */
static const int ACL_ERROR_RT_NO_PERMISSION = 207006;       /* not permitted */
static const int ACL_ERROR_RT_NO_EVENT_RESOURCE = 207007;   /* no event left */
static const int ACL_ERROR_RT_NO_STREAM_RESOURCE = 207008;  /* no stream left */
static const int ACL_ERROR_RT_NO_NOTIFY_RESOURCE = 207009;  /* no notify left */
static const int ACL_ERROR_RT_NO_MODEL_RESOURCE = 207010;   /* no model slot left */
static const int ACL_ERROR_RT_NO_CDQ_RESOURCE = 207011;     /* no CDQ queue left */
static const int ACL_ERROR_RT_OVER_LIMIT = 207012;          /* count above the limit */
static const int ACL_ERROR_RT_QUEUE_EMPTY = 207013;         /* queue holds nothing */
static const int ACL_ERROR_RT_QUEUE_FULL = 207014;          /* queue has no room */
static const int ACL_ERROR_RT_REPEATED_INIT = 207015;       /* initialised twice */
static const int ACL_ERROR_RT_AIVEC_OVER_FLOW = 207016; /* arithmetic overflow on a vector core */
static const int ACL_ERROR_RT_OVER_FLOW = 207017;       /* arithmetic overflow */
static const int ACL_ERROR_RT_DEVICE_OOM = 207018;      /* device memory used up */
/* operator update not available */
static const int ACL_ERROR_RT_FEATURE_NOT_SUPPORT_UPDATE_OP = 207019;
static const int ACL_ERROR_RT_TIMEOUT = 207020;                 /* ran out of time */
static const int ACL_ERROR_RT_LINK_TYPE_NOT_SUPPORTED = 207021; /* link kind not handled */
static const int ACL_ERROR_RT_INTERNAL_ERROR = 507000;          /* internal fault */
static const int ACL_ERROR_RT_TS_ERROR = 507001;                /* task scheduler fault */
static const int ACL_ERROR_RT_STREAM_TASK_FULL = 507002;    /* stream has no room for more tasks */
static const int ACL_ERROR_RT_STREAM_TASK_EMPTY = 507003;   /* stream holds no task */
static const int ACL_ERROR_RT_STREAM_NOT_COMPLETE = 507004; /* stream has not finished */
static const int ACL_ERROR_RT_END_OF_SEQUENCE = 507005;     /* end of data reached */
static const int ACL_ERROR_RT_EVENT_NOT_COMPLETE = 507006;  /* event has not happened yet */
static const int ACL_ERROR_RT_CONTEXT_RELEASE_ERROR = 507007; /* context could not be released */
static const int ACL_ERROR_RT_SOC_VERSION = 507008;           /* chip version unknown or wrong */
static const int ACL_ERROR_RT_TASK_TYPE_NOT_SUPPORT = 507009; /* task kind not handled */
static const int ACL_ERROR_RT_LOST_HEARTBEAT = 507010;        /* device stopped answering */
static const int ACL_ERROR_RT_MODEL_EXECUTE = 507011;         /* model run failed */
static const int ACL_ERROR_RT_REPORT_TIMEOUT = 507012;        /* no report within the time limit */
static const int ACL_ERROR_RT_SYS_DMA = 507013;               /* system DMA fault */
static const int ACL_ERROR_RT_AICORE_TIMEOUT = 507014;        /* AI core ran out of time */
static const int ACL_ERROR_RT_AICORE_EXCEPTION = 507015;      /* AI core fault */
static const int ACL_ERROR_RT_AICORE_TRAP_EXCEPTION = 507016; /* AI core trap */
static const int ACL_ERROR_RT_AICPU_TIMEOUT = 507017;         /* AI CPU ran out of time */
static const int ACL_ERROR_RT_AICPU_EXCEPTION = 507018;       /* AI CPU fault */
/* AI CPU gave no good answer to a data dump */
static const int ACL_ERROR_RT_AICPU_DATADUMP_RSP_ERR = 507019;
/* AI CPU gave no good answer to a model call */
static const int ACL_ERROR_RT_AICPU_MODEL_RSP_ERR = 507020;
static const int ACL_ERROR_RT_PROFILING_ERROR = 507021;      /* profiling fault */
static const int ACL_ERROR_RT_IPC_ERROR = 507022;            /* inter-process communication fault */
static const int ACL_ERROR_RT_MODEL_ABORT_NORMAL = 507023;   /* model stopped on request */
static const int ACL_ERROR_RT_KERNEL_UNREGISTERING = 507024; /* kernel is being unregistered */
static const int ACL_ERROR_RT_RINGBUFFER_NOT_INIT = 507025;  /* ring buffer not set up */
static const int ACL_ERROR_RT_RINGBUFFER_NO_DATA = 507026;   /* ring buffer holds nothing */
static const int ACL_ERROR_RT_KERNEL_LOOKUP = 507027;        /* kernel not found */
static const int ACL_ERROR_RT_KERNEL_DUPLICATE = 507028;     /* kernel registered twice */
static const int ACL_ERROR_RT_DEBUG_REGISTER_FAIL = 507029;  /* debug registration failed */
static const int ACL_ERROR_RT_DEBUG_UNREGISTER_FAIL = 507030; /* debug deregistration failed */
static const int ACL_ERROR_RT_LABEL_CONTEXT = 507031;         /* label belongs to another context */
static const int ACL_ERROR_RT_PROGRAM_USE_OUT = 507032;       /* program slots used up */
static const int ACL_ERROR_RT_DEV_SETUP_ERROR = 507033;       /* device could not be started */
static const int ACL_ERROR_RT_VECTOR_CORE_TIMEOUT = 507034;   /* vector core ran out of time */
static const int ACL_ERROR_RT_VECTOR_CORE_EXCEPTION = 507035; /* vector core fault */
static const int ACL_ERROR_RT_VECTOR_CORE_TRAP_EXCEPTION = 507036; /* vector core trap */
static const int ACL_ERROR_RT_CDQ_BATCH_ABNORMAL = 507037;         /* CDQ batch fault */
static const int ACL_ERROR_RT_DIE_MODE_CHANGE_ERROR = 507038; /* die mode could not be changed */
static const int ACL_ERROR_RT_DIE_SET_ERROR = 507039;         /* die could not be set */
static const int ACL_ERROR_RT_INVALID_DIEID = 507040;         /* die number wrong */
static const int ACL_ERROR_RT_DIE_MODE_NOT_SET = 507041;      /* die mode not set */
/* AI core read outside its memory */
static const int ACL_ERROR_RT_AICORE_TRAP_READ_OVERFLOW = 507042;
/* AI core wrote outside its memory */
static const int ACL_ERROR_RT_AICORE_TRAP_WRITE_OVERFLOW = 507043;
/* vector core read outside its memory */
static const int ACL_ERROR_RT_VECTOR_CORE_TRAP_READ_OVERFLOW = 507044;
/* vector core wrote outside its memory */
static const int ACL_ERROR_RT_VECTOR_CORE_TRAP_WRITE_OVERFLOW = 507045;
/* waiting for a stream ran out of time */
static const int ACL_ERROR_RT_STREAM_SYNC_TIMEOUT = 507046;
/* waiting for an event ran out of time */
static const int ACL_ERROR_RT_EVENT_SYNC_TIMEOUT = 507047;
static const int ACL_ERROR_RT_FFTS_PLUS_TIMEOUT = 507048;        /* FFTS+ task ran out of time */
static const int ACL_ERROR_RT_FFTS_PLUS_EXCEPTION = 507049;      /* FFTS+ task fault */
static const int ACL_ERROR_RT_FFTS_PLUS_TRAP_EXCEPTION = 507050; /* FFTS+ task trap */
static const int ACL_ERROR_RT_SEND_MSG = 507051;                 /* message could not be sent */
static const int ACL_ERROR_RT_COPY_DATA = 507052;                /* data could not be copied */
/* device memory transfer fault (8.0.0 name of 507053) */
static const int ACL_ERROR_RT_DEVICE_MTE_ERROR = 507053;
/* device memory fault (later name of 507053) */
static const int ACL_ERROR_RT_DEVICE_MEM_ERROR = 507053;
/* memory error with several bad bits */
static const int ACL_ERROR_RT_HBM_MULTI_BIT_ECC_ERROR = 507054;
static const int ACL_ERROR_RT_SUSPECT_DEVICE_MEM_ERROR = 507055; /* suspected device memory fault */
static const int ACL_ERROR_RT_LINK_ERROR = 507056;               /* link fault */
static const int ACL_ERROR_RT_SUSPECT_REMOTE_ERROR = 507057; /* suspected fault on the other side */
static const int ACL_ERROR_RT_DRV_INTERNAL_ERROR = 507899;   /* driver fault */
static const int ACL_ERROR_RT_AICPU_INTERNAL_ERROR = 507900; /* AI CPU internal fault */
static const int ACL_ERROR_RT_SOCKET_CLOSE = 507901;         /* socket closed */
/* AI CPU gave no good answer to an information load */
static const int ACL_ERROR_RT_AICPU_INFO_LOAD_RSP_ERR = 507902;
static const int ACL_ERROR_RT_STREAM_CAPTURE_INVALIDATED = 507903; /* capture is no longer valid */
/* retry of a communication operator failed */
static const int ACL_ERROR_RT_COMM_OP_RETRY_FAIL = 507904;
static const int ACL_ERROR_SNAPSHOT_LOCK_TIMEOUT = 507905;   /* snapshot: lock ran out of time */
static const int ACL_ERROR_SNAPSHOT_LOCK_FAILED = 507906;    /* snapshot: lock failed */
static const int ACL_ERROR_SNAPSHOT_UNLOCK_FAILED = 507907;  /* snapshot: unlock failed */
static const int ACL_ERROR_SNAPSHOT_BACKUP_FAILED = 507908;  /* snapshot: saving failed */
static const int ACL_ERROR_SNAPSHOT_RESTORE_FAILED = 507909; /* snapshot: restoring failed */
/* host memory registered twice */
static const int ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED = 507910;
static const int ACL_ERROR_HOST_MEMORY_NOT_REGISTERED = 507911; /* host memory not registered */
static const int ACL_ERROR_SNAPSHOT_CALLBACK_FAILED = 507912;   /* snapshot: callback failed */
/* snapshot: callback could not be registered */
static const int ACL_ERROR_SNAPSHOT_REGISTER_CALLBACK_FAILED = 507913;
static const int ACL_ERROR_RT_L3_PORT_ERROR = 507914; /* level-3 port fault */
static const int ACL_ERROR_RT_CCU_TIMEOUT = 507915;   /* CCU ran out of time */
static const int ACL_ERROR_RT_CCU_EXCEPTION = 507916; /* CCU fault */

#endif
