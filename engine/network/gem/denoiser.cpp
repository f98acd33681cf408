#include "engine/network/gem/denoiser.h"

#include <cassert>

#include <ATen/ATen.h>

#include "engine/network/gem/statistics.h"
#include "engine/network/gem/weights.h"

namespace kinescore::gem {
namespace {

// Of the norms inside blocks; two of the embedders' use torch's own (T19).
constexpr double kBlockNormEpsilon = 1e-6;

at::Tensor blockNorm(const at::Tensor& x) { return plainNorm(x, kBlockNormEpsilon); }

at::Tensor constants(const std::array<float, kCameraChannels>& values, const at::TensorOptions& options) {
  return at::tensor(at::ArrayRef<float>(values)).to(options);
}

}  // namespace

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

Denoiser::Denoiser(const Config& config, ParameterMap weights)
    : config_(config), conditions_(config, weights) {
  const LayerReader layers(weights);
  const auto at = [](const std::string& name) { return kDenoiserPrefix + name; };
  const auto norm = [&](const std::string& name) { return layers.norm(name, kBlockNormEpsilon); };
  const auto mlpAfter = [&](const std::string& normName, const std::string& name, const std::string& gate) {
    return Mlp{afterNorm(norm(normName), layers.linear(name + ".fc1")),
               gatedBy(layers.tensor(gate), layers.linear(name + ".fc2"))};
  };
  const auto head = [&](const std::string& name) {
    return Mlp{layers.linear(at(name + ".fc1")), layers.linear(at(name + ".fc2"))};
  };
  const auto letGo = [&](const std::string& prefix) {
    std::erase_if(weights, [&](const auto& entry) { return entry.first.starts_with(prefix); });
  };
  for (std::int64_t i = 0; i < config.layers; ++i) {
    const std::string block = at("blocks." + std::to_string(i) + ".");
    SelfAttention attention = SelfAttention::read(layers, block + "attn", config.heads);
    attention.queryKeyValue = afterNorm(norm(block + "norm1"), attention.queryKeyValue);
    attention.out = gatedBy(layers.tensor(block + "gate_msa"), attention.out);
    blocks_.push_back({attention, mlpAfter(block + "norm2", block + "mlp", block + "gate_mlp")});
    letGo(block);
    if (!config.hasText()) continue;
    const std::string text = at("text_encoder_layers." + std::to_string(i) + ".");
    CrossAttention cross = CrossAttention::read(layers, text + "cross_attn", config.heads);
    cross.query = afterNorm(norm(text + "norm2"), cross.query);
    cross.out = gatedBy(layers.tensor(text + "gate_cross_attn"), cross.out);
    textBlocks_.push_back({cross, mlpAfter(text + "norm3", text + "mlp", text + "gate_mlp")});
    letGo(text);
  }
  positions_ = weights.at(positionTableName()).view({kPositionRows, config.width});
  time0_ = layers.linear(at("embed_timestep.time_embed.0"));
  time1_ = layers.linear(at("embed_timestep.time_embed.2"));
  if (config.hasText()) text_ = layers.linear(at("embed_text"));
  const Linear input = layers.linear(at("add_cond_linear"));
  conditionIn_ = input.weight.narrow(1, 0, config.width).contiguous();
  motionIn_ = input.weight.narrow(1, config.width, kMotionChannels).contiguous();
  inputBias_ = input.bias;
  motionHead_ = head("final_layer");
  cameraHead_ = head("pred_cam_head");
  contactHead_ = head("static_conf_head");
  cameraMean_ = constants(kCameraMean, inputBias_.options());
  cameraDeviation_ = constants(kCameraDeviation, inputBias_.options());
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
