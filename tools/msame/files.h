// Files of msame: the inputs it reads and the results it writes.
#pragma once

#include <string>
#include <vector>

#include "dataset.h"
#include "model.h"
#include "shapes.h"

namespace msame {

// One execution's input files, one per input.
struct InputSet {
  std::string name;  // of the results: the file's name without suffix
  std::vector<std::string> paths;
};

// `inputs` are files, one for each input of the model: one set named `model_name`; or folders, one
// for each input: a set for each file of the first, in the order of the names, with the files of
// the same name in the others. Throws Failure for a mixture, a missing file, a wrong number.
std::vector<InputSet> find_inputs(const std::vector<std::string>& inputs, size_t input_count,
                                  const std::string& model_name, bool* folders);

// Reads the files of a set into the buffers of the model's data inputs. Throws Failure when a file
// has another size, or an array another type, than the input; the sentence has the numbers.
void load_inputs(const InputSet& set, const Model& model, const Shape& shape, Dataset& inputs);

// Makes OUTPUT/<time> and returns its path.
std::string make_result_folder(const std::string& output);

// Writes <folder>/<name>_output_<i>.bin or .txt.
void write_output(const std::string& folder, const std::string& name, size_t index,
                  const Port& port, const Output& output, bool text);

// Numbers with a blank after each and a line for each row of the last axis, as the public tool has
// it; a float with six significant digits. Throws Failure for types that are no numbers.
std::string output_text(const Port& port, const Output& output);

}  // namespace msame
