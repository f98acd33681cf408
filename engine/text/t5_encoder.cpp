#include "engine/text/t5_encoder.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <optional>
#include <string>

#include "engine/storage/safetensors_stream.h"
#include "engine/text/exact_arithmetic.h"

namespace kinescore {
namespace {

constexpr double kEpsilon = 1e-6;
constexpr int kFarthestDistance = 128;
constexpr int kMostLayers = 256;

std::string blockName(int layer) { return "encoder.block." + std::to_string(layer) + "."; }

at::ScalarType scalarTypeOf(ElementType type) {
  switch (type) {
    case ElementType::F32: return at::kFloat;
    case ElementType::F16: return at::kHalf;
    case ElementType::BF16: return at::kBFloat16;
    case ElementType::F64: return at::kDouble;
    case ElementType::I64: return at::kLong;
    case ElementType::I32: return at::kInt;
    case ElementType::I16: return at::kShort;
    case ElementType::U8: return at::kByte;
    case ElementType::Bool: return at::kBool;
  }
  return at::kFloat;
}

struct Layer {
  at::Tensor attentionNorm, query, key, value, attentionOut;
  at::Tensor innerNorm, inner, outer;
};

/// Reads tensors; the first failure is remembered and ends whatever is being loaded.
class TensorLoader {
 public:
  TensorLoader(const TensorFolder& folder, const T5Options& options)
      : folder_(folder),
        device_(options.device == RuntimeDevice::Cuda ? at::kCUDA : at::kCPU),
        matrixType_(options.halfPrecision ? at::kBFloat16 : at::kFloat) {}

  at::Tensor matrix(const std::string& name) { return load(name, matrixType_); }
  at::Tensor exact(const std::string& name) { return load(name, at::kFloat); }

  Layer layer(int index) {
    const std::string attention = blockName(index) + "layer.0.", forward = blockName(index) + "layer.1.";
    Layer layer;
    layer.attentionNorm = exact(attention + "layer_norm.weight");
    layer.query = matrix(attention + "SelfAttention.q.weight");
    layer.key = matrix(attention + "SelfAttention.k.weight");
    layer.value = matrix(attention + "SelfAttention.v.weight");
    layer.attentionOut = matrix(attention + "SelfAttention.o.weight");
    layer.innerNorm = exact(forward + "layer_norm.weight");
    layer.inner = matrix(forward + "DenseReluDense.wi.weight");
    layer.outer = matrix(forward + "DenseReluDense.wo.weight");
    return layer;
  }

  /// The states that a text begins with, [ids][width]: only the rows it needs are read.
  at::Tensor embed(const std::string& table, const std::vector<int>& ids) {
    std::vector<at::Tensor> rows;
    for (const int id : ids) {
      Result<OwnedTensor> row = folder_.readRow(table, id);
      if (!row) return fail(row.error());
      rows.push_back(take(*row, at::kFloat));
    }
    return at::stack(rows);
  }

  [[nodiscard]] const Status& status() const { return status_; }
  [[nodiscard]] at::Device device() const { return device_; }

 private:
  at::Tensor load(const std::string& name, at::ScalarType type) {
    if (!status_) return {};
    Result<OwnedTensor> tensor = folder_.read(name);
    return tensor ? take(*tensor, type) : fail(tensor.error());
  }
  at::Tensor take(OwnedTensor& tensor, at::ScalarType type) const {
    const at::Tensor view =
        at::from_blob(tensor.bytes.data(), tensor.shape, at::TensorOptions(scalarTypeOf(tensor.type)));
    return view.to(device_, type, /*non_blocking=*/false, /*copy=*/true);
  }
  at::Tensor fail(const Error& error) {
    if (status_) status_ = error;
    return {};
  }

  const TensorFolder& folder_;
  at::Device device_;
  at::ScalarType matrixType_;
  Status status_;
};

at::Tensor normalise(const at::Tensor& x, const at::Tensor& weight) {
  return x * at::rsqrt(x.square().mean(-1, /*keepdim=*/true) + kEpsilon) * weight;
}

/// In the matrix's own precision; the result in float32 again.
at::Tensor project(const at::Tensor& x, const at::Tensor& matrix) {
  return at::linear(x.to(matrix.scalar_type()), matrix).to(at::kFloat);
}

/// `bias`: [heads][ids][ids]
at::Tensor attend(const Layer& layer, const at::Tensor& x, const at::Tensor& bias, const T5Sizes& sizes) {
  const std::int64_t count = x.size(0);
  const auto heads = [&](const at::Tensor& matrix) {
    return project(x, matrix).view({count, sizes.heads, sizes.headWidth}).transpose(0, 1);  // [heads][ids][headWidth]
  };
  const at::Tensor scores = at::matmul(heads(layer.query), heads(layer.key).transpose(1, 2)) + bias;
  const at::Tensor mixed = at::matmul(at::softmax(scores, -1), heads(layer.value));
  return project(mixed.transpose(0, 1).reshape({count, std::int64_t(sizes.heads) * sizes.headWidth}),
                 layer.attentionOut);
}

at::Tensor passThrough(const Layer& layer, at::Tensor x, const at::Tensor& bias, const T5Sizes& sizes) {
  x = x + attend(layer, normalise(x, layer.attentionNorm), bias, sizes);
  return x + project(at::relu(project(normalise(x, layer.innerNorm), layer.inner)), layer.outer);
}

/// From the table [buckets][heads] what is added to the scores of a text of `count` pieces.
at::Tensor distanceBias(const at::Tensor& table, std::int64_t count, int buckets) {
  std::vector<std::int64_t> index;
  for (std::int64_t query = 0; query < count; ++query) {
    for (std::int64_t key = 0; key < count; ++key) index.push_back(t5Bucket(static_cast<int>(key - query), buckets));
  }
  const at::Tensor picked = table.index_select(0, at::tensor(at::ArrayRef<std::int64_t>(index)).to(table.device()));
  return picked.view({count, count, -1}).permute({2, 0, 1});
}

std::vector<float> toVector(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.to(at::kCPU).contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

/// Reads the sizes off the shapes and checks every tensor of the encoder against them.
class ShapeCheck {
 public:
  explicit ShapeCheck(const TensorFolder& folder) : folder_(folder) {}

  Result<T5Sizes> run(const std::string& table) {
    if (folder_.holds(blockName(0) + "layer.1.DenseReluDense.wi_0.weight")) {
      return Error{ErrorCode::Unsupported,
                   "These weights are of T5 1.1 or a later kind; GEM was trained with T5 1.0, take those of t5-3b"};
    }
    const auto embedding = shape(table, {-1, -1});
    const auto bias = shape(blockName(0) + "layer.0.SelfAttention.relative_attention_bias.weight", {-1, -1});
    const auto query = shape(blockName(0) + "layer.0.SelfAttention.q.weight", {-1, -1});
    const auto inner = shape(blockName(0) + "layer.1.DenseReluDense.wi.weight", {-1, -1});
    if (!status_) return status_.error();
    T5Sizes s;
    s.vocabulary = static_cast<int>(embedding[0]);
    s.width = static_cast<int>(embedding[1]);
    s.buckets = static_cast<int>(bias[0]);
    s.heads = static_cast<int>(bias[1]);
    s.headWidth = s.heads > 0 ? static_cast<int>(query[0] / s.heads) : 0;
    s.inner = static_cast<int>(inner[0]);
    while (s.layers < kMostLayers && folder_.holds(blockName(s.layers) + "layer.0.layer_norm.weight")) ++s.layers;
    if (s.vocabulary < 1 || s.width < 1 || s.headWidth < 1 || s.inner < 1 || s.layers < 1 || s.buckets < 4 ||
        s.buckets % 4 != 0) {
      return Error{ErrorCode::BadInput, "These weights are of no T5: a size of theirs cannot be"};
    }
    const std::int64_t all = std::int64_t(s.heads) * s.headWidth;
    for (int layer = 0; layer < s.layers; ++layer) {
      const std::string attention = blockName(layer) + "layer.0.", forward = blockName(layer) + "layer.1.";
      shape(attention + "layer_norm.weight", {s.width});
      for (const char* part : {"q", "k", "v"}) shape(attention + "SelfAttention." + part + ".weight", {all, s.width});
      shape(attention + "SelfAttention.o.weight", {s.width, all});
      shape(forward + "layer_norm.weight", {s.width});
      shape(forward + "DenseReluDense.wi.weight", {s.inner, s.width});
      shape(forward + "DenseReluDense.wo.weight", {s.width, s.inner});
    }
    shape("encoder.final_layer_norm.weight", {s.width});
    if (!status_) return status_.error();
    return s;
  }

 private:
  std::vector<std::int64_t> shape(const std::string& name, const std::vector<std::int64_t>& expected) {
    if (!status_) return {};
    Result<std::vector<std::int64_t>> found = folder_.shapeOf(name, expected);
    if (found) return *std::move(found);
    status_ = found.error();
    return {};
  }
  const TensorFolder& folder_;
  Status status_;
};

}  // namespace

int t5Bucket(int distance, int buckets) {
  const int half = buckets / 2, single = half / 2;
  const int first = distance > 0 ? half : 0;
  const int steps = std::abs(distance);
  if (steps < single) return first + steps;
  // float32 in this order, as the published model was computed: whole numbers come out exactly
  const float along = std::log(float(steps) / float(single)) / float(std::log(double(kFarthestDistance) / single)) *
                      float(half - single);
  return first + std::min(single + static_cast<int>(along), half - 1);
}

struct T5Encoder::Weights {
  TensorFolder folder;
  std::string table;  // the name of the embedding
  std::vector<Layer> layers;  // when they are kept
};

T5Encoder::T5Encoder(T5Sizes sizes, T5Options options, std::unique_ptr<Weights> weights)
    : sizes_(sizes), options_(options), weights_(std::move(weights)) {}
T5Encoder::~T5Encoder() = default;

Result<std::unique_ptr<T5Encoder>> T5Encoder::open(TorchRuntime& runtime, const std::filesystem::path& weights,
                                                   const T5Options& options) {
  if (options.device == RuntimeDevice::Cuda && runtime.device() != RuntimeDevice::Cuda) {
    return Error{ErrorCode::EngineFailed, "T5 cannot run on the graphics card: the engine has none."};
  }
  Result<TensorFolder> folder = TensorFolder::open(weights);
  if (!folder) return folder.error().withContext("T5 cannot be read");
  // the one matrix of the embedding goes by either name
  const std::string table = folder->holds("shared.weight") ? "shared.weight" : "encoder.embed_tokens.weight";
  const Result<T5Sizes> sizes = ShapeCheck(*folder).run(table);
  if (!sizes) return sizes.error().withContext("T5 cannot be read");
  auto held = std::make_unique<Weights>(Weights{std::move(*folder), table, {}});
  return std::unique_ptr<T5Encoder>(new T5Encoder(*sizes, options, std::move(held)));
}

std::uint64_t T5Encoder::weightBytes() const {
  const std::uint64_t width = std::uint64_t(sizes_.width),
                      all = std::uint64_t(sizes_.heads) * std::uint64_t(sizes_.headWidth);
  const std::uint64_t layer =
      (4 * width * all + 2 * width * std::uint64_t(sizes_.inner)) * (options_.halfPrecision ? 2 : 4) + 2 * width * 4;
  return layer * (options_.keepsLayers ? std::uint64_t(sizes_.layers) : 1);
}

Result<std::vector<std::vector<float>>> T5Encoder::encode(std::span<const std::vector<int>> texts,
                                                          std::stop_token stop) {
  TensorLoader loader(weights_->folder, options_);
  std::vector<std::vector<float>> outputs;
  std::optional<Error> problem;
  const auto work = [&] {
    const c10::InferenceMode inference;
    const at::Tensor biasTable = loader.exact(blockName(0) + "layer.0.SelfAttention.relative_attention_bias.weight");
    const at::Tensor lastNorm = loader.exact("encoder.final_layer_norm.weight");
    std::vector<at::Tensor> states, biases;
    for (const std::vector<int>& ids : texts) {
      assert(!ids.empty() &&
             std::all_of(ids.begin(), ids.end(), [&](int id) { return id >= 0 && id < sizes_.vocabulary; }));
      states.push_back(loader.embed(weights_->table, ids));
      if (!loader.status()) return;
      biases.push_back(distanceBias(biasTable, std::int64_t(ids.size()), sizes_.buckets));
    }
    for (int index = 0; index < sizes_.layers && !texts.empty(); ++index) {
      if (stop.stop_requested()) {
        problem = Error{ErrorCode::Cancelled, "Stopped."};
        return;
      }
      const bool isKept = std::size_t(index) < weights_->layers.size();
      const Layer layer = isKept ? weights_->layers[std::size_t(index)] : loader.layer(index);
      if (!loader.status()) return;
      if (options_.keepsLayers && !isKept) weights_->layers.push_back(layer);
      for (std::size_t i = 0; i < states.size(); ++i) states[i] = passThrough(layer, states[i], biases[i], sizes_);
    }
    for (const at::Tensor& state : states) outputs.push_back(toVector(normalise(state, lastNorm)));
  };
  const ExactProducts exact;
  runAlone([&] {
    try {
      work();
    } catch (const std::exception& e) {
      const std::string what = e.what();
      problem = Error{ErrorCode::EngineFailed, "T5 failed: " + what.substr(0, what.find('\n'))};
    }
  });
  if (problem) return *problem;
  if (!loader.status()) return loader.status().error().withContext("T5 cannot be read");
  return outputs;
}

}  // namespace kinescore
