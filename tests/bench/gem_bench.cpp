// What hoisting, folding and banding give the GEM denoiser: its guided steps against a plain transcription of the
// published graph (masks, rotary tables and text keys made anew at every look, whole attention, one branch after the
// other), in turn in one process. The ratio is the result; the milliseconds are this machine's.
//
// Twice: with the layers' matrices in float32, as at quality best, and in bfloat16, as at the others where the processor
// computes with it. The transcription is in float32, as the published program runs.
//
//   bench_gem [width layers heads frames prompts repeats]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include "engine/network/gem/sampler.h"
#include "engine/network/gem/statistics.h"
#include "engine/network/gem/weights.h"

namespace kinescore::gem {
namespace {

// Of the processor, on one thread: other work on the machine does not count.
double secondsNow() { return double(std::clock()) / CLOCKS_PER_SEC; }

struct PlainInputs {
  at::Tensor conditions;            // [1][L][width]
  std::vector<at::Tensor> texts;    // [1][50][1024] each
  std::vector<FrameSpan> frames;    // of each text; empty: one, everywhere
};

// The published graph as it is written, one call after the other.
class PlainDenoiser {
 public:
  PlainDenoiser(const Config& config, const ParameterMap& weights) : config_(config), weights_(weights) {}

  [[nodiscard]] at::Tensor look(const PlainInputs& inputs, const at::Tensor& noisy, std::int64_t timestep) const {
    const std::int64_t L = noisy.size(1);
    const at::Tensor table = weight("sequence_pos_encoder.pe").squeeze(1);
    const at::Tensor time = table.narrow(0, timestep, 1);
    const at::Tensor tau = linear("embed_timestep.time_embed.2", at::silu(linear("embed_timestep.time_embed.0", time)));
    at::Tensor h = linear("add_cond_linear", at::cat({inputs.conditions + tau.unsqueeze(0), noisy}, -1));
    const at::Tensor hidden = windowMask(L);
    std::vector<at::Tensor> texts;
    for (const at::Tensor& text : inputs.texts)
      texts.push_back(linear("embed_text", text) + table.narrow(0, 0, kTextTokens));
    for (std::int64_t i = 0; i < config_.layers; ++i) {
      h = textBlock("text_encoder_layers." + std::to_string(i) + ".", h, texts, inputs.frames);
      h = encoderBlock("blocks." + std::to_string(i) + ".", h, hidden);
    }
    at::Tensor motion = mlp("final_layer", h, "none");
    const at::Tensor shape = motion.narrow(2, kShapeChannel, kShapes).mean(1, true);
    motion = motion.clone();
    motion.narrow(2, kShapeChannel, kShapes).copy_(shape.expand({1, L, kShapes}));
    (void)mlp("pred_cam_head", h, "none").clamp_min(0.25);
    (void)mlp("static_conf_head", h, "none");
    return motion;
  }

 private:
  [[nodiscard]] const at::Tensor& weight(const std::string& name) const { return weights_.at(kDenoiserPrefix + name); }
  [[nodiscard]] at::Tensor linear(const std::string& name, const at::Tensor& x) const {
    return at::linear(x, weight(name + ".weight"), weight(name + ".bias"));
  }
  [[nodiscard]] at::Tensor norm(const std::string& name, const at::Tensor& x) const {
    return at::layer_norm(x, {x.size(-1)}, weight(name + ".weight"), weight(name + ".bias"), 1e-6);
  }
  [[nodiscard]] at::Tensor mlp(const std::string& name, const at::Tensor& x, const char* gelu) const {
    return linear(name + ".fc2", at::gelu(linear(name + ".fc1", x), gelu));
  }

  // Row by row, as the published code makes it in every call. True: hidden.
  [[nodiscard]] at::Tensor windowMask(std::int64_t frames) const {
    if (frames <= config_.window) return {};
    const at::Tensor mask = at::ones({frames, frames}, at::kBool);
    for (std::int64_t i = 0; i < frames; ++i) {
      const FrameSpan keys = keysOfFrame(i, frames, config_.window);
      mask.select(0, i).narrow(0, keys.begin, keys.count()).fill_(false);
    }
    return mask;
  }

  [[nodiscard]] at::Tensor attend(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                                  const at::Tensor& hidden) const {
    at::Tensor scores = at::matmul(query, key.transpose(-1, -2)) / std::sqrt(double(query.size(-1)));
    if (hidden.defined()) scores = scores.masked_fill(hidden, -INFINITY);
    return joinHeads(at::matmul(at::softmax(scores, -1), value));
  }

  [[nodiscard]] static at::Tensor rotated(const at::Tensor& x) {
    const std::int64_t L = x.size(2), D = x.size(3);
    const at::Tensor rates = 1.0 / at::pow(10000.0, at::arange(0, D, 2, at::kFloat) / double(D));
    const at::Tensor half = at::arange(L, at::kFloat).unsqueeze(1) * rates;
    const at::Tensor angles = at::stack({half, half}, -1).flatten(-2);
    const auto pair = x.unflatten(-1, {-1, 2}).unbind(-1);
    return x * angles.cos() + at::stack({-pair[1], pair[0]}, -1).flatten(-2) * angles.sin();
  }

  [[nodiscard]] at::Tensor encoderBlock(const std::string& block, const at::Tensor& x, const at::Tensor& hidden) const {
    const at::Tensor n = norm(block + "norm1", x);
    const at::Tensor query = splitHeads(linear(block + "attn.query", n), config_.heads);
    const at::Tensor key = splitHeads(linear(block + "attn.key", n), config_.heads);
    const at::Tensor value = splitHeads(linear(block + "attn.value", n), config_.heads);
    const at::Tensor seen = linear(block + "attn.proj", attend(rotated(query), rotated(key), value, hidden));
    const at::Tensor h = x + weight(block + "gate_msa") * seen;
    return h + weight(block + "gate_mlp") * mlp(block + "mlp", norm(block + "norm2", h), "tanh");
  }

  [[nodiscard]] at::Tensor asked(const std::string& block, const at::Tensor& n, const at::Tensor& text,
                                 const at::Tensor& hidden) const {
    const auto weights = weight(block + "cross_attn.in_proj_weight").chunk(3, 0);
    const auto biases = weight(block + "cross_attn.in_proj_bias").chunk(3, 0);
    const at::Tensor query = splitHeads(at::linear(n, weights[0], biases[0]), config_.heads);
    const at::Tensor key = splitHeads(at::linear(text, weights[1], biases[1]), config_.heads);
    const at::Tensor value = splitHeads(at::linear(text, weights[2], biases[2]), config_.heads);
    return linear(block + "cross_attn.out_proj", attend(query, key, value, hidden));
  }

  [[nodiscard]] at::Tensor textBlock(const std::string& block, const at::Tensor& x,
                                     const std::vector<at::Tensor>& texts, const std::vector<FrameSpan>& frames) const {
    const at::Tensor n = norm(block + "norm2", x);
    at::Tensor told;
    if (frames.empty()) told = asked(block, n, texts[0], {});
    for (std::size_t k = 0; k < frames.size(); ++k) {
      const at::Tensor hidden = at::ones({x.size(1), kTextTokens}, at::kBool);
      hidden.narrow(0, frames[k].begin, frames[k].count()).fill_(false);
      const at::Tensor answer = at::nan_to_num(asked(block, n, texts[k], hidden));
      told = told.defined() ? told + answer : answer;
    }
    const at::Tensor h = x + weight(block + "gate_cross_attn") * told;
    return h + weight(block + "gate_mlp") * mlp(block + "mlp", norm(block + "norm3", h), "tanh");
  }

  Config config_;
  const ParameterMap& weights_;
};

struct Case {
  Config config;
  std::int64_t frames = 300;
  int prompts = 1, repeats = 3;
};

ClipConditions clipOf(const Case& run) {
  ClipConditions clip = ClipConditions::empty(run.frames);
  for (int k = 0; k < run.prompts; ++k) {
    const at::Tensor text = at::randn({kTextTokens * kTextChannels}) * 0.1;
    const float* values = text.const_data_ptr<float>();
    clip.prompts.push_back({{values, values + text.numel()}, float(k) / run.prompts, float(k + 1) / run.prompts});
  }
  if (run.prompts == 1) {
    clip.text = clip.prompts[0].text;
    clip.prompts.clear();
  }
  return clip;
}

/// Seconds of a guided step with layers of one type and of the preparation, how far its result is from the plain one's.
struct Ours {
  double step = 0, prepare = 0, difference = 0;
};
struct Times {
  double plain = 0;
  Ours single, half;
  [[nodiscard]] double ratio(const Ours& ours) const {
    return kSamplingSteps * plain / (ours.prepare + kSamplingSteps * ours.step);
  }
};

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(values.size() / 2), values.end());
  return values[values.size() / 2];
}

/// A denoiser with what it prepared for a clip, to be asked for guided steps.
class Sampled {
 public:
  Sampled(const Config& config, const ParameterMap& weights, at::ScalarType type, const ConditionTensors& conditions)
      : denoiser_(*Denoiser::load(config, [&](const std::string&) -> Result<ParameterMap> { return weights; }, type)) {
    const double start = secondsNow();
    context_ = denoiser_.prepare(conditions, Branches::Guided);
    times.prepare = secondsNow() - start;
  }
  [[nodiscard]] at::Tensor step(const at::Tensor& x, const DdimStep& step) const {
    const at::Tensor time = denoiser_.timeInput(at::full({1}, step.timestep, at::kLong));
    const Prediction both = denoiser_.denoise(context_, x, time, {Heads::MotionOnly, {}, {}});
    return ddimUpdate(x, guided(both, 2, kGuidanceScale).motion, step);
  }
  [[nodiscard]] const Denoiser& denoiser() const { return denoiser_; }

  Ours times;

 private:
  Denoiser denoiser_;
  ClipContext context_;
};

Times measure(const Case& run) {
  ParameterMap weights = freshWeights(run.config, 1);
  for (auto& [name, tensor] : weights) {
    if (name.find("gate_") != std::string::npos) tensor = at::full_like(tensor, 0.1);
  }
  const PlainDenoiser plain(run.config, weights);
  const ClipConditions clip = clipOf(run);
  const ConditionTensors conditions = gatherConditions({&clip, 1});
  const std::vector<DdimStep> steps = ddimSteps();
  const at::Tensor noise = at::randn({1, run.frames, kMotionChannels});

  Sampled single(run.config, weights, at::kFloat, conditions), half(run.config, weights, at::kBFloat16, conditions);

  PlainInputs all, without;
  all.conditions = without.conditions = single.denoiser().conditionEncoder().encode(conditions).sum();
  all.texts = conditions.text.split(1, 0);
  for (const at::Tensor& text : all.texts) without.texts.push_back(at::zeros_like(text));
  all.frames = without.frames = conditions.promptFrames;
  const auto transcribed = [&](const at::Tensor& x, const DdimStep& step) {
    const at::Tensor c = plain.look(all, x, step.timestep), u = plain.look(without, x, step.timestep);
    return ddimUpdate(x, u + kGuidanceScale * (c - u), step);
  };

  const at::Tensor wanted = transcribed(noise, steps[20]);
  for (Sampled* ours : {&single, &half})
    ours->times.difference = (ours->step(noise, steps[20]) - wanted).abs().max().item<double>();
  const auto secondsOf = [](const auto& look) {
    const double start = secondsNow();
    (void)look();
    return secondsNow() - start;
  };
  std::vector<double> singleTimes, halfTimes, plainTimes;
  for (int i = 0; i < run.repeats; ++i) {
    singleTimes.push_back(secondsOf([&] { return single.step(noise, steps[20]); }));
    halfTimes.push_back(secondsOf([&] { return half.step(noise, steps[20]); }));
    plainTimes.push_back(secondsOf([&] { return transcribed(noise, steps[20]); }));
  }
  single.times.step = median(singleTimes);
  half.times.step = median(halfTimes);
  return {median(plainTimes), single.times, half.times};
}

void report(const Case& run) {
  const Times times = measure(run);
  std::printf("width %4lld, %2lld layers, %4lld frames, %2d prompts: a plain step %8.1f ms\n",
              static_cast<long long>(run.config.width), static_cast<long long>(run.config.layers),
              static_cast<long long>(run.frames), run.prompts, 1e3 * times.plain);
  for (const auto& [name, ours] : {std::pair("float32", times.single), {"bfloat16", times.half}}) {
    std::printf("  %-8s %8.1f ms, prepared in %.0f ms; 50 steps %.2f x as fast; difference %.1e\n", name,
                1e3 * ours.step, 1e3 * ours.prepare, times.ratio(ours), ours.difference);
  }
  std::fflush(stdout);
}

int run(int argc, char** argv) {
  const at::NoGradGuard noGradients;
  at::set_num_threads(1);
  const auto number = [&](int index, long fallback) {
    return index < argc ? std::strtol(argv[index], nullptr, 10) : fallback;
  };
  Case one;
  one.config.width = number(1, 256);
  one.config.layers = number(2, 4);
  one.config.heads = number(3, 8);
  one.repeats = int(number(6, 5));
  if (argc > 4) {
    one.frames = number(4, 300);
    one.prompts = int(number(5, 1));
    report(one);
    return 0;
  }
  for (const auto& [frames, prompts] : {std::pair{300, 1}, {300, 3}, {1800, 1}, {1800, 20}}) {
    one.frames = frames;
    one.prompts = prompts;
    report(one);
  }
  return 0;
}

}  // namespace
}  // namespace kinescore::gem

int main(int argc, char** argv) { return kinescore::gem::run(argc, argv); }
