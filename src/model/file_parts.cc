#include "model/file_parts.h"

#include "base/mapped_file.h"
#include "om/om_container.h"

namespace poacl::model {
namespace {

size_t partition_size(const om::Container& container, uint32_t type) {
  const om::Partition* partition = container.find(type);
  return partition == nullptr ? 0 : partition->size;
}

}  // namespace

Result<FileParts> query_parts(const std::string& path, int workers) {
  FileParts parts;
  POACL_ASSIGN_OR_RETURN(parts.memory, query_size_file(path, workers));
  POACL_ASSIGN_OR_RETURN(const auto file, MappedFile::open(path));
  POACL_ASSIGN_OR_RETURN(
      const om::Container container,
      om::parse_container(static_cast<const std::byte*>(file->data()), file->size(), path));
  parts.graph = partition_size(container, om::kModelDef);
  parts.packed = partition_size(container, om::kTaskInfo);
  return parts;
}

}  // namespace poacl::model
