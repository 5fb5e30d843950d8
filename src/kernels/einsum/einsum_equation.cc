#include "kernels/einsum/einsum_equation.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "kernels/kernel.h"

namespace poacl {
namespace {

Status bad(std::string_view equation, std::string_view reason) {
  return declined(fmt::format("equation '{}': {}", equation, reason));
}

// One side of a comma: letters, and how many stand before the ellipsis.
struct Term {
  std::string letters;
  bool ellipsis = false;
  size_t before = 0;
};

Result<Term> read_term(std::string_view equation, std::string_view text) {
  Term term;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.') {
      if (term.ellipsis || text.substr(i, 3) != "...") {
        return bad(equation, fmt::format("'{}' has dots that are not one ellipsis", text));
      }
      term.ellipsis = true;
      term.before = term.letters.size();
      i += 2;
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      term.letters += c;
    } else {
      return bad(equation, fmt::format("'{}' is no letter", c));
    }
  }
  return term;
}

std::string without_spaces(std::string_view text) {
  std::string result;
  std::copy_if(text.begin(), text.end(), std::back_inserter(result),
               [](char c) { return c != ' '; });
  return result;
}

// Letters that appear once in all operands, in alphabetical order, behind an ellipsis.
Term implicit_output(const std::vector<Term>& operands) {
  Term output;
  std::string all;
  for (const Term& term : operands) {
    all += term.letters;
    output.ellipsis = output.ellipsis || term.ellipsis;
  }
  std::sort(all.begin(), all.end());
  for (const char c : all) {
    if (std::count(all.begin(), all.end(), c) == 1) output.letters += c;
  }
  return output;
}

// Turns letters into labels.
class Labeller {
 public:
  explicit Labeller(int ellipsis) : ellipsis_(ellipsis), next_(ellipsis) {}

  // `width`: dimensions this term's ellipsis stands for; they are the last of all ellipsis ones.
  std::vector<int> labels(const Term& term, int width) {
    std::vector<int> result;
    for (size_t i = 0; i <= term.letters.size(); ++i) {
      if (term.ellipsis && i == term.before) {
        for (int d = ellipsis_ - width; d < ellipsis_; ++d) result.push_back(d);
      }
      if (i < term.letters.size()) result.push_back(label(term.letters[i]));
    }
    return result;
  }
  bool known(char letter) const { return known_.find(letter) != std::string::npos; }
  int count() const { return next_; }

 private:
  int label(char letter) {
    const size_t at = known_.find(letter);
    if (at != std::string::npos) return ellipsis_ + static_cast<int>(at);
    known_ += letter;
    return next_++;
  }

  int ellipsis_;
  int next_;
  std::string known_;
};

}  // namespace

Result<EinsumTerms> parse_einsum(std::string_view equation, std::span<const size_t> ranks) {
  const std::string text = without_spaces(equation);
  const size_t arrow = text.find("->");
  std::string_view left = std::string_view(text).substr(0, arrow);
  std::vector<Term> operands;
  for (size_t begin = 0; begin <= left.size();) {
    const size_t end = std::min(left.find(',', begin), left.size());
    POACL_ASSIGN_OR_RETURN(Term term, read_term(equation, left.substr(begin, end - begin)));
    operands.push_back(std::move(term));
    begin = end + 1;
  }
  if (operands.size() != ranks.size()) {
    return bad(equation,
               fmt::format("it has {} operands, but {} are given", operands.size(), ranks.size()));
  }
  std::vector<int> widths;
  int ellipsis = 0;
  for (size_t i = 0; i < operands.size(); ++i) {
    const size_t letters = operands[i].letters.size();
    if (operands[i].ellipsis ? letters > ranks[i] : letters != ranks[i]) {
      return bad(equation,
                 fmt::format("operand {} has {} letters, but {} dimensions", i, letters, ranks[i]));
    }
    widths.push_back(operands[i].ellipsis ? static_cast<int>(ranks[i] - letters) : 0);
    ellipsis = std::max(ellipsis, widths.back());
  }
  Term output;
  if (arrow == std::string::npos) {
    output = implicit_output(operands);
  } else {
    POACL_ASSIGN_OR_RETURN(output, read_term(equation, std::string_view(text).substr(arrow + 2)));
  }
  Labeller labeller(ellipsis);
  EinsumTerms terms;
  for (size_t i = 0; i < operands.size(); ++i) {
    terms.operands.push_back(labeller.labels(operands[i], widths[i]));
  }
  for (size_t i = 0; i < output.letters.size(); ++i) {
    const char letter = output.letters[i];
    if (!labeller.known(letter)) {
      return bad(equation, fmt::format("the result's '{}' is in no operand", letter));
    }
    if (output.letters.find(letter, i + 1) != std::string::npos) {
      return bad(equation, fmt::format("the result has '{}' twice", letter));
    }
  }
  terms.output = labeller.labels(output, ellipsis);
  terms.labels = labeller.count();
  return terms;
}

Result<std::vector<int64_t>> einsum_sizes(const EinsumTerms& terms,
                                          std::span<const Dims* const> operands) {
  std::vector<int64_t> sizes(static_cast<size_t>(terms.labels), 1);
  for (size_t i = 0; i < operands.size(); ++i) {
    const Dims& dims = *operands[i];
    for (size_t d = 0; d < dims.size(); ++d) {
      int64_t& size = sizes[static_cast<size_t>(terms.operands[i][d])];
      if (size == 1 || (size == -1 && dims[d] > 1)) {
        size = dims[d];
      } else if (dims[d] != 1 && dims[d] != -1 && size != dims[d]) {
        return declined(
            fmt::format("dimension {} of operand {} {} is {}, but another one with its label is {}",
                        d, i, dims_to_string(dims), dims[d], size));
      }
    }
  }
  return sizes;
}

}  // namespace poacl
