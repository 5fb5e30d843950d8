// Constants in files of their own, in a folder `weight` beside the .om: FileConstant operators in
// its graph say where (spec: atc section 3, external_weight).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/tensor.h"
#include "ge.pb.h"
#include "om/constant_pool.h"
#include "om/om_model.h"

namespace poacl::om {

inline constexpr std::string_view kFileConstant = "FileConstant";

// The files to be written.
class ExternalOut {
 public:
  // `name`: of the model, for the one file that holds all of them.
  ExternalOut(WeightFiles files, const std::string& name);

  struct Place {
    std::string file;
    uint64_t offset;
  };
  // Where the bytes, at least one, will be. The same bytes are stored once.
  Place add(const ConstBuffer& bytes);

  // Writes the files to `folder`, which is made when it is not there. A file that is there with the
  // right size is kept, as its name says what is in it.
  Status write(const std::string& folder) const;

 private:
  struct File {
    std::vector<std::pair<uint64_t, ConstBuffer>> items;  // offset, bytes
    uint64_t size = 0;
  };

  const WeightFiles mode_;
  const std::string combined_;
  ConstantPool pool_;
  std::map<std::pair<const void*, size_t>, Place> places_;
  std::map<std::string, File> files_;
};

// Makes `op` a FileConstant of these bytes; its output is described by the caller.
void set_file_constant(const ExternalOut::Place& place, uint64_t bytes, OpDef* op);

// The constant of a FileConstant operator, through the opener; 145000 when there is none, and for
// numbers that do not fit the file.
Result<Tensor> read_file_constant(const OpDef& op, const WeightOpener* open);

}  // namespace poacl::om
