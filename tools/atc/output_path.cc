#include "atc/output_path.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "frontend/onnx/import_error.h"

namespace poacl::atc {
namespace {

using onnx_frontend::import_error;

Status cannot_write(const std::string& om, const std::string& path, int error) {
  return import_error("E13004", "the result {} cannot be written: {}: {}", om, path,
                      std::strerror(error));
}

}  // namespace

Status check_model_path(const std::string& path, std::string_view option) {
  struct stat info {};
  if (path.empty()) return import_error("E13000", "the path in --{} is empty", option);
  if (path.size() >= PATH_MAX) {
    return import_error("E10021", "the path in --{} has {} characters; at most {} are possible",
                        option, path.size(), PATH_MAX - 1);
  }
  if (::stat(path.c_str(), &info) != 0) {
    return import_error("E13026", "the file {}, named by --{}, cannot be found: {}", path, option,
                        std::strerror(errno));
  }
  if (!S_ISREG(info.st_mode)) {
    return import_error("E13006", "{}, named by --{}, is {}, but a model is a plain file", path,
                        option, S_ISDIR(info.st_mode) ? "a directory" : "not a plain file");
  }
  if (::access(path.c_str(), R_OK) != 0) {
    return import_error("E13001", "the file {}, named by --{}, cannot be read: {}", path, option,
                        std::strerror(errno));
  }
  return {};
}

Result<std::string> om_path(const std::string& output) {
  const std::filesystem::path path(output);
  const std::string base = path.filename().string();
  if (base.empty() || base == "." || base == "..") {
    return Status(onnx_frontend::kImportError,
                  onnx_frontend::with_try(
                      fmt::format("--output={} names a folder; a file name must follow", output),
                      fmt::format("--output={}", (path / "model").string())),
                  "E10022");
  }
  std::string om = output + ".om";
  if (om.size() > PATH_MAX) {
    return import_error("E10021", "the path in --output has {} characters; at most {} are possible",
                        output.size(), PATH_MAX - 3);
  }
  if (base.size() + 3 > NAME_MAX) {
    return import_error("E10021",
                        "the file name in --output has {} characters; at most {} are possible",
                        base.size(), NAME_MAX - 3);
  }
  return om;
}

Status check_not_same(const std::string& model, const std::string& om) {
  struct stat source {};
  struct stat target {};
  if (::stat(model.c_str(), &source) != 0 || ::stat(om.c_str(), &target) != 0) return {};
  if (source.st_dev != target.st_dev || source.st_ino != target.st_ino) return {};
  const std::string output = om.substr(0, om.size() - 3);
  return Status(
      onnx_frontend::kImportError,
      onnx_frontend::with_try(fmt::format("--output={} writes the result to {}, which is the model "
                                          "file {} itself and would be lost; give --output another "
                                          "name",
                                          output, om, model),
                              fmt::format("--output={}_converted", output)),
      "E10001");
}

OutputFolder::~OutputFolder() {
  // Only empty folders go; what somebody else put there meanwhile stays.
  for (auto it = made_.rbegin(); it != made_.rend(); ++it) ::rmdir(it->c_str());
}

Status OutputFolder::prepare(const std::string& om) {
  const std::filesystem::path folder = std::filesystem::path(om).parent_path();
  std::filesystem::path above;
  for (const std::filesystem::path& part : folder) {
    above /= part;
    struct stat info {};
    if (::stat(above.c_str(), &info) == 0) {
      if (S_ISDIR(info.st_mode)) continue;
      return cannot_write(om, above.string(), ENOTDIR);
    }
    if (::mkdir(above.c_str(), 0777) == 0) {
      made_.push_back(above.string());
    } else if (errno != EEXIST) {
      return cannot_write(om, above.string(), errno);
    }
  }
  struct stat info {};
  if (::stat(om.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return cannot_write(om, om, EISDIR);

  const std::string place = folder.empty() ? "." : folder.string();
  // A file without a name cannot be left behind; not every file system has them.
  if (const int unnamed = ::open(place.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
      unnamed >= 0) {
    ::close(unnamed);
    return {};
  }
  std::string probe = place + "/.atc_XXXXXX";
  const int file = ::mkstemp(probe.data());
  if (file < 0) return cannot_write(om, place, errno);
  ::close(file);
  ::unlink(probe.c_str());
  return {};
}

}  // namespace poacl::atc
