// Open bundles by id (spec: model section 9).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/status.h"
#include "model/model.h"

namespace poacl::model {

// The bytes of a bundle and what keeps them.
struct BundleBytes {
  std::shared_ptr<const void> owner;
  const void* data = nullptr;
  size_t size = 0;
  std::string name;  // for sentences
};

// 145002 when the file cannot be opened.
Result<BundleBytes> open_bundle(const std::string& path);
// Copies: the caller may free its bytes at once.
BundleBytes copy_bundle(const void* data, size_t size);
// Valid only while the caller's bytes are.
BundleBytes borrow_bundle(const void* data, size_t size);

struct BundleSizes {
  size_t variables = 0;
  std::vector<Sizes> models;
};

// What its models need on this machine. 100000 for bytes that are no bundle; otherwise the codes of
// query_size_file.
Result<BundleSizes> query_bundle(const BundleBytes& bytes, int workers);

// Ids are those of models: unique among both, never used twice. Any thread.

// Loads every model; none when one fails.
Result<uint32_t> load_bundle(BundleBytes bytes, const LoadOptions& options);
// Loads none. `variables`: memory of the caller for what the models share, or null; too small:
// 145000.
Result<uint32_t> open_bundle(BundleBytes bytes, const void* variables, size_t variable_size);
// Loads a model of a bundle that open_bundle() gave.
Result<uint32_t> load_of_bundle(uint32_t bundle, size_t index, const LoadOptions& options);
// 100000 when the model is none of the bundle's.
Status unload_of_bundle(uint32_t bundle, uint32_t id);
// With every model of it.
Status unload_bundle(uint32_t bundle);

Result<size_t> bundle_count(uint32_t bundle);
// 100000 for a wrong index, 200001 when models are loaded one by one.
Result<uint32_t> bundle_model(uint32_t bundle, size_t index);

// 100000 when the id is a bundle's or that of a model in one, which only the calls above unload.
Status check_not_bundled(uint32_t id);

}  // namespace poacl::model
