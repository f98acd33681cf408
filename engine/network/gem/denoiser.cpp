#include "engine/network/gem/denoiser.h"

#include <cassert>

#include <ATen/ATen.h>

#include "engine/core/memory.h"
#include "engine/network/gem/statistics.h"
#include "engine/network/gem/weights.h"
#include "engine/network/packed_linear.h"

namespace kinescore::gem {
namespace {

// Of the norms inside blocks; two of the embedders' use torch's own (T19).
constexpr double kBlockNormEpsilon = 1e-6;

at::Tensor blockNorm(const at::Tensor& x) { return plainNorm(x, kBlockNormEpsilon); }

at::Tensor constants(const std::array<float, kCameraChannels>& values, const at::TensorOptions& options) {
  return at::tensor(at::ArrayRef<float>(values)).to(options);
}

Linear in(at::ScalarType type, const Linear& linear) { return {linear.weight.to(type), linear.bias.to(type)}; }

std::string denoiserName(const std::string& name) { return kDenoiserPrefix + name; }
std::string encoderBlockName(std::int64_t i) { return denoiserName("blocks." + std::to_string(i) + "."); }
std::string textBlockName(std::int64_t i) { return denoiserName("text_encoder_layers." + std::to_string(i) + "."); }

}  // namespace

ClipContext branchOf(const ClipContext& context, std::int64_t branch) {
  assert(branch >= 0 && branch < context.branches);
  const std::int64_t rows = context.clips * context.branches;
  const auto own = [&](const at::Tensor& values) {
    const bool isOfRows = values.defined() && values.size(0) == rows && rows > 1;
    return isOfRows ? values.narrow(0, branch * context.clips, context.clips) : values;
  };
  ClipContext one = context;
  one.branches = 1;
  one.input = own(context.input);
  one.shapeWeights = own(context.shapeWeights);
  for (AttentionBlock& block : one.attention.blocks) block.mask = own(block.mask);
  for (TextMemory& memory : one.memories) {
    for (std::vector<at::Tensor>* values : {&memory.keys, &memory.values}) {
      for (at::Tensor& text : *values) text = own(text);
    }
  }
  return one;
}

at::Tensor Denoiser::Mlp::operator()(const at::Tensor& plain) const {
  return second(at::gelu(first(plain), "tanh"));
}

at::Tensor Denoiser::TextBlock::operator()(const at::Tensor& x, const TextMemory& memory,
                                           const TextPlan& texts) const {
  const at::Tensor told = x + attention(blockNorm(x), memory, texts);
  return told + mlp(blockNorm(told));
}

at::Tensor Denoiser::EncoderBlock::operator()(const at::Tensor& x, const AttentionPlan& plan) const {
  const at::Tensor seen = x + attention(blockNorm(x), plan);
  return seen + mlp(blockNorm(seen));
}

Denoiser::Denoiser(const Config& config, const ParameterMap& weights, WithoutLayers)
    : config_(config), conditions_(config, weights) {
  const LayerReader layers(weights);
  const auto head = [&](const std::string& name) {
    return Mlp{layers.linear(denoiserName(name + ".fc1")), layers.linear(denoiserName(name + ".fc2"))};
  };
  positions_ = weights.at(positionTableName()).view({kPositionRows, config.width});
  time0_ = layers.linear(denoiserName("embed_timestep.time_embed.0"));
  time1_ = layers.linear(denoiserName("embed_timestep.time_embed.2"));
  if (config.hasText()) text_ = layers.linear(denoiserName("embed_text"));
  const Linear input = layers.linear(denoiserName("add_cond_linear"));
  conditionIn_ = input.weight.narrow(1, 0, config.width).contiguous();
  motionIn_ = input.weight.narrow(1, config.width, kMotionChannels).contiguous();
  inputBias_ = input.bias;
  motionHead_ = head("final_layer");
  cameraHead_ = head("pred_cam_head");
  contactHead_ = head("static_conf_head");
  cameraMean_ = constants(kCameraMean, inputBias_.options());
  cameraDeviation_ = constants(kCameraDeviation, inputBias_.options());
}

Denoiser::Denoiser(const Config& config, ParameterMap weights) : Denoiser(config, weights, WithoutLayers()) {
  const LayerReader layers(weights);
  const auto letGo = [&](const std::string& prefix) {
    std::erase_if(weights, [&](const auto& entry) { return entry.first.starts_with(prefix); });
  };
  for (std::int64_t i = 0; i < config.layers; ++i) {
    addEncoderBlock(layers, encoderBlockName(i), inputBias_.scalar_type());
    letGo(encoderBlockName(i));
    if (!config.hasText()) continue;
    addTextBlock(layers, textBlockName(i), inputBias_.scalar_type());
    letGo(textBlockName(i));
  }
}

Result<Denoiser> Denoiser::load(const Config& config, const WeightsOfPart& weights, at::ScalarType layerType) {
  const Result<ParameterMap> rest = weights("");
  if (!rest) return rest.error();
  Denoiser network(config, *rest, WithoutLayers());
  // A part is let go before the next is read, and what it took in between goes back: a layer more than the network is
  // in memory at most, not half of it.
  const auto add = [&](const std::string& prefix, auto addBlock) -> Status {
    const Result<ParameterMap> part = weights(prefix);
    if (!part) return part.error();
    (network.*addBlock)(LayerReader(*part), prefix, layerType);
    return {};
  };
  for (std::int64_t i = 0; i < config.layers; ++i) {
    if (Status added = add(encoderBlockName(i), &Denoiser::addEncoderBlock); !added) return added.error();
    if (config.hasText()) {
      if (Status added = add(textBlockName(i), &Denoiser::addTextBlock); !added) return added.error();
    }
    network.packLastBlocks();
    returnFreedMemory();
  }
  return network;
}

// What is asked at every step.
void Denoiser::packLastBlocks() {
  const auto pack = [](auto&&... maps) { ((maps = packed(maps)), ...); };
  EncoderBlock& block = blocks_.back();
  pack(block.attention.queryKeyValue, block.attention.out, block.mlp.first, block.mlp.second);
  if (!config_.hasText()) return;
  TextBlock& text = textBlocks_.back();
  pack(text.attention.query, text.attention.out, text.mlp.first, text.mlp.second);
}

void Denoiser::addEncoderBlock(const LayerReader& layers, const std::string& prefix, at::ScalarType type) {
  SelfAttention attention = SelfAttention::read(layers, prefix + "attn", config_.heads);
  attention.queryKeyValue =
      in(type, afterNorm(layers.norm(prefix + "norm1", kBlockNormEpsilon), attention.queryKeyValue));
  attention.out = in(type, gatedBy(layers.tensor(prefix + "gate_msa"), attention.out));
  blocks_.push_back({attention, mlpOf(layers, prefix, "norm2", type)});
}

void Denoiser::addTextBlock(const LayerReader& layers, const std::string& prefix, at::ScalarType type) {
  CrossAttention attention = CrossAttention::read(layers, prefix + "cross_attn", config_.heads);
  attention.query = in(type, afterNorm(layers.norm(prefix + "norm2", kBlockNormEpsilon), attention.query));
  // Copies: as parts of the packed matrix they would keep all of it.
  attention.key = in(type, {attention.key.weight.clone(), attention.key.bias.clone()});
  attention.value = in(type, {attention.value.weight.clone(), attention.value.bias.clone()});
  attention.out = in(type, gatedBy(layers.tensor(prefix + "gate_cross_attn"), attention.out));
  textBlocks_.push_back({attention, mlpOf(layers, prefix, "norm3", type)});
}

Denoiser::Mlp Denoiser::mlpOf(const LayerReader& layers, const std::string& prefix, const std::string& norm,
                              at::ScalarType type) {
  return {in(type, afterNorm(layers.norm(prefix + norm, kBlockNormEpsilon), layers.linear(prefix + "mlp.fc1"))),
          in(type, gatedBy(layers.tensor(prefix + "gate_mlp"), layers.linear(prefix + "mlp.fc2")))};
}

at::Tensor Denoiser::embedText(const at::Tensor& text) const {
  return text_(text) + positions_.narrow(0, 0, text.size(1));
}

at::Tensor Denoiser::timeEmbedding(const at::Tensor& timesteps) const {
  return time1_(at::silu(time0_(positions_.index_select(0, timesteps))));
}

at::Tensor Denoiser::timeInput(const at::Tensor& timesteps) const {
  return at::linear(timeEmbedding(timesteps), conditionIn_).unsqueeze(1);
}

void Denoiser::prepareFrames(const at::Tensor& summed, const std::vector<std::int64_t>& lengths,
                             ClipContext& context) const {
  const std::int64_t rows = summed.size(0), L = summed.size(1);
  context.clips = rows / context.branches;
  context.frames = L;
  context.input = at::linear(summed, conditionIn_, inputBias_);
  context.attention.turns = rotaryTurns(L, config_.headWidth(), summed.options());
  std::vector<std::int64_t> ends;
  for (std::int64_t row = 0; row < rows; ++row) ends.push_back(lengths[std::size_t(row % context.clips)]);
  context.attention.blocks = attentionBlocks(L, config_.window, ends, summed.options());
  const at::Tensor valid = at::tensor(at::ArrayRef<std::int64_t>(ends)).to(summed.device()).view({-1, 1, 1});
  const at::Tensor index = at::arange(L, valid.options()).view({1, L, 1});
  context.shapeWeights = (index < valid).to(summed.options()) / valid.to(summed.options());
}

// Texts [rows][50][1024], each with its frames; without frames there is one, and it is everywhere.
void Denoiser::prepareTexts(const std::vector<at::Tensor>& texts, const std::vector<FrameSpan>& promptFrames,
                            ClipContext& context) const {
  if (!config_.hasText()) return;
  assert(promptFrames.empty() ? texts.size() == 1 : texts.size() == promptFrames.size());
  std::vector<at::Tensor> embedded;
  for (const at::Tensor& text : texts) embedded.push_back(embedText(text));
  for (const TextBlock& block : textBlocks_) context.memories.push_back(block.attention.remember(embedded));
  context.texts.frames = promptFrames;
  if (promptFrames.empty()) return;
  const at::Tensor coverage = at::zeros({1, context.frames, 1});
  for (const FrameSpan& frames : promptFrames) {
    if (frames.count() > 0) coverage.narrow(1, frames.begin, frames.count()).add_(1);
  }
  context.texts.coverage = coverage.to(context.input.options());
}

ClipContext Denoiser::prepare(const ConditionTensors& given, Branches branches) const {
  const ConditionTensors conditions = given.to(device());
  const bool isGuided = branches == Branches::Guided && config_.hasText() && conditions.hasGuidedConditions();
  const ConditionParts parts = conditions_.encode(conditions);
  at::Tensor summed = parts.sum();
  if (isGuided) summed = at::cat({summed, conditions_.withoutGuided(parts).sum()}, 0);
  ClipContext context;
  context.branches = isGuided ? 2 : 1;
  prepareFrames(summed, conditions.lengths, context);
  const auto branched = [&](const at::Tensor& text) {
    return isGuided ? at::cat({text, at::zeros_like(text)}, 0) : text;
  };
  std::vector<at::Tensor> texts;
  if (conditions.promptFrames.empty()) {
    texts.push_back(branched(conditions.text));
  } else {
    for (const at::Tensor& prompt : conditions.text.split(1, 0)) texts.push_back(branched(prompt));
  }
  prepareTexts(texts, conditions.promptFrames, context);
  return context;
}

ClipContext Denoiser::prepare(const at::Tensor& summed, const at::Tensor& text,
                              const std::vector<FrameSpan>& promptFrames,
                              const std::vector<std::int64_t>& lengths) const {
  ClipContext context;
  prepareFrames(summed, lengths, context);
  prepareTexts(promptFrames.empty() ? std::vector<at::Tensor>{text} : text.split(1, 0), promptFrames, context);
  return context;
}

Prediction Denoiser::denoise(const ClipContext& context, const at::Tensor& noisy, const at::Tensor& time,
                             const DenoiseOptions& options) const {
  assert(noisy.size(0) == context.clips && noisy.size(1) == context.frames && noisy.size(2) == kMotionChannels);
  const auto stage = [&](const char* name, std::size_t index, const at::Tensor& value) {
    if (options.observer) options.observer(name + std::to_string(index), value);
  };
  at::Tensor x = noisy;
  if (context.observed.defined()) x = context.observed * context.observedMask + x * (1 - context.observedMask);
  const at::Tensor motion = at::linear(x, motionIn_);
  at::Tensor h = context.input + time + motion.repeat({context.branches, 1, 1});
  if (options.observer) options.observer("h_in", h);
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    if (options.stopped && options.stopped()) return {};
    if (config_.hasText()) {
      h = textBlocks_[i](h, context.memories[i], context.texts);
      stage("h_text", i, h);
    }
    h = blocks_[i](h, context.attention);
    stage("h_block", i, h);
  }
  return predict(h, context, options.heads);
}

Prediction Denoiser::predict(const at::Tensor& hidden, const ClipContext& context, Heads heads) const {
  const auto said = [&](const Mlp& head) { return head.second(at::gelu(head.first(hidden))); };
  Prediction prediction;
  prediction.hidden = hidden;
  const at::Tensor motion = said(motionHead_);
  const at::Tensor shape =
      (motion.narrow(2, kShapeChannel, kShapes) * context.shapeWeights).sum(1, true).expand({-1, context.frames, -1});
  prediction.motion = at::cat({motion.narrow(2, 0, kShapeChannel), shape,
                               motion.narrow(2, kCameraOrientChannel, kMotionChannels - kCameraOrientChannel)},
                              2);
  if (heads == Heads::MotionOnly) return prediction;
  const at::Tensor camera = said(cameraHead_) * cameraDeviation_ + cameraMean_;
  prediction.camera = at::cat({camera.narrow(2, 0, 1).clamp_min(kSmallestCameraScale), camera.narrow(2, 1, 2)}, 2);
  prediction.contacts = said(contactHead_);
  return prediction;
}

}  // namespace kinescore::gem
