// TfIdfVectorizer over integers: counts how often each n-gram of the pool occurs in a row, where
// its items may stand up to max_skip_count + 1 apart.
#include "kernels/generate/generate_kernels.h"

namespace poacl {
namespace {

enum class Mode : int { kCount, kInverse, kBoth };

struct Params {
  bool wide;  // int64 items, else int32
  Mode mode;
  bool has_weights;
  int64_t rows, items, results;
  int64_t least, most, skips;  // lengths of n-grams that count; items left out between two
  int64_t pool;                // numbers in the pool
  int64_t lengths;             // entries of ngram_counts
  int64_t grams;               // n-grams in the pool
};

Status plan(const OpInstance& op, const PlanContext&, KernelPlan* plan) {
  Params p{};
  const Dims& x = op.inputs[0].dims;
  p.wide = op.inputs[0].dtype == DataType::kInt64;
  if (!p.wide && op.inputs[0].dtype != DataType::kInt32) {
    return declined("type " + std::string(data_type_name(op.inputs[0].dtype)));
  }
  const std::string mode = op.attrs->get_string("mode");
  p.mode = mode == "TF" ? Mode::kCount : mode == "IDF" ? Mode::kInverse : Mode::kBoth;
  p.rows = x.size() == 2 ? x[0] : 1;
  p.items = x.back();
  p.results = op.outputs[0].dims.back();
  p.least = op.attrs->get_int("min_gram_length");
  p.most = op.attrs->get_int("max_gram_length");
  p.skips = op.attrs->get_int("max_skip_count");
  p.pool = element_count(op.inputs[1].dims);
  p.lengths = element_count(op.inputs[2].dims);
  p.grams = element_count(op.inputs[3].dims);
  p.has_weights = op.inputs.size() > 4 && !op.inputs[4].absent();
  plan->set_params(p);
  return {};
}

template <typename T>
int64_t occurrences(const T* row, int64_t items, const int64_t* gram, int64_t n, int64_t skips) {
  int64_t found = 0;
  // Single items stand next to nothing: leaving out has no meaning.
  const int64_t most_step = n == 1 ? 1 : skips + 1;
  for (int64_t step = 1; step <= most_step && (n - 1) * step < items; ++step) {
    for (int64_t start = 0; start + (n - 1) * step < items; ++start) {
      int64_t k = 0;
      while (k < n && static_cast<int64_t>(row[start + k * step]) == gram[k]) ++k;
      found += k == n;
    }
  }
  return found;
}

template <typename T>
void run_typed(const KernelArgs& args, const Params& p) {
  const T* x = static_cast<const T*>(args.inputs[0]);
  const auto* pool = static_cast<const int64_t*>(args.inputs[1]);
  const auto* starts = static_cast<const int64_t*>(args.inputs[2]);
  const auto* index = static_cast<const int64_t*>(args.inputs[3]);
  const auto* weights = p.has_weights ? static_cast<const float*>(args.inputs[4]) : nullptr;
  float* y = static_cast<float*>(args.outputs[0]);
  (*args.parallel)(p.rows, [&](int64_t r, int) {
    float* out = y + r * p.results;
    for (int64_t i = 0; i < p.results; ++i) out[i] = 0.0f;
    int64_t gram = 0;
    for (int64_t n = 1; n <= p.lengths; ++n) {
      const int64_t end = n < p.lengths ? starts[n] : p.pool;
      for (int64_t at = starts[n - 1]; at + n <= end && gram < p.grams; at += n, ++gram) {
        if (n < p.least || n > p.most) continue;
        const int64_t found = occurrences(x + r * p.items, p.items, pool + at, n, p.skips);
        const float weight = weights ? weights[gram] : 1.0f;
        const float count = static_cast<float>(found);
        out[index[gram]] += p.mode == Mode::kCount     ? count
                            : p.mode == Mode::kInverse ? (found > 0 ? weight : 0.0f)
                                                       : count * weight;
      }
    }
  });
}

void run(const KernelArgs& args) {
  const auto& p = args.get_params<Params>();
  if (p.wide) return run_typed<int64_t>(args, p);
  run_typed<int32_t>(args, p);
}

}  // namespace

const KernelImpl kTfIdfRef = {
    "TfIdfVectorizer", "tf_idf_vectorizer.ref", Isa::kGeneric, plan, nullptr, run};

}  // namespace poacl
