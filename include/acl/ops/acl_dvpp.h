/* Pictures and video, version 1. */
#ifndef ACL_OPS_ACL_DVPP_H_
#define ACL_OPS_ACL_DVPP_H_

#include <stddef.h>
#include <stdint.h>

#include "acl/acl.h"
#include "acl/acl_base.h"
#include "acl/ops/acl_dvpp_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Allocate device memory for pictures. */
ACL_FUNC_VISIBILITY aclError acldvppMalloc(void** devPtr, size_t size);

/** Allocate device memory for pictures with attributes; an empty dict for none. */
ACL_FUNC_VISIBILITY aclError acldvppMallocWithCfg(void** devPtr, size_t size,
                                                  aclrtMemMallocPolicy policy,
                                                  aclrtMallocConfig* cfg);

/** Free memory from acldvppMalloc. */
ACL_FUNC_VISIBILITY aclError acldvppFree(void* devPtr);

/** Open the channel that a description describes. */
ACL_FUNC_VISIBILITY aclError acldvppCreateChannel(acldvppChannelDesc* channelDesc);

/** Close a channel; work that is queued still runs. */
ACL_FUNC_VISIBILITY aclError acldvppDestroyChannel(acldvppChannelDesc* channelDesc);

/** Create the description of a channel. */
ACL_FUNC_VISIBILITY acldvppChannelDesc* acldvppCreateChannelDesc(void);

/** Destroy the description of a channel. */
ACL_FUNC_VISIBILITY aclError acldvppDestroyChannelDesc(acldvppChannelDesc* channelDesc);

/** Number of an open channel; 0 for none. */
ACL_FUNC_VISIBILITY uint64_t acldvppGetChannelDescChannelId(const acldvppChannelDesc* channelDesc);

/** Choose what a channel is for (acldvppChannelMode, several added up), before it is opened. */
ACL_FUNC_VISIBILITY aclError acldvppSetChannelDescMode(acldvppChannelDesc* channelDesc,
                                                       uint32_t mode);

/** Set a parameter of a channel (acldvppChannelDescParamType). */
ACL_FUNC_VISIBILITY aclError acldvppSetChannelDescParam(acldvppChannelDesc* channelDesc,
                                                        acldvppChannelDescParamType paramType,
                                                        size_t length, const void* param);

/** Read a parameter of a channel and its size in bytes. */
ACL_FUNC_VISIBILITY aclError acldvppGetChannelDescParam(const acldvppChannelDesc* channelDesc,
                                                        acldvppChannelDescParamType paramType,
                                                        size_t length, size_t* paramRetSize,
                                                        void* param);

/** Create an empty description of a picture. */
ACL_FUNC_VISIBILITY acldvppPicDesc* acldvppCreatePicDesc(void);

/** Destroy the description of a picture, not its memory. */
ACL_FUNC_VISIBILITY aclError acldvppDestroyPicDesc(acldvppPicDesc* picDesc);

/** Set a picture's memory. */
ACL_FUNC_VISIBILITY aclError acldvppSetPicDescData(acldvppPicDesc* picDesc, void* dataDev);

/** Set a picture's bytes. */
ACL_FUNC_VISIBILITY aclError acldvppSetPicDescSize(acldvppPicDesc* picDesc, uint32_t size);

/** Set a picture's format (acldvppPixelFormat). */
ACL_FUNC_VISIBILITY aclError acldvppSetPicDescFormat(acldvppPicDesc* picDesc,
                                                     acldvppPixelFormat format);

/** Set a picture's width in pixels. */
ACL_FUNC_VISIBILITY aclError acldvppSetPicDescWidth(acldvppPicDesc* picDesc, uint32_t width);

/** Set a picture's height in pixels. */
ACL_FUNC_VISIBILITY aclError acldvppSetPicDescHeight(acldvppPicDesc* picDesc, uint32_t height);

/** Set a picture's bytes from row to row. */
ACL_FUNC_VISIBILITY aclError acldvppSetPicDescWidthStride(acldvppPicDesc* picDesc,
                                                          uint32_t widthStride);

/** Set a picture's rows in memory. */
ACL_FUNC_VISIBILITY aclError acldvppSetPicDescHeightStride(acldvppPicDesc* picDesc,
                                                           uint32_t heightStride);

/** Set a picture's result code. */
ACL_FUNC_VISIBILITY aclError acldvppSetPicDescRetCode(acldvppPicDesc* picDesc, uint32_t retCode);

/** A picture's memory; NULL for a wrong handle. */
ACL_FUNC_VISIBILITY void* acldvppGetPicDescData(const acldvppPicDesc* picDesc);

/** A picture's bytes; 0 for a wrong handle. */
ACL_FUNC_VISIBILITY uint32_t acldvppGetPicDescSize(const acldvppPicDesc* picDesc);

/** A picture's format (acldvppPixelFormat); PIXEL_FORMAT_UNKNOWN for a wrong handle. */
ACL_FUNC_VISIBILITY acldvppPixelFormat acldvppGetPicDescFormat(const acldvppPicDesc* picDesc);

/** A picture's width in pixels; 0 for a wrong handle. */
ACL_FUNC_VISIBILITY uint32_t acldvppGetPicDescWidth(const acldvppPicDesc* picDesc);

/** A picture's height in pixels; 0 for a wrong handle. */
ACL_FUNC_VISIBILITY uint32_t acldvppGetPicDescHeight(const acldvppPicDesc* picDesc);

/** A picture's bytes from row to row; 0 for a wrong handle. */
ACL_FUNC_VISIBILITY uint32_t acldvppGetPicDescWidthStride(const acldvppPicDesc* picDesc);

/** A picture's rows in memory; 0 for a wrong handle. */
ACL_FUNC_VISIBILITY uint32_t acldvppGetPicDescHeightStride(const acldvppPicDesc* picDesc);

/** How the last task on the picture ended, 0 for well. */
ACL_FUNC_VISIBILITY uint32_t acldvppGetPicDescRetCode(const acldvppPicDesc* picDesc);

/** Create a batch of picture descriptions, NULL for a size of 0 or one that is too large. */
ACL_FUNC_VISIBILITY acldvppBatchPicDesc* acldvppCreateBatchPicDesc(uint32_t batchSize);

/** Destroy a batch and the picture descriptions in it. */
ACL_FUNC_VISIBILITY aclError acldvppDestroyBatchPicDesc(acldvppBatchPicDesc* batchPicDesc);

/** One picture description of a batch, which owns it; NULL for a wrong index. */
ACL_FUNC_VISIBILITY acldvppPicDesc* acldvppGetPicDesc(acldvppBatchPicDesc* batchPicDesc,
                                                      uint32_t index);

/** Create a histogram: three components of 256 counts. */
ACL_FUNC_VISIBILITY acldvppHist* acldvppCreateHist(void);

/** Destroy a histogram. */
ACL_FUNC_VISIBILITY aclError acldvppDestroyHist(acldvppHist* hist);

/** Number of components. */
ACL_FUNC_VISIBILITY uint32_t acldvppGetHistDims(acldvppHist* hist);

/** Counts of a component and how many there are. */
ACL_FUNC_VISIBILITY aclError acldvppGetHistData(acldvppHist* hist, uint32_t dim, uint32_t** data,
                                                uint16_t* len);

/** How the last task that filled the histogram ended, 0 for well. */
ACL_FUNC_VISIBILITY uint32_t acldvppGetHistRetCode(acldvppHist* hist);

/** Set all counts to 0. */
ACL_FUNC_VISIBILITY aclError acldvppClearHist(acldvppHist* hist);

/** Create a table that maps every value of three components, at first to itself. */
ACL_FUNC_VISIBILITY acldvppLutMap* acldvppCreateLutMap(void);

/** Destroy a table of values. */
ACL_FUNC_VISIBILITY aclError acldvppDestroyLutMap(acldvppLutMap* lutMap);

/** Number of components. */
ACL_FUNC_VISIBILITY uint32_t acldvppGetLutMapDims(const acldvppLutMap* lutMap);

/** Table of a component, to be written by the caller, and how many bytes it has. */
ACL_FUNC_VISIBILITY aclError acldvppGetLutMapData(const acldvppLutMap* lutMap, uint32_t dim,
                                                  uint8_t** data, uint32_t* len);

/** Create the description of a border: constant, of width and value 0. */
ACL_FUNC_VISIBILITY acldvppBorderConfig* acldvppCreateBorderConfig(void);

/** Destroy the description of a border. */
ACL_FUNC_VISIBILITY aclError acldvppDestroyBorderConfig(acldvppBorderConfig* borderConfig);

/** Set the value of one component of a constant border. */
ACL_FUNC_VISIBILITY aclError acldvppSetBorderConfigValue(acldvppBorderConfig* borderConfig,
                                                         uint32_t index, double value);

/** Value of one component of a constant border; 0 for a wrong index. */
ACL_FUNC_VISIBILITY double acldvppGetBorderConfigValue(const acldvppBorderConfig* borderConfig,
                                                       uint32_t index);

/** Set how a border is filled (acldvppBorderType). */
ACL_FUNC_VISIBILITY aclError acldvppSetBorderConfigBorderType(acldvppBorderConfig* borderConfig,
                                                              acldvppBorderType borderType);

/** How a border is filled. */
ACL_FUNC_VISIBILITY acldvppBorderType
acldvppGetBorderConfigBorderType(const acldvppBorderConfig* borderConfig);

/** Set how many rows the border has above the picture. */
ACL_FUNC_VISIBILITY aclError acldvppSetBorderConfigTop(acldvppBorderConfig* borderConfig,
                                                       uint32_t top);

/** How many rows the border has above the picture. */
ACL_FUNC_VISIBILITY uint32_t acldvppGetBorderConfigTop(const acldvppBorderConfig* borderConfig);

/** Set how many rows the border has below the picture. */
ACL_FUNC_VISIBILITY aclError acldvppSetBorderConfigBottom(acldvppBorderConfig* borderConfig,
                                                          uint32_t bottom);

/** How many rows the border has below the picture. */
ACL_FUNC_VISIBILITY uint32_t acldvppGetBorderConfigBottom(const acldvppBorderConfig* borderConfig);

/** Set how many columns the border has to the left of the picture. */
ACL_FUNC_VISIBILITY aclError acldvppSetBorderConfigLeft(acldvppBorderConfig* borderConfig,
                                                        uint32_t left);

/** How many columns the border has to the left of the picture. */
ACL_FUNC_VISIBILITY uint32_t acldvppGetBorderConfigLeft(const acldvppBorderConfig* borderConfig);

/** Set how many columns the border has to the right of the picture. */
ACL_FUNC_VISIBILITY aclError acldvppSetBorderConfigRight(acldvppBorderConfig* borderConfig,
                                                         uint32_t right);

/** How many columns the border has to the right of the picture. */
ACL_FUNC_VISIBILITY uint32_t acldvppGetBorderConfigRight(const acldvppBorderConfig* borderConfig);

/** Decode a PNG picture on a stream. */
ACL_FUNC_VISIBILITY aclError acldvppPngDecodeAsync(acldvppChannelDesc* channelDesc,
                                                   const void* data, uint32_t size,
                                                   acldvppPicDesc* outputDesc, aclrtStream stream);

/** Decode a JPEG picture on a stream. */
ACL_FUNC_VISIBILITY aclError acldvppJpegDecodeAsync(acldvppChannelDesc* channelDesc,
                                                    const void* data, uint32_t size,
                                                    acldvppPicDesc* outputDesc, aclrtStream stream);

/** Width, height and components of a PNG picture in host memory. */
ACL_FUNC_VISIBILITY aclError acldvppPngGetImageInfo(const void* data, uint32_t dataSize,
                                                    uint32_t* width, uint32_t* height,
                                                    int32_t* components);

/** Bytes that decoding a PNG picture into a format needs. */
ACL_FUNC_VISIBILITY aclError acldvppPngPredictDecSize(const void* data, uint32_t dataSize,
                                                      acldvppPixelFormat outputPixelFormat,
                                                      uint32_t* decSize);

/** Bytes that decoding a JPEG picture into a format needs. */
ACL_FUNC_VISIBILITY aclError acldvppJpegPredictDecSize(const void* data, uint32_t dataSize,
                                                       acldvppPixelFormat outputPixelFormat,
                                                       uint32_t* decSize);

/** Width, height and components of a JPEG picture in host memory. */
ACL_FUNC_VISIBILITY aclError acldvppJpegGetImageInfo(const void* data, uint32_t size,
                                                     uint32_t* width, uint32_t* height,
                                                     int32_t* components);

/** The same, and its chroma sampling (acldvppJpegFormat). */
ACL_FUNC_VISIBILITY aclError acldvppJpegGetImageInfoV2(const void* data, uint32_t size,
                                                       uint32_t* width, uint32_t* height,
                                                       int32_t* components,
                                                       acldvppJpegFormat* format);

/** Encode a picture as JPEG on a stream; size tells the room and is told the result. */
ACL_FUNC_VISIBILITY aclError acldvppJpegEncodeAsync(acldvppChannelDesc* channelDesc,
                                                    acldvppPicDesc* inputDesc, const void* data,
                                                    uint32_t* size, acldvppJpegeConfig* config,
                                                    aclrtStream stream);

/** Bytes that encoding a picture needs at most. */
ACL_FUNC_VISIBILITY aclError acldvppJpegPredictEncSize(const acldvppPicDesc* inputDesc,
                                                       const acldvppJpegeConfig* config,
                                                       uint32_t* size);

/** Create settings for JPEG encoding, of level 100. */
ACL_FUNC_VISIBILITY acldvppJpegeConfig* acldvppCreateJpegeConfig(void);

/** Destroy settings for JPEG encoding. */
ACL_FUNC_VISIBILITY aclError acldvppDestroyJpegeConfig(acldvppJpegeConfig* jpegeConfig);

/** Set the quality, 1 (worst) to 100; 0 is as good as 100. */
ACL_FUNC_VISIBILITY aclError acldvppSetJpegeConfigLevel(acldvppJpegeConfig* jpegeConfig,
                                                        uint32_t level);

/** The quality. */
ACL_FUNC_VISIBILITY uint32_t acldvppGetJpegeConfigLevel(const acldvppJpegeConfig* jpegeConfig);

/** Resize a picture to the size of another. */
ACL_FUNC_VISIBILITY aclError acldvppVpcResizeAsync(acldvppChannelDesc* channelDesc,
                                                   acldvppPicDesc* inputDesc,
                                                   acldvppPicDesc* outputDesc,
                                                   acldvppResizeConfig* resizeConfig,
                                                   aclrtStream stream);

/** Cut an area out of a picture; scaled when the output has another size. */
ACL_FUNC_VISIBILITY aclError acldvppVpcCropAsync(acldvppChannelDesc* channelDesc,
                                                 acldvppPicDesc* inputDesc,
                                                 acldvppPicDesc* outputDesc,
                                                 acldvppRoiConfig* cropArea, aclrtStream stream);

/** Cut areas out of pictures of a batch. */
ACL_FUNC_VISIBILITY aclError acldvppVpcBatchCropAsync(acldvppChannelDesc* channelDesc,
                                                      acldvppBatchPicDesc* srcBatchPicDescs,
                                                      uint32_t* roiNums, uint32_t size,
                                                      acldvppBatchPicDesc* dstBatchPicDescs,
                                                      acldvppRoiConfig* cropAreas[],
                                                      aclrtStream stream);

/** Cut an area out of a picture and put it, scaled, into an area of another. */
ACL_FUNC_VISIBILITY aclError acldvppVpcCropAndPasteAsync(
    acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc, acldvppPicDesc* outputDesc,
    acldvppRoiConfig* cropArea, acldvppRoiConfig* pasteArea, aclrtStream stream);

/** The same with the pictures of a batch. */
ACL_FUNC_VISIBILITY aclError acldvppVpcBatchCropAndPasteAsync(
    acldvppChannelDesc* channelDesc, acldvppBatchPicDesc* srcBatchPicDescs, uint32_t* roiNums,
    uint32_t size, acldvppBatchPicDesc* dstBatchPicDescs, acldvppRoiConfig* cropAreas[],
    acldvppRoiConfig* pasteAreas[], aclrtStream stream);

/** Convert a picture to the format of another of the same size. */
ACL_FUNC_VISIBILITY aclError acldvppVpcConvertColorAsync(acldvppChannelDesc* channelDesc,
                                                         acldvppPicDesc* inputDesc,
                                                         acldvppPicDesc* outputDesc,
                                                         aclrtStream stream);

/** Smooth a picture and halve its size. */
ACL_FUNC_VISIBILITY aclError acldvppVpcPyrDownAsync(acldvppChannelDesc* channelDesc,
                                                    acldvppPicDesc* inputDesc,
                                                    acldvppPicDesc* outputDesc, void* reserve,
                                                    aclrtStream stream);

/** Replace every value of a picture by that of a table. */
ACL_FUNC_VISIBILITY aclError acldvppVpcEqualizeHistAsync(const acldvppChannelDesc* channelDesc,
                                                         const acldvppPicDesc* inputDesc,
                                                         acldvppPicDesc* outputDesc,
                                                         const acldvppLutMap* lutMap,
                                                         aclrtStream stream);

/** Put a border around a picture. */
ACL_FUNC_VISIBILITY aclError acldvppVpcMakeBorderAsync(const acldvppChannelDesc* channelDesc,
                                                       const acldvppPicDesc* inputDesc,
                                                       acldvppPicDesc* outputDesc,
                                                       const acldvppBorderConfig* borderConfig,
                                                       aclrtStream stream);

/** Count the values of every component of a picture. */
ACL_FUNC_VISIBILITY aclError acldvppVpcCalcHistAsync(acldvppChannelDesc* channelDesc,
                                                     acldvppPicDesc* srcPicDesc, acldvppHist* hist,
                                                     void* reserve, aclrtStream stream);

/** Create an area; its bounds belong to it. */
ACL_FUNC_VISIBILITY acldvppRoiConfig* acldvppCreateRoiConfig(uint32_t left, uint32_t right,
                                                             uint32_t top, uint32_t bottom);

/** Destroy an area. */
ACL_FUNC_VISIBILITY aclError acldvppDestroyRoiConfig(acldvppRoiConfig* roiConfig);

/** Set the bounds of an area, which belong to it. */
ACL_FUNC_VISIBILITY aclError acldvppSetRoiConfig(acldvppRoiConfig* config, uint32_t left,
                                                 uint32_t right, uint32_t top, uint32_t bottom);

/** Set the first column of an area. */
ACL_FUNC_VISIBILITY aclError acldvppSetRoiConfigLeft(acldvppRoiConfig* config, uint32_t left);

/** Set the last column of an area. */
ACL_FUNC_VISIBILITY aclError acldvppSetRoiConfigRight(acldvppRoiConfig* config, uint32_t right);

/** Set the first row of an area. */
ACL_FUNC_VISIBILITY aclError acldvppSetRoiConfigTop(acldvppRoiConfig* config, uint32_t top);

/** Set the last row of an area. */
ACL_FUNC_VISIBILITY aclError acldvppSetRoiConfigBottom(acldvppRoiConfig* config, uint32_t bottom);

/** Create settings for resizing, of interpolation 0. */
ACL_FUNC_VISIBILITY acldvppResizeConfig* acldvppCreateResizeConfig(void);

/** Destroy settings for resizing. */
ACL_FUNC_VISIBILITY aclError acldvppDestroyResizeConfig(acldvppResizeConfig* resizeConfig);

/** Set the interpolation: 0 default, 1 bilinear, 2 nearest, 3 and 4 the same as TensorFlow does it.
 */
ACL_FUNC_VISIBILITY aclError acldvppSetResizeConfigInterpolation(acldvppResizeConfig* resizeConfig,
                                                                 uint32_t interpolation);

/** The interpolation. */
ACL_FUNC_VISIBILITY uint32_t
acldvppGetResizeConfigInterpolation(const acldvppResizeConfig* resizeConfig);

/** Cut an area out of a picture and scale it with a chosen interpolation. */
ACL_FUNC_VISIBILITY aclError acldvppVpcCropResizeAsync(
    acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc, acldvppPicDesc* outputDesc,
    acldvppRoiConfig* cropArea, acldvppResizeConfig* resizeConfig, aclrtStream stream);

/** The same with the pictures of a batch. */
ACL_FUNC_VISIBILITY aclError acldvppVpcBatchCropResizeAsync(
    acldvppChannelDesc* channelDesc, acldvppBatchPicDesc* srcBatchPicDescs, uint32_t* roiNums,
    uint32_t size, acldvppBatchPicDesc* dstBatchPicDescs, acldvppRoiConfig* cropAreas[],
    acldvppResizeConfig* resizeConfig, aclrtStream stream);

/** Cut an area out of a picture, scale it and put it into an area of another. */
ACL_FUNC_VISIBILITY aclError acldvppVpcCropResizePasteAsync(
    acldvppChannelDesc* channelDesc, acldvppPicDesc* inputDesc, acldvppPicDesc* outputDesc,
    acldvppRoiConfig* cropArea, acldvppRoiConfig* pasteArea, acldvppResizeConfig* resizeConfig,
    aclrtStream stream);

/** The same with the pictures of a batch. */
ACL_FUNC_VISIBILITY aclError acldvppVpcBatchCropResizePasteAsync(
    acldvppChannelDesc* channelDesc, acldvppBatchPicDesc* srcBatchPicDescs, uint32_t* roiNums,
    uint32_t size, acldvppBatchPicDesc* dstBatchPicDescs, acldvppRoiConfig* cropAreas[],
    acldvppRoiConfig* pasteAreas[], acldvppResizeConfig* resizeConfig, aclrtStream stream);

/** Cut areas out of the pictures of a batch, scale them and put borders around them. */
ACL_FUNC_VISIBILITY aclError acldvppVpcBatchCropResizeMakeBorderAsync(
    acldvppChannelDesc* channelDesc, acldvppBatchPicDesc* srcBatchPicDescs, uint32_t* roiNums,
    uint32_t size, acldvppBatchPicDesc* dstBatchPicDescs, acldvppRoiConfig* cropAreas[],
    acldvppBorderConfig* borderCfgs[], acldvppResizeConfig* resizeConfig, aclrtStream stream);

#ifdef __cplusplus
}
#endif

#endif
