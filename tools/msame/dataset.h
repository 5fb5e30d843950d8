// The buffers of one execution on the device.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "acl/acl.h"
#include "model.h"
#include "shapes.h"

namespace msame {

// Needs a current context, the same for its whole life.
class Dataset {
 public:
  Dataset();
  ~Dataset();
  Dataset(const Dataset&) = delete;
  Dataset& operator=(const Dataset&) = delete;

  // Zeros of that many bytes.
  void add(size_t bytes);
  // A buffer that the library makes when it knows how large the result is. Each execution makes a
  // new one: drop_results() must be called between them.
  void add_open();
  void drop_results();
  // Copies to the beginning of the buffer, whose size must suffice.
  void fill(size_t index, std::string_view bytes);
  // Tells the library the shape of an input whose dimensions are open.
  void set_shape(size_t index, const Port& port, const Dims& dims);

  aclmdlDataset* handle() const { return handle_; }
  aclDataBuffer* buffer(size_t index) const { return buffers_[index]; }
  size_t count() const { return buffers_.size(); }

 private:
  void add_buffer(void* memory, size_t bytes);

  aclmdlDataset* handle_;
  std::vector<aclDataBuffer*> buffers_;
  std::vector<bool> open_;
  std::vector<aclTensorDesc*> shapes_;
};

// Buffers for every input, zeros, with the shape set.
void make_inputs(const Model& model, const Shape& shape, Dataset& inputs);
// Buffers for every output: of the given sizes, of the model's where none are given, open where the
// model knows none. Throws Failure when the number of sizes is wrong.
void make_outputs(const Model& model, const std::vector<size_t>& sizes, Dataset& outputs);

struct Output {
  Dims dims;
  std::string bytes;
};
// What the last execution left, copied to the host.
Output read_output(const Model& model, const Shape& shape, const Dataset& outputs, size_t index);

}  // namespace msame
