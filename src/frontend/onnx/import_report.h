// What the import thinks of each node: for reports that list a whole model.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace poacl {

struct NodeFault {
  std::string code;    // E-code
  std::string reason;  // why the node cannot be converted; names neither node nor operator
  std::string advice;  // what to do
};

struct NodeReport {
  std::string name;  // as in messages: nameless nodes are "<OpType>_<position>"
  std::string op_type;
  std::string domain = "ai.onnx";
  int64_t opset = 0;  // version of that domain in the model; 0 = the model names none
  std::vector<NodeFault> faults;
};

struct ImportReport {
  std::string model_name;         // the graph's own name, perhaps empty
  std::vector<NodeReport> nodes;  // those that the outputs need, producers first
};

}  // namespace poacl
