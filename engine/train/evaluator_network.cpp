#include "engine/train/evaluator_network.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include "engine/core/random.h"
#include "engine/network/parameters.h"
#include "engine/train/optimizer.h"

namespace kinescore {
namespace {

constexpr double kTemperature = 0.07;
constexpr double kSameMeaning = 0.8;    // cosine of sentences from which a pair is no negative
constexpr double kSmoothing = 0.1;      // of the action's label
constexpr double kDropout = 0.15, kTokenDropout = 0.1;
constexpr double kInputNoise = 0.1;
constexpr double kLargestGradient = 1;
constexpr double kAverageDecay = 0.995;
constexpr double kNever = -1e4;
const std::string kPrefix = "evaluator.";

std::vector<ParameterSpec> parametersOf(const EvaluatorConfig& c) {
  std::vector<ParameterSpec> list;
  const auto add = [&](const std::string& name, std::vector<std::int64_t> shape, ParameterStart start, double scale = 0) {
    ParameterSpec spec;
    spec.name = name;
    spec.shape = std::move(shape);
    spec.start = start;
    spec.scale = scale;
    spec.decays = spec.shape.size() > 1;
    spec.offset = list.empty() ? 0 : list.back().offset + list.back().count();
    list.push_back(std::move(spec));
  };
  const auto linear = [&](const std::string& name, int from, int to, double gain = 1) {
    add(name + ".weight", {to, from}, ParameterStart::Normal, gain / std::sqrt(double(from)));
    add(name + ".bias", {to}, ParameterStart::Zero);
  };
  const auto norm = [&](const std::string& name) {
    add(name + ".weight", {c.width}, ParameterStart::One);
    add(name + ".bias", {c.width}, ParameterStart::Zero);
  };
  linear("input", c.inputs * c.patchFrames, c.width);
  for (int layer = 0; layer < c.layers; ++layer) {
    const std::string at = "layers." + std::to_string(layer) + ".";
    norm(at + "norm0");
    linear(at + "qkv", c.width, 3 * c.width);
    linear(at + "out", c.width, c.width, 0.5);
    norm(at + "norm1");
    linear(at + "feed0", c.width, c.feedForward);
    linear(at + "feed1", c.feedForward, c.width, 0.5);
  }
  norm("norm");
  linear("action", c.width, c.actions);
  linear("motion", c.width, c.embedding);
  linear("sentence", c.sentenceWidth, c.embedding);
  return list;
}

// Where a token stands: sines of its time, [tokens][width].
at::Tensor positionsOf(std::int64_t tokens, const EvaluatorConfig& c) {
  const at::Tensor table = at::zeros({tokens, c.width});
  float* values = table.data_ptr<float>();
  for (std::int64_t n = 0; n < tokens; ++n) {
    for (int i = 0; i < c.width; ++i) {
      const double pace = std::pow(300.0, -double(i / 2 * 2) / c.width);
      const double angle = double(n * c.patchFrames) * pace;
      values[n * c.width + i] = float(i % 2 ? std::cos(angle) : std::sin(angle));
    }
  }
  return table;
}

at::Tensor unit(const at::Tensor& x) { return x / x.square().sum(-1, true).add(1e-8).sqrt(); }

// Some motions side by side, padded to the longest.
struct Patches {
  at::Tensor values;  // [B][N][patch · inputs]
  at::Tensor valid;   // [B][N] 1 or 0
};

Patches patchesOf(std::span<const std::span<const float>> motions, const EvaluatorConfig& c) {
  const std::int64_t row = c.inputs, patch = c.patchFrames * row;
  std::int64_t longest = 1;
  const auto tokensOf = [&](std::span<const float> m) {
    const auto frames = std::int64_t(m.size()) / row;
    return std::max<std::int64_t>(1, (frames + c.patchFrames / 2) / c.patchFrames);
  };
  for (const auto& m : motions) longest = std::max(longest, tokensOf(m));
  const auto count = std::int64_t(motions.size());
  Patches patches{at::zeros({count, longest, patch}), at::zeros({count, longest})};
  for (std::int64_t b = 0; b < count; ++b) {
    const std::span<const float> m = motions[b];
    assert(!m.empty() && std::int64_t(m.size()) % row == 0);
    float* to = patches.values.data_ptr<float>() + b * longest * patch;
    const std::int64_t frames = std::int64_t(m.size()) / row, tokens = tokensOf(m);
    for (std::int64_t f = 0; f < tokens * c.patchFrames; ++f) {  // an open last patch repeats the last frame
      std::copy_n(m.data() + std::min(f, frames - 1) * row, row, to + f * row);
    }
    std::fill_n(patches.valid.data_ptr<float>() + b * longest, tokens, 1.0f);
  }
  return patches;
}

// Activations thinned out by a stream of their own; without one, as they are.
struct Thinning {
  at::Generator* generator = nullptr;
  [[nodiscard]] at::Tensor operator()(const at::Tensor& x, double rate) const {
    if (!generator) return x;
    return x * at::empty_like(x.detach()).bernoulli_(1 - rate, *generator) / (1 - rate);
  }
};

at::Tensor linear(const ParameterMap& p, const std::string& name, const at::Tensor& x) {
  return at::linear(x, p.at(name + ".weight"), p.at(name + ".bias"));
}
at::Tensor norm(const ParameterMap& p, const std::string& name, const at::Tensor& x) {
  return at::layer_norm(x, {x.size(-1)}, p.at(name + ".weight"), p.at(name + ".bias"));
}

// [B][width]: what the network makes of each motion.
at::Tensor summary(const ParameterMap& p, const EvaluatorConfig& c, const Patches& patches, const Thinning& thinned) {
  const std::int64_t batch = patches.values.size(0), tokens = patches.values.size(1), head = c.width / c.heads;
  at::Tensor x = linear(p, "input", patches.values) + positionsOf(tokens, c);
  at::Tensor valid = patches.valid;
  if (thinned.generator) {  // whole tokens go missing, never all of them
    const at::Tensor kept = at::empty_like(valid).bernoulli_(1 - kTokenDropout, *thinned.generator) * valid;
    valid = at::where(kept.sum(1, true) > 0, kept, valid);
  }
  const at::Tensor bias = ((1 - valid) * kNever).view({batch, 1, 1, tokens});
  for (int layer = 0; layer < c.layers; ++layer) {
    const std::string at = "layers." + std::to_string(layer) + ".";
    const at::Tensor qkv = linear(p, at + "qkv", norm(p, at + "norm0", x)).view({batch, tokens, 3, c.heads, head}).permute({2, 0, 3, 1, 4});
    const at::Tensor scores = at::matmul(qkv[0], qkv[1].transpose(-1, -2)) / std::sqrt(double(head)) + bias;
    const at::Tensor mixed = at::matmul(scores.softmax(-1), qkv[2]).transpose(1, 2).reshape({batch, tokens, c.width});
    x = x + thinned(linear(p, at + "out", mixed), kDropout);
    const at::Tensor inner = at::gelu(linear(p, at + "feed0", norm(p, at + "norm1", x)));
    x = x + thinned(linear(p, at + "feed1", inner), kDropout);
  }
  const at::Tensor share = (valid / valid.sum(1, true)).unsqueeze(-1);
  return (norm(p, "norm", x) * share).sum(1);
}

at::Tensor tensorOf(std::span<const float> values, std::vector<std::int64_t> shape) {
  return at::tensor(at::ArrayRef<float>(values.data(), values.size())).view(shape);
}
std::vector<float> floatsOf(const at::Tensor& tensor) {
  const at::Tensor whole = tensor.contiguous();
  return {whole.data_ptr<float>(), whole.data_ptr<float>() + whole.numel()};
}

}  // namespace

struct EvaluatorNetwork::State {
  EvaluatorConfig config;
  std::vector<ParameterSpec> specs;
  std::uint64_t seed = 0;
  at::Tensor values;
  // of training, made at its first step
  at::Tensor gradients, first, second, averaged;
  ParameterMap leaves;
  std::int64_t step = 0;

  State(const EvaluatorConfig& c, std::uint64_t s) : config(c), specs(parametersOf(c)), seed(s) {
    assert(c.inputs > 0 && c.sentenceWidth > 0 && c.actions > 0 && c.width % c.heads == 0);
    values = startingParameters(specs, seed);
  }
};

nlohmann::json jsonFromEvaluatorConfig(const EvaluatorConfig& c) {
  return {{"patch_frames", c.patchFrames}, {"width", c.width},       {"layers", c.layers},
          {"heads", c.heads},              {"feed_forward", c.feedForward}, {"embedding", c.embedding},
          {"inputs", c.inputs},            {"sentence_width", c.sentenceWidth}, {"actions", c.actions}};
}

Result<EvaluatorConfig> evaluatorConfigFromJson(const nlohmann::json& json) {
  EvaluatorConfig c;
  const Error bad{ErrorCode::BadInput, "The sizes of an evaluator are missing or out of all reason."};
  const auto read = [&](const char* key, int most, int& to) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    if (found == json.end() || !found->is_number_integer()) return false;
    const auto value = found->get<std::int64_t>();
    if (value < 1 || value > most) return false;
    to = int(value);
    return true;
  };
  const bool fine = read("patch_frames", 16, c.patchFrames) && read("width", 1024, c.width) &&
                    read("layers", 24, c.layers) && read("heads", 32, c.heads) &&
                    read("feed_forward", 4096, c.feedForward) && read("embedding", 1024, c.embedding) &&
                    read("inputs", 1024, c.inputs) && read("sentence_width", 4096, c.sentenceWidth) &&
                    read("actions", 4096, c.actions) && c.width % c.heads == 0;
  if (!fine) return bad;
  return c;
}

EvaluatorNetwork::EvaluatorNetwork(const EvaluatorConfig& config, std::uint64_t seed)
    : state_(std::make_unique<State>(config, seed)) {}
EvaluatorNetwork::EvaluatorNetwork(std::unique_ptr<State> state) : state_(std::move(state)) {}
EvaluatorNetwork::EvaluatorNetwork(EvaluatorNetwork&&) noexcept = default;
EvaluatorNetwork& EvaluatorNetwork::operator=(EvaluatorNetwork&&) noexcept = default;
EvaluatorNetwork::~EvaluatorNetwork() = default;

Result<EvaluatorNetwork> EvaluatorNetwork::read(const SafetensorsFile& file, const EvaluatorConfig& config) {
  auto state = std::make_unique<State>(config, 0);
  for (const ParameterSpec& spec : state->specs) {
    auto view = file.require(kPrefix + spec.name, spec.shape);
    if (!view) return view.error();
    const std::vector<float> values = view->toFloats();
    std::copy(values.begin(), values.end(), state->values.data_ptr<float>() + spec.offset);
  }
  return EvaluatorNetwork(std::move(state));
}

const EvaluatorConfig& EvaluatorNetwork::config() const { return state_->config; }
std::int64_t EvaluatorNetwork::parameterCount() const { return state_->values.numel(); }

EvaluatorLosses EvaluatorNetwork::train(std::span<const EvaluatorSample> batch, std::span<const float> actionWeights,
                                        double rate) {
  State& s = *state_;
  const EvaluatorConfig& c = s.config;
  assert(!batch.empty() && int(actionWeights.size()) == c.actions);
  if (s.leaves.empty()) {
    s.gradients = at::zeros_like(s.values);
    s.first = at::zeros_like(s.values);
    s.second = at::zeros_like(s.values);
    s.averaged = s.values.clone();
    s.leaves = trainableViews(s.specs, s.values, s.gradients);
  }
  const auto count = std::int64_t(batch.size());
  std::vector<std::span<const float>> motions;
  const at::Tensor sentences = at::empty({count, c.sentenceWidth}), actions = at::empty({count}, at::kLong);
  for (std::int64_t b = 0; b < count; ++b) {
    assert(int(batch[b].sentence.size()) == c.sentenceWidth && batch[b].action >= 0 && batch[b].action < c.actions);
    motions.push_back(batch[b].values);
    std::copy_n(batch[b].sentence.data(), c.sentenceWidth, sentences.data_ptr<float>() + b * c.sentenceWidth);
    actions.data_ptr<std::int64_t>()[b] = batch[b].action;
  }
  CounterRandom seeds(s.seed, std::uint64_t(s.step), 0x657661);
  const std::uint64_t word = seeds.nextWord();
  at::Generator generator = at::detail::createCPUGenerator((word << 32) | seeds.nextWord());

  Patches patches = patchesOf(motions, c);
  patches.values.add_(at::empty_like(patches.values).normal_(0, kInputNoise, generator));
  const Thinning thinned{&generator};
  const at::Tensor all = summary(s.leaves, c, patches, thinned);
  const at::Tensor action = at::cross_entropy_loss(linear(s.leaves, "action", thinned(all, kDropout)), actions,
                                                   tensorOf(actionWeights, {c.actions}), at::Reduction::Mean, -100, kSmoothing);
  const at::Tensor ofMotion = unit(linear(s.leaves, "motion", all));
  const at::Tensor ofSentence = unit(linear(s.leaves, "sentence", thinned(sentences, kDropout)));
  const at::Tensor same = at::matmul(sentences, sentences.t()).gt(kSameMeaning).to(at::kFloat) * (1 - at::eye(count));
  const at::Tensor scores = at::matmul(ofMotion, ofSentence.t()) / kTemperature + same * kNever;
  const at::Tensor own = at::arange(count, at::kLong);
  const at::Tensor contrast = (at::cross_entropy_loss(scores, own) + at::cross_entropy_loss(scores.t(), own)) / 2;
  s.gradients.zero_();
  (action + contrast).backward();

  at::NoGradGuard noGradients;
  const double size = std::sqrt(s.gradients.square().sum(at::kDouble).item<double>());
  const EvaluatorLosses losses{action.item<double>(), contrast.item<double>()};
  if (std::isfinite(size)) {
    if (size > kLargestGradient) s.gradients.mul_(kLargestGradient / size);
    const OptimizerOptions options;
    const OptimizerArrays arrays{s.values, s.gradients, s.first, s.second};
    for (const auto& run : optimizerStep(s.specs, arrays, rate, s.step, options, 1)) run();
    const double decay = std::min(kAverageDecay, double(1 + s.step) / double(20 + s.step));
    s.averaged.lerp_(s.values, 1 - decay);
  }
  ++s.step;
  return losses;
}

void EvaluatorNetwork::finishTraining() {
  State& s = *state_;
  if (!s.averaged.defined()) return;
  s.values = s.averaged;
  s.gradients = s.first = s.second = s.averaged = at::Tensor();
  s.leaves.clear();
}

Judgement EvaluatorNetwork::judge(std::span<const float> values) const {
  at::NoGradGuard noGradients;
  const State& s = *state_;
  const std::int64_t row = s.config.inputs, frames = std::int64_t(values.size()) / row;
  assert(frames > 0);
  std::vector<std::span<const float>> parts;
  const std::int64_t count = (frames + kJudgedFrames - 1) / kJudgedFrames;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t length = std::min<std::int64_t>(frames, kJudgedFrames);
    const std::int64_t first = count > 1 ? (frames - length) * i / (count - 1) : 0;
    parts.push_back(values.subspan(std::size_t(first * row), std::size_t(length * row)));
  }
  const ParameterMap views = viewsOf(s.specs, s.values);
  const at::Tensor all = summary(views, s.config, patchesOf(parts, s.config), {});
  return {floatsOf(linear(views, "action", all).mean(0)), floatsOf(unit(unit(linear(views, "motion", all)).mean(0)))};
}

std::vector<float> EvaluatorNetwork::pointOfSentence(std::span<const float> sentence) const {
  at::NoGradGuard noGradients;
  const State& s = *state_;
  const ParameterMap views = viewsOf(s.specs, s.values);
  return floatsOf(unit(linear(views, "sentence", tensorOf(sentence, {1, s.config.sentenceWidth}))));
}

void EvaluatorNetwork::addTo(SafetensorsWriter& writer) const {
  for (const ParameterSpec& spec : state_->specs) {
    const std::span<const float> values(state_->values.data_ptr<float>() + spec.offset, std::size_t(spec.count()));
    writer.addFloatsAsHalf(kPrefix + spec.name, spec.shape, values);
  }
}

}  // namespace kinescore
