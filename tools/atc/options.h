// The command line of atc: which options there are, and how their text is split.
//
// A library's parser cannot express these rules (a single dash working like two, '-' meaning '_'
// inside names, the last repeat winning, values that begin with a dash, codes for bad values), so
// the table below and 100 lines of code do it.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace poacl::atc {

enum class OptionKind { kText, kInt, kBool };

enum class OptionUse {
  kUsed,     // changes the result
  kIgnored,  // checked, then without effect on a CPU
  kLater,    // known, but refused with a sentence
};

struct OptionSpec {
  std::string_view name;
  OptionKind kind = OptionKind::kText;
  OptionUse use = OptionUse::kIgnored;
  std::string_view allowed;  // "a|b|c"; empty = anything
  std::string_view code;     // E-code of a value outside `allowed`
  std::string_view help;     // kLater: what is not supported yet
  bool may_stand_alone = false;
  std::string_view way_out = {};  // kLater: what to do instead
};

std::span<const OptionSpec> option_table();
const OptionSpec* find_option(std::string_view name);

struct CommandLine {
  // Values as given, by option name with '_'; the last repeat.
  std::map<std::string, std::string> values;
  // Names in the order of first appearance, for printing a corrected command.
  std::vector<std::string> order;
  bool help = false;

  bool has(std::string_view name) const;  // given and not empty
  std::string get(std::string_view name, std::string_view fallback = {}) const;
};

// Splits the words after the program's name. The error is the sentence for the "ERROR: " line; it
// names the word and, where one is near, the option that was meant. Its tag is empty.
Result<CommandLine> parse_command_line(std::span<const std::string> words);

// Checks one value against its kind and list: E10003 for text where a number or a truth value
// stands, the table's code for a value outside the list.
Status check_value(const OptionSpec& spec, const std::string& value);

// A yes/no word of the grammar; `fallback` for "".
bool bool_value(const std::string& value, bool fallback);

// The command with one option replaced or added, quoted for a shell.
std::string corrected_command(const CommandLine& line, const std::string& option,
                              const std::string& value);

// Everything atc was called with, quoted for a shell.
std::string command_text(std::span<const std::string> words);

std::string usage_text();

}  // namespace poacl::atc
