#include "files.h"

#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "console.h"
#include "failure.h"
#include "npy.h"

namespace msame {
namespace {

namespace fs = std::filesystem;

std::string read_file(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("{} cannot be read: {}", path, std::strerror(errno));
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad()) fail("{} cannot be read", path);
  return bytes;
}

std::string input_text(const Port& port, const Dims& dims) {
  return fmt::format("input {} ({} {})", port.name, type_text(port.type), dims_text(dims));
}

// The elements of a file, without the header of an array.
std::string_view elements(const std::string& bytes, const std::string& path, const Port& port) {
  if (!path.ends_with(".npy")) return bytes;
  const NpyHeader header = parse_npy(bytes, path);
  const std::string_view wanted = npy_type_of(port.type);
  if (header.dtype != wanted && !wanted.empty()) {
    fail("{} holds {} in numpy's words, but {} takes {}; convert it with array.astype('{}')", path,
         header.dtype, input_text(port, port.dims), wanted, wanted);
  }
  size_t size = aclDataTypeSize(port.type);
  for (const int64_t dim : header.dims) size *= static_cast<size_t>(dim);
  return std::string_view(bytes).substr(header.data_at, size);
}

std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    std::error_code ignored;
    if (!name.starts_with(".") && entry.is_regular_file(ignored)) names.push_back(name);
  }
  if (error) fail("the folder {} cannot be read: {}", folder, error.message());
  if (names.empty()) fail("there is no file in the folder {}", folder);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::vector<InputSet> find_inputs(const std::vector<std::string>& inputs, size_t input_count,
                                  const std::string& model_name, bool* folders) {
  *folders = false;
  size_t folder_count = 0;
  for (const std::string& path : inputs) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) fail("the input {} does not exist", path);
    folder_count += fs::is_directory(status) ? 1 : 0;
  }
  if (inputs.size() != input_count) {
    fail(
        "--input names {} files or folders, but the model has {} inputs (they are separated by "
        "commas)",
        inputs.size(), input_count);
  }
  if (folder_count == 0) return {InputSet{model_name, inputs}};
  if (folder_count != inputs.size()) fail("--input mixes files and folders");
  *folders = true;
  std::vector<InputSet> sets;
  for (const std::string& name : files_in(inputs[0])) {
    InputSet set{fs::path(name).stem().string(), {}};
    for (const std::string& folder : inputs) {
      set.paths.push_back((fs::path(folder) / name).string());
      std::error_code error;
      if (!fs::is_regular_file(set.paths.back(), error)) {
        fail("there is no {} beside the one in {}", set.paths.back(), inputs[0]);
      }
    }
    sets.push_back(std::move(set));
  }
  return sets;
}

void load_inputs(const InputSet& set, const Model& model, const Shape& shape, Dataset& inputs) {
  for (size_t k = 0; k < set.paths.size(); ++k) {
    const std::string& path = set.paths[k];
    const size_t i = model.data_inputs()[k];
    const Port& port = model.inputs()[i];
    info("start to process file:{}", path);
    const std::string bytes = read_file(path);
    const std::string_view data = elements(bytes, path, port);
    if (data.size() != shape.input_bytes[i]) {
      fail("{} has {} bytes, but {} takes {}", path, data.size(),
           input_text(port, shape.input_dims[i]), shape.input_bytes[i]);
    }
    inputs.fill(i, data);
  }
}

std::string make_result_folder(const std::string& output) {
  timeval now{};
  ::gettimeofday(&now, nullptr);
  std::tm parts{};
  ::localtime_r(&now.tv_sec, &parts);
  // Without leading zeros, like the public tool's.
  const std::string time =
      fmt::format("{}{}{}_{}_{}_{}_{}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                  parts.tm_hour, parts.tm_min, parts.tm_sec, now.tv_usec);
  const std::string folder = (fs::path(output) / time).string();
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail("the folder {} cannot be made: {}", folder, error.message());
  return folder;
}

void write_output(const std::string& folder, const std::string& name, size_t index,
                  const Port& port, const Output& output, bool text) {
  const std::string path =
      fmt::format("{}/{}_output_{}.{}", folder, name, index, text ? "txt" : "bin");
  const std::string bytes = text ? output_text(port, output) : output.bytes;
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) fail("the result {} of {} bytes cannot be written", path, bytes.size());
}

}  // namespace msame
