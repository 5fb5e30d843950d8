// A loaded model and what it says about its inputs and outputs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "acl/acl.h"

namespace msame {

using Dims = std::vector<int64_t>;

struct Port {
  std::string name;
  aclDataType type = ACL_DT_UNDEFINED;
  aclFormat format = ACL_FORMAT_UNDEFINED;
  Dims dims;         // as the model computes with it
  Dims buffer_dims;  // as the buffer holds it; other than dims where AIPP takes pictures
  size_t bytes = 0;  // of the largest shape; 0 when that is not known
};

// Needs a current context, for its whole life that of the thread.
class Model {
 public:
  explicit Model(const std::string& path);
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  uint32_t id() const { return id_; }
  aclmdlDesc* desc() const { return desc_; }
  // All inputs, the one that only sets a gear included.
  const std::vector<Port>& inputs() const { return inputs_; }
  const std::vector<Port>& outputs() const { return outputs_; }
  // Positions in inputs().
  std::optional<size_t> gear_input() const { return gear_input_; }
  // The inputs a user feeds, in order.
  const std::vector<size_t>& data_inputs() const { return data_inputs_; }
  double load_us() const { return load_us_; }

  // What the model can be set to; at most one of the three has entries.
  std::vector<uint64_t> batches() const;
  std::vector<std::pair<uint64_t, uint64_t>> image_sizes() const;
  // All dimensions of all inputs, one after the other.
  std::vector<aclmdlIODims> dims_gears() const;

  // Unloads; done by the destructor, without a report of failure, when it was not called.
  void unload();

 private:
  uint32_t id_ = 0;
  bool loaded_ = false;
  aclmdlDesc* desc_ = nullptr;
  std::vector<Port> inputs_;
  std::vector<Port> outputs_;
  std::optional<size_t> gear_input_;
  std::vector<size_t> data_inputs_;
  double load_us_ = 0;
};

// "1x3x224x224"; "scalar" without dimensions.
std::string dims_text(const Dims& dims);
// "float32" and so on.
std::string type_text(aclDataType type);
// Their product times the type's size; nothing when a dimension is open.
std::optional<size_t> bytes_of(const Dims& dims, aclDataType type);
// --debug: every input and output, the gears.
void print_description(const Model& model);

}  // namespace msame
