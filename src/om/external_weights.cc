#include "om/external_weights.h"

#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "base/mapped_file.h"
#include "om/atomic_file.h"
#include "om/graph_reader.h"
#include "om/om_attrs.h"
#include "om/om_codes.h"
#include "om/om_dtype.h"

namespace poacl::om {
namespace {

constexpr uint64_t kAlign = 64;
constexpr std::string_view kLocation = "location";
constexpr std::string_view kOffset = "offset";
constexpr std::string_view kLength = "length";

uint64_t hash_of(const ConstBuffer& bytes) {
  uint64_t hash = 0xcbf29ce484222325ull;
  for (size_t i = 0; i < bytes.size(); ++i) {
    hash = (hash ^ static_cast<uint64_t>(bytes.data()[i])) * 0x100000001b3ull;
  }
  return hash;
}

template <typename... Args>
Status broken(fmt::format_string<Args...> format, Args&&... args) {
  return Status(kParamInvalid, fmt::format(format, std::forward<Args>(args)...));
}

// A stranger's file may not name others outside the folder.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == name.npos &&
         name.find('\0') == name.npos;
}

ConstBuffer aligned(ConstBuffer bytes) {
  if (reinterpret_cast<uintptr_t>(bytes.data()) % kAlign == 0) return bytes;
  return ConstBuffer::copy_of(bytes.data(), bytes.size());
}

}  // namespace

ExternalOut::ExternalOut(WeightFiles files, const std::string& name)
    : mode_(files), combined_(name + "_weight_combined") {}

ExternalOut::Place ExternalOut::add(const ConstBuffer& bytes) {
  const ConstBuffer shared = pool_.share(bytes);
  const auto [it, fresh] = places_.try_emplace({shared.data(), shared.size()});
  if (!fresh) return it->second;
  std::string name = combined_;
  if (mode_ == WeightFiles::kEach) {
    // The size tells apart what has one hash but for chance.
    name = fmt::format("weight_{:016x}_{}", hash_of(shared), shared.size());
  }
  File& file = files_[name];
  const uint64_t offset = (file.size + kAlign - 1) / kAlign * kAlign;
  file.items.emplace_back(offset, shared);
  file.size = offset + shared.size();
  it->second = {std::move(name), offset};
  return it->second;
}

Status ExternalOut::write(const std::string& folder) const {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  static const char kZeros[kAlign] = {};
  for (const auto& [name, file] : files_) {
    const std::string path = folder + '/' + name;
    if (mode_ == WeightFiles::kEach && std::filesystem::file_size(path, error) == file.size) {
      continue;
    }
    std::vector<ByteRange> pieces;
    uint64_t end = 0;
    for (const auto& [offset, bytes] : file.items) {
      if (offset != end) pieces.push_back({kZeros, offset - end});
      pieces.push_back({bytes.data(), bytes.size()});
      end = offset + bytes.size();
    }
    POACL_RETURN_IF_ERROR(write_file_atomically(path, pieces));
  }
  return {};
}

void set_file_constant(const ExternalOut::Place& place, uint64_t bytes, OpDef* op) {
  op->set_type(std::string(kFileConstant));
  add_string(op->mutable_attr(), kLocation, place.file);
  add_int(op->mutable_attr(), kOffset, static_cast<int64_t>(place.offset));
  add_int(op->mutable_attr(), kLength, static_cast<int64_t>(bytes));
}

Result<Tensor> read_file_constant(const OpDef& op, const WeightOpener* open) {
  if (op.output_desc_size() != 1) return broken("it has {} outputs", op.output_desc_size());
  const auto dtype = dtype_from_message(op.output_desc(0).dtype());
  if (!dtype || data_type_size(*dtype) == 0) {
    return broken("its data type {} is unknown", op.output_desc(0).dtype());
  }
  POACL_ASSIGN_OR_RETURN(Dims dims, decode_dims(op.output_desc(0), *dtype));
  const int64_t count = element_count(dims);
  if (count < 0) return broken("its dimensions {} are not all known", dims_to_string(dims));
  const uint64_t bytes = static_cast<uint64_t>(count) * data_type_size(*dtype);
  const auto length = static_cast<uint64_t>(attr_int(op.attr(), kLength, -1));
  if (length != bytes) {
    return broken("its dimensions {} of {} need {} bytes but {} are stored", dims_to_string(dims),
                  data_type_name(*dtype), bytes, length);
  }
  const std::string name = attr_string(op.attr(), kLocation);
  if (!is_plain_name(name)) return broken("it names no file of weights");
  if (open == nullptr || !*open) {
    return broken(
        "its weights are in file {}, and nothing says where: load the model from its "
        "file, or set ACL_MDL_WEIGHT_PATH_PTR",
        name);
  }
  POACL_ASSIGN_OR_RETURN(const ConstBuffer file, (*open)(name));
  const auto offset = static_cast<uint64_t>(attr_int(op.attr(), kOffset));
  if (offset > file.size() || bytes > file.size() - offset) {
    return broken("its {} bytes at offset {} do not lie in {}, which has {} bytes", bytes, offset,
                  name, file.size());
  }
  auto owner = std::make_shared<ConstBuffer>(file);
  const std::byte* at = file.data() + offset;
  return Tensor{*dtype, std::move(dims), aligned(ConstBuffer(std::move(owner), at, bytes))};
}

}  // namespace poacl::om

namespace poacl {

std::string weight_folder(const std::string& om_path) {
  return (std::filesystem::path(om_path).parent_path() / "weight").string();
}

WeightOpener weights_in(std::string folder) {
  auto opened = std::make_shared<std::map<std::string, ConstBuffer>>();
  return [folder = std::move(folder), opened](const std::string& name) -> Result<ConstBuffer> {
    if (const auto it = opened->find(name); it != opened->end()) return it->second;
    POACL_ASSIGN_OR_RETURN(const auto file, MappedFile::open(folder + '/' + name));
    ConstBuffer bytes(file, file->data(), file->size());
    opened->emplace(name, bytes);
    return bytes;
  };
}

}  // namespace poacl
