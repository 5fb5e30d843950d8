/* The whole interface: initialisation, and every family. */
#ifndef ACL_ACL_H_
#define ACL_ACL_H_

#include "acl/acl_base.h"
#include "acl/acl_mdl.h"
#include "acl/acl_rt.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Version of this interface. */
#define ACL_MAJOR_VERSION 1
#define ACL_MINOR_VERSION 10
#define ACL_PATCH_VERSION 0

/** Start the library; the path names a JSON configuration file and may be NULL. */
ACL_FUNC_VISIBILITY aclError aclInit(const char* configPath);

/** Shut the library down; loaded models and devices are released. */
ACL_FUNC_VISIBILITY aclError aclFinalize(void);

/** Version of this interface. */
ACL_FUNC_VISIBILITY aclError aclrtGetVersion(int32_t* majorVersion, int32_t* minorVersion,
                                             int32_t* patchVersion);

/** Sentence of the newest error of this thread, which is then cleared; NULL when there is none. */
ACL_FUNC_VISIBILITY const char* aclGetRecentErrMsg(void);

#ifdef __cplusplus
}
#endif

#endif
