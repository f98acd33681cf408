#include "engine/text/minilm.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>

#include "engine/storage/safetensors.h"
#include "engine/text/exact_arithmetic.h"

namespace kinescore {
namespace {

constexpr int kLayers = 6;
constexpr int kWidth = 384;
constexpr int kHeads = 12;
constexpr int kInner = 1536;
constexpr int kPositions = 512;
constexpr double kEpsilon = 1e-12;

struct Affine {
  at::Tensor weight, bias;
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const { return at::linear(x, weight, bias); }
};
struct Norm {
  at::Tensor weight, bias;
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const {
    return at::layer_norm(x, {kWidth}, weight, bias, kEpsilon);
  }
};
struct Layer {
  Affine query, key, value, attentionOut, inner, outer;
  Norm attentionNorm, outNorm;
};

/// Takes tensors out of the file one by one; the first that is missing or misshapen is remembered.
class TensorSource {
 public:
  explicit TensorSource(const SafetensorsFile& file) : file_(file) {}

  at::Tensor take(const std::string& name, std::vector<std::int64_t> shape) {
    Result<TensorView> view = file_.require(name, std::move(shape));
    if (!view) {
      if (status_) status_ = view.error();
      return {};
    }
    at::Tensor tensor = at::empty(view->shape, at::kFloat);
    if (view->type == ElementType::F32) {
      std::memcpy(tensor.data_ptr<float>(), view->bytes.data(), view->bytes.size());
    } else {
      const std::vector<float> values = view->toFloats();
      std::copy(values.begin(), values.end(), tensor.data_ptr<float>());
    }
    return tensor;
  }
  Affine affine(const std::string& name, int in, int out) {
    return {take(name + ".weight", {out, in}), take(name + ".bias", {out})};
  }
  Norm norm(const std::string& name) {
    return {take(name + ".weight", {kWidth}), take(name + ".bias", {kWidth})};
  }
  [[nodiscard]] const Status& status() const { return status_; }

 private:
  const SafetensorsFile& file_;
  Status status_;
};

at::Tensor attend(const Layer& layer, const at::Tensor& x) {
  const std::int64_t count = x.size(0);
  const auto heads = [count](const at::Tensor& t) {
    return t.view({count, kHeads, kWidth / kHeads}).transpose(0, 1);  // [heads][ids][32]
  };
  const at::Tensor query = heads(layer.query(x)), key = heads(layer.key(x)), value = heads(layer.value(x));
  const double scale = 1.0 / std::sqrt(double(kWidth / kHeads));
  const at::Tensor weights = at::softmax(at::matmul(query, key.transpose(1, 2)) * scale, -1);
  return at::matmul(weights, value).transpose(0, 1).reshape({count, kWidth});
}

std::vector<float> toVector(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

}  // namespace

struct MiniLm::Weights {
  at::Tensor words, positions, types;
  Norm embeddingNorm;
  std::vector<Layer> layers;
};

MiniLm::MiniLm(std::unique_ptr<Weights> weights) : weights_(std::move(weights)) {}
MiniLm::~MiniLm() = default;

int MiniLm::vocabularySize() const { return static_cast<int>(weights_->words.size(0)); }

Result<std::unique_ptr<MiniLm>> MiniLm::load(const std::filesystem::path& weightsFile) {
  Result<SafetensorsFile> file = SafetensorsFile::load(weightsFile);
  if (!file) return file.error().withContext("The text model cannot be read");
  try {
    const c10::InferenceMode inference;
    TensorSource source(*file);
    auto weights = std::make_unique<Weights>();
    weights->words = source.take("embeddings.word_embeddings.weight", {-1, kWidth});
    weights->positions = source.take("embeddings.position_embeddings.weight", {kPositions, kWidth});
    weights->types = source.take("embeddings.token_type_embeddings.weight", {2, kWidth});
    weights->embeddingNorm = source.norm("embeddings.LayerNorm");
    for (int l = 0; l < kLayers; ++l) {
      const std::string at = "encoder.layer." + std::to_string(l) + ".";
      Layer layer;
      layer.query = source.affine(at + "attention.self.query", kWidth, kWidth);
      layer.key = source.affine(at + "attention.self.key", kWidth, kWidth);
      layer.value = source.affine(at + "attention.self.value", kWidth, kWidth);
      layer.attentionOut = source.affine(at + "attention.output.dense", kWidth, kWidth);
      layer.attentionNorm = source.norm(at + "attention.output.LayerNorm");
      layer.inner = source.affine(at + "intermediate.dense", kWidth, kInner);
      layer.outer = source.affine(at + "output.dense", kInner, kWidth);
      layer.outNorm = source.norm(at + "output.LayerNorm");
      weights->layers.push_back(std::move(layer));
    }
    if (!source.status()) return source.status().error().withContext("The text model does not fit");
    return std::unique_ptr<MiniLm>(new MiniLm(std::move(weights)));
  } catch (const std::exception& e) {
    return Error{ErrorCode::EngineFailed, std::string("The text model could not be loaded: ") + e.what()};
  }
}

Result<MiniLm::Output> MiniLm::run(std::span<const int> ids) const {
  assert(!ids.empty() && ids.size() <= kPositions);
  const ExactProducts exact;
  std::optional<Output> output;
  std::string failure;
  runAlone([&] {
    try {
      output = forward(ids);
    } catch (const std::exception& e) {
      failure = e.what();
    }
  });
  if (!output) return Error{ErrorCode::EngineFailed, "The text model failed: " + failure.substr(0, failure.find('\n'))};
  return std::move(*output);
}

MiniLm::Output MiniLm::forward(std::span<const int> ids) const {
  const c10::InferenceMode inference;
  const at::Tensor index = at::tensor(at::ArrayRef<int>(ids.data(), ids.size()), at::kLong);
  at::Tensor x = at::embedding(weights_->words, index) + weights_->types[0] +
                 weights_->positions.slice(0, 0, std::int64_t(ids.size()));
  x = weights_->embeddingNorm(x);
  for (const Layer& layer : weights_->layers) {
    x = layer.attentionNorm(x + layer.attentionOut(attend(layer, x)));
    x = layer.outNorm(x + layer.outer(at::gelu(layer.inner(x))));
  }
  const at::Tensor mean = x.mean(0);
  return {toVector(x), toVector(mean / mean.norm().clamp_min(1e-12))};
}

}  // namespace kinescore
