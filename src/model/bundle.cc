#include "model/bundle.h"

#include <algorithm>
#include <mutex>

#include <fmt/format.h>

#include "acl/acl_base.h"
#include "base/fork_locks.h"
#include "base/mapped_file.h"
#include "om/om_bundle.h"

namespace poacl::model {
namespace {

struct OpenBundle {
  BundleBytes bytes;
  om::Bundle parts;
  bool one_by_one = false;
  std::vector<uint32_t> loaded;
};

struct Bundles {
  ForkSafeMutex mutex;
  std::unordered_map<uint32_t, std::shared_ptr<OpenBundle>> by_id;
};

Bundles& bundles() {
  static auto* const all = new Bundles;
  return *all;
}
// Made while the library is loaded: a child forked during a first use would wait for ever.
[[maybe_unused]] const Bundles& bundles_made_early = bundles();

Status bad(std::string sentence) {
  return Status(ACL_ERROR_INVALID_PARAM, std::move(sentence));
}

// The mutex is held.
Result<std::shared_ptr<OpenBundle>> find(const Bundles& all, uint32_t id) {
  const auto it = all.by_id.find(id);
  if (it != all.by_id.end()) return it->second;
  return Status(ACL_ERROR_INVALID_BUNDLE_MODEL_ID,
                fmt::format("there is no bundle with id {}: {} are open", id, all.by_id.size()));
}

Result<om::Bundle> parse(const BundleBytes& bytes) {
  return om::parse_bundle(static_cast<const std::byte*>(bytes.data), bytes.size, bytes.name);
}

std::string part_name(const BundleBytes& bytes, size_t index) {
  return fmt::format("{}, model {}", bytes.name, index);
}

Result<uint32_t> load_part(const OpenBundle& bundle, size_t index, const LoadOptions& options) {
  const om::Bundle::Model& part = bundle.parts.models[index];
  return load_from_owned(bundle.bytes.owner, part.data, part.size, part_name(bundle.bytes, index),
                         options);
}

Status check_index(const OpenBundle& bundle, size_t index) {
  if (index < bundle.parts.models.size()) return {};
  return bad(fmt::format("index {} is out of range: the bundle has {} models", index,
                         bundle.parts.models.size()));
}

uint32_t enter(std::shared_ptr<OpenBundle> bundle) {
  const uint32_t id = next_model_id();
  std::lock_guard lock(bundles().mutex);
  bundles().by_id.emplace(id, std::move(bundle));
  return id;
}

}  // namespace

Result<BundleBytes> open_bundle(const std::string& path) {
  POACL_ASSIGN_OR_RETURN(const auto file, MappedFile::open(path));
  return BundleBytes{file, file->data(), file->size(), path};
}

BundleBytes copy_bundle(const void* data, size_t size) {
  auto copy = std::make_shared<ConstBuffer>(ConstBuffer::copy_of(data, size));
  const void* bytes = copy->data();
  return {std::move(copy), bytes, size, "bundle in memory"};
}

BundleBytes borrow_bundle(const void* data, size_t size) {
  return {nullptr, data, size, "bundle in memory"};
}

Result<BundleSizes> query_bundle(const BundleBytes& bytes, int workers) {
  POACL_ASSIGN_OR_RETURN(const om::Bundle parts, parse(bytes));
  BundleSizes sizes;
  sizes.variables = parts.variable_bytes;
  for (size_t i = 0; i < parts.models.size(); ++i) {
    auto one = query_size_memory(parts.models[i].data, parts.models[i].size, workers);
    if (!one.ok()) return one.status().with_context(part_name(bytes, i));
    sizes.models.push_back(*one);
  }
  return sizes;
}

Result<uint32_t> load_bundle(BundleBytes bytes, const LoadOptions& options) {
  auto bundle = std::make_shared<OpenBundle>();
  POACL_ASSIGN_OR_RETURN(bundle->parts, parse(bytes));
  bundle->bytes = std::move(bytes);
  for (size_t i = 0; i < bundle->parts.models.size(); ++i) {
    const auto id = load_part(*bundle, i, options);
    if (!id.ok()) {
      for (const uint32_t loaded : bundle->loaded) (void)unload(loaded);
      return id.status();
    }
    bundle->loaded.push_back(*id);
  }
  return enter(std::move(bundle));
}

Result<uint32_t> open_bundle(BundleBytes bytes, const void* variables, size_t variable_size) {
  auto bundle = std::make_shared<OpenBundle>();
  POACL_ASSIGN_OR_RETURN(bundle->parts, parse(bytes));
  if (variables != nullptr && variable_size < bundle->parts.variable_bytes) {
    return Status(ACL_ERROR_GE_PARAM_INVALID,
                  fmt::format("the memory for variables has {} bytes but the bundle needs {} "
                              "(aclmdlBundleGetVarWeightSize tells the size)",
                              variable_size, bundle->parts.variable_bytes));
  }
  bundle->bytes = std::move(bytes);
  bundle->one_by_one = true;
  return enter(std::move(bundle));
}

Result<uint32_t> load_of_bundle(uint32_t id, size_t index, const LoadOptions& options) {
  Bundles& all = bundles();
  std::shared_ptr<OpenBundle> bundle;
  {
    std::lock_guard lock(all.mutex);
    POACL_ASSIGN_OR_RETURN(bundle, find(all, id));
  }
  POACL_RETURN_IF_ERROR(check_index(*bundle, index));
  if (!bundle->one_by_one) {
    return bad(
        fmt::format("the models of bundle {} are loaded already: aclmdlBundleGetModelId "
                    "tells their ids",
                    id));
  }
  POACL_ASSIGN_OR_RETURN(const uint32_t model, load_part(*bundle, index, options));
  std::lock_guard lock(all.mutex);
  if (const Status open = find(all, id).status(); !open.ok()) {
    (void)unload(model);  // the bundle was closed meanwhile
    return open;
  }
  bundle->loaded.push_back(model);
  return model;
}

Status unload_of_bundle(uint32_t id, uint32_t model) {
  Bundles& all = bundles();
  {
    std::lock_guard lock(all.mutex);
    POACL_ASSIGN_OR_RETURN(const auto bundle, find(all, id));
    auto& loaded = bundle->loaded;
    const auto it = std::find(loaded.begin(), loaded.end(), model);
    if (it == loaded.end()) {
      return bad(fmt::format("model {} is none of bundle {}, which has {} loaded", model, id,
                             loaded.size()));
    }
    if (!bundle->one_by_one) {
      return bad(
          fmt::format("the models of bundle {} are unloaded together: call "
                      "aclmdlBundleUnload",
                      id));
    }
    loaded.erase(it);
  }
  return unload(model);
}

Status unload_bundle(uint32_t id) {
  Bundles& all = bundles();
  std::shared_ptr<OpenBundle> bundle;
  {
    std::lock_guard lock(all.mutex);
    POACL_ASSIGN_OR_RETURN(bundle, find(all, id));
    all.by_id.erase(id);
  }
  for (const uint32_t model : bundle->loaded) (void)unload(model);
  return {};
}

Result<size_t> bundle_count(uint32_t id) {
  Bundles& all = bundles();
  std::lock_guard lock(all.mutex);
  POACL_ASSIGN_OR_RETURN(const auto bundle, find(all, id));
  return bundle->parts.models.size();
}

Result<uint32_t> bundle_model(uint32_t id, size_t index) {
  Bundles& all = bundles();
  std::lock_guard lock(all.mutex);
  POACL_ASSIGN_OR_RETURN(const auto bundle, find(all, id));
  POACL_RETURN_IF_ERROR(check_index(*bundle, index));
  if (!bundle->one_by_one) return bundle->loaded[index];
  return Status(ACL_ERROR_API_NOT_SUPPORT,
                fmt::format("the models of bundle {} are loaded one by one: "
                            "aclmdlBundleLoadModel gives their ids",
                            id));
}

Status check_not_bundled(uint32_t id) {
  Bundles& all = bundles();
  std::lock_guard lock(all.mutex);
  for (const auto& [bundle_id, bundle] : all.by_id) {
    if (id == bundle_id) {
      return bad(fmt::format("{} is the id of a bundle: unload it with aclmdlBundleUnload", id));
    }
    const auto& loaded = bundle->loaded;
    if (std::find(loaded.begin(), loaded.end(), id) == loaded.end()) continue;
    return bad(fmt::format("model {} belongs to bundle {}: unload it with {}", id, bundle_id,
                           bundle->one_by_one ? "aclmdlBundleUnloadModel" : "aclmdlBundleUnload"));
  }
  return {};
}

}  // namespace poacl::model
