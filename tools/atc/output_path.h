// Paths of a conversion: the model to read, the .om to write, and the folders made for it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace poacl::atc {

// A file to read, named by --`option`. E13000 (empty path), E13026 (missing), E13006 (not a plain
// file), E13001 (not readable).
Status check_model_path(const std::string& path, std::string_view option = "model");

// --output -> path of the .om. E10022 (no file name), E10021 (too long).
Result<std::string> om_path(const std::string& output);

// E10001 when the result would replace the model itself: the same file, by whatever name.
Status check_not_same(const std::string& model, const std::string& om);

// The folder of a result. Folders it had to make go away again unless keep() is called.
class OutputFolder {
 public:
  OutputFolder() = default;
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  // Makes the folders above `om` and proves that a file can be made there. E13004 with the
  // system's reason otherwise.
  Status prepare(const std::string& om);
  void keep() { made_.clear(); }

 private:
  std::vector<std::string> made_;  // outermost first
};

}  // namespace poacl::atc
