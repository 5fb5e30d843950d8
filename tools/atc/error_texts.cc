#include "atc/error_texts.h"

namespace poacl::atc {
namespace {

constexpr ErrorText kTexts[] = {
    // Options.
    {"E10001", "The value of an option is missing, or outside what it can be.",
     "Give the option a value as the message says."},
    {"E10002", "--input_shape is not of the form name:sizes, with each name once.",
     "Write --input_shape=\"name1:1,3,224,224;name2:1,10\", sizes as whole numbers."},
    {"E10003", "The text of an option is of another kind than the option needs.",
     "Give a value of the kind the message names."},
    {"E10004", "An option that another one needs is missing or empty.", "Add it."},
    {"E10005", "The option takes true or false.", "Use true or false."},
    {"E10006", "The option takes 0 or 1.", "Use 0 or 1."},
    {"E10007", "--framework is missing or not a known number.",
     "Say what made the model: 0 Caffe, 1 MindSpore, 3 TensorFlow, 5 ONNX."},
    {"E10008", "A Caffe model has its weights in a second file.",
     "Give it with --weight=FILE.caffemodel."},
    {"E10009", "A model can vary in one way only.",
     "Keep one of dynamic_batch_size, dynamic_image_size, dynamic_dims, input_shape_range."},
    {"E10010", "The log level is unknown.", "Use debug, info, warning, error or null."},
    {"E10011", "A tensor must have at least one element in every dimension.",
     "Give sizes of 1 and more."},
    {"E10012", "A scalar has no batch.",
     "Leave scalar inputs out of --input_shape, or use --dynamic_dims."},
    {"E10013", "The number does not fit into 64 bits.", "Give a smaller number."},
    {"E10014", "A size contains something that is not a digit.",
     "Write sizes as decimal numbers, separated by commas."},
    {"E10016", "The name is misspelt, or belongs to another model.",
     "Use a name that the model has; names are case-sensitive."},
    {"E10017", "The name belongs to a weight or to a tensor inside the model.",
     "Name inputs only."},
    {"E10018", "Batch gears vary the first dimension only.",
     "Write -1 for dimension 0 only, or use --dynamic_dims."},
    {"E10019", "Image gears vary height and width of 4-D inputs only.",
     "Write -1 for height and width as --input_format has them, or use --dynamic_dims."},
    {"E10020", "A picture size is a pair.", "Write height,width pairs: \"416,416;832,832\"."},
    {"E10021", "The path is longer than the system allows.", "Use a shorter path."},
    {"E10022", "--output names a directory.",
     "End --output with a file name without suffix, for instance out/resnet50."},
    {"E10031", "Nothing in --input_shape says where the batch is.",
     "Write -1 for dimension 0 of the inputs whose batch varies."},
    {"E10034", "The same input is asked for as float16 and for AIPP, which takes bytes.",
     "Take the input out of --input_fp16_nodes, or out of the --insert_op_conf file."},
    {"E10035", "A model with gears has at least two.",
     "List more sizes, or give the one size in --input_shape."},
    {"E10036", "Each gear is a graph of its own, and there are too many.",
     "Keep the sizes that are really used, or give a range in --input_shape."},
    {"E10037", "Every gear gives the same inputs their sizes.",
     "Write as many sizes in each gear."},
    {"E10038", "A tensor must have at least one element in every dimension.",
     "Give sizes of 1 and more."},
    {"E10039", "The same gear is listed twice.", "List each once."},
    {"E10040", "A model has gears or ranges, not both.",
     "Write -1 in --input_shape, or leave the gears out."},
    {"E10032", "The JSON in the file does not have the form that its option wants.",
     "Correct the JSON: {\"compile options\": {\"global\": {...}}} for --raw_ge_options, "
     "{\"black-list\": {\"to-add\": [\"Conv2D\"]}} for --modify_mixlist."},
    {"E10041", "The file is not an offline model, or is damaged.",
     "Convert the model again with atc."},
    {"E10046", "The gears differ in more than their shapes.",
     "Convert the model once for each shape with --input_shape."},
    {"E10047", "The two options exclude each other.", "Leave one of them out."},
    {"E10048", "--input_shape_range is not of the form name:[sizes].",
     "Write \"name1:[1~8,3,-1];name2:[5,3~9]\", or use --input_shape."},
    {"E10049", "The given shape has another number of dimensions than the model's input.",
     "Give as many sizes as the model's input has dimensions."},
    {"E10052", "The --insert_op_conf file contradicts itself, the model or another option.",
     "Correct the field that the message names."},
    {"E10054", "The option is required.", "Add it to the command."},
    {"E10055", "atc knows the option or value, but this version of PoACL does not have it yet.",
     "Leave the option out; atc --help lists what is supported."},
    {"E10056", "The two options say the same in two ways.", "Leave one of them out."},
    {"E10057", "The option stands alone.", "Leave the other options out."},
    {"E10058", "The option is empty.", "Give it a value, or leave it out."},
    {"E10059", "A stage of the conversion refused the model.",
     "Check the shapes (--input_shape) and that the model runs in its own framework."},
    {"E10410", "The file cannot be found.", "Check the path."},

    // Files.
    {"E13000", "The path is empty.", "Give a path."},
    {"E13001", "The file is missing, or this user may not read it.",
     "Check the path and the file's permissions."},
    {"E13003", "The file ends early, or changed while it was read.",
     "Copy the file again and check its size."},
    {"E13004", "The folder does not exist, this user may not write there, or the disk is full.",
     "Choose another --output, or free space."},
    {"E13005",
     "The file is of another kind, truncated (a broken download, a Git LFS pointer) or "
     "damaged.",
     "Check the file's size, and that --framework fits: 5 is for .onnx files."},
    {"E13006", "The path is not that of a plain file.", "Give the path of the model file itself."},
    {"E13014", "Dynamic AIPP makes pictures of four dimensions from bytes.",
     "Give --input_format=NCHW and a 4-D --input_shape, and check related_input_rank."},
    {"E13015", "The file is empty, or larger than the format allows.",
     "Copy or export the model again; models over 2 GiB need their weights as external data."},
    {"E13018", "The text is not what the file must hold.",
     "Correct the line that the message names; fields are written as name: value."},
    {"E13026", "The path is misspelt, or relative to another folder.", "Check the path."},

    // Model.
    {"E16001", "The model breaks the rules of its format.",
     "Export it again; onnx.checker.check_model() of the onnx package names such faults."},
    {"E16002", "The model uses operators, or forms of them, that PoACL does not have yet.",
     "Export with another opset, simplify the model, or cut it with --out_nodes before these "
     "nodes."},
    {"E16005", "The operators come in a version that is not supported, or in two versions.",
     "Export the model again with an opset from 1 to 27."},
    {"E19999", "An error inside PoACL.",
     "Please report it with the model and the command; POACL_VERBOSE=1 shows more."},
};

}  // namespace

const ErrorText* find_error_text(std::string_view code) {
  for (const ErrorText& text : kTexts) {
    if (text.code == code) return &text;
  }
  return nullptr;
}

}  // namespace poacl::atc
