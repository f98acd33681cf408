#include "engine/network/gem/attention.h"

#include <algorithm>
#include <cassert>

#include <ATen/ATen.h>

namespace kinescore::gem {
namespace {

constexpr double kRotaryBase = 10000.0;
// Large enough to leave nothing of a key, small enough to stay a number.
constexpr double kHidden = -1e9;

// Neighbouring frames share most of their keys. More of them at once: fewer products, but more keys hidden in each.
std::int64_t queriesAtOnce(std::int64_t window) { return std::max<std::int64_t>(1, window / 2); }

// [B][1][1][keys] where a clip of the batch ends before the longest.
at::Tensor paddingMask(const FrameSpan& keys, const std::vector<std::int64_t>& lengths,
                       const at::TensorOptions& options) {
  const at::Tensor index = at::arange(keys.begin, keys.end, options).view({1, 1, 1, -1});
  const at::Tensor ends = at::tensor(at::ArrayRef<std::int64_t>(lengths)).to(options).view({-1, 1, 1, 1});
  return (index >= ends).to(options.dtype()) * kHidden;
}

// [1][1][queries][keys]
at::Tensor bandMask(const AttentionBlock& block, std::int64_t frames, std::int64_t window,
                    const at::TensorOptions& options) {
  const at::Tensor mask = at::full({1, 1, block.queries.count(), block.keys.count()}, kHidden,
                                   options.device(at::kCPU));
  for (std::int64_t i = 0; i < block.queries.count(); ++i) {
    const FrameSpan seen = keysOfFrame(block.queries.begin + i, frames, window);
    mask.select(2, i).narrow(2, seen.begin - block.keys.begin, seen.count()).zero_();
  }
  return mask.to(options.device());
}

}  // namespace

FrameSpan keysOfFrame(std::int64_t frame, std::int64_t frames, std::int64_t window) {
  if (frames <= window) return {0, frames};
  const std::int64_t half = window / 2;
  return {std::min(frames - window, std::max<std::int64_t>(0, frame - half)),
          std::max(window, std::min(frames, frame + half))};
}

std::vector<AttentionBlock> attentionBlocks(std::int64_t frames, std::int64_t window,
                                            const std::vector<std::int64_t>& lengths,
                                            const at::TensorOptions& options) {
  const bool isPadded = std::any_of(lengths.begin(), lengths.end(), [&](std::int64_t n) { return n < frames; });
  const std::int64_t step = frames <= window ? frames : queriesAtOnce(window);
  std::vector<AttentionBlock> blocks;
  for (std::int64_t begin = 0; begin < frames; begin += step) {
    AttentionBlock block;
    block.queries = {begin, std::min(begin + step, frames)};
    block.keys = {keysOfFrame(begin, frames, window).begin, keysOfFrame(block.queries.end - 1, frames, window).end};
    if (frames > window) {
      // In the middle of a clip every block looks the same.
      const bool isLikeLast = !blocks.empty() && blocks.back().keys.count() == block.keys.count() &&
                              blocks.back().queries.count() == block.queries.count() &&
                              blocks.back().keys.begin + step == block.keys.begin && !isPadded;
      block.mask = isLikeLast ? blocks.back().mask : bandMask(block, frames, window, options);
    }
    if (isPadded) {
      const at::Tensor padding = paddingMask(block.keys, lengths, options);
      block.mask = block.mask.defined() ? at::minimum(block.mask, padding) : padding;
    }
    blocks.push_back(block);
  }
  return blocks;
}

at::Tensor rotaryAngles(std::int64_t frames, std::int64_t headWidth, const at::TensorOptions& options) {
  const at::Tensor exponents = at::arange(0, headWidth, 2, options) / double(headWidth);
  const at::Tensor rates = at::scalar_tensor(1, options) / at::pow(kRotaryBase, exponents);
  return at::arange(frames, options).unsqueeze(1) * rates;
}

at::Tensor rotaryTurns(std::int64_t frames, std::int64_t headWidth, const at::TensorOptions& options) {
  const at::Tensor angles = rotaryAngles(frames, headWidth, options.dtype(at::kFloat));
  return at::complex(angles.cos(), angles.sin()).view({frames, 1, 1, headWidth / 2});
}

SelfAttention SelfAttention::read(const LayerReader& layers, const std::string& name, std::int64_t heads) {
  return {sideBySide({layers.linear(name + ".query"), layers.linear(name + ".key"), layers.linear(name + ".value")}),
          layers.linear(name + ".proj"), heads};
}

at::Tensor SelfAttention::operator()(const at::Tensor& x, const AttentionPlan& plan) const {
  const std::int64_t B = x.size(0), L = x.size(1), D = out.weight.size(1) / heads;
  const at::Tensor qkv = queryKeyValue(x).view({B, L, 3, heads, D});
  const at::Tensor qk = rotatePairs(qkv.narrow(2, 0, 2), plan.turns);
  const at::Tensor query = qk.select(2, 0).transpose(1, 2), key = qk.select(2, 1).transpose(1, 2);
  const at::Tensor value = qkv.select(2, 2).transpose(1, 2);
  std::vector<at::Tensor> answers;
  for (const AttentionBlock& block : plan.blocks) {
    std::optional<at::Tensor> mask;
    if (block.mask.defined()) mask = block.mask.expand({B, heads, block.queries.count(), block.keys.count()});
    answers.push_back(at::scaled_dot_product_attention(query.narrow(2, block.queries.begin, block.queries.count()),
                                                       key.narrow(2, block.keys.begin, block.keys.count()),
                                                       value.narrow(2, block.keys.begin, block.keys.count()), mask));
  }
  return out(joinHeads(answers.size() == 1 ? answers[0] : at::cat(answers, 2)));
}

CrossAttention CrossAttention::read(const LayerReader& layers, const std::string& name, std::int64_t heads) {
  const auto weights = layers.tensor(name + ".in_proj_weight").chunk(3, 0);
  const auto biases = layers.tensor(name + ".in_proj_bias").chunk(3, 0);
  return {{weights[0], biases[0]}, {weights[1], biases[1]}, {weights[2], biases[2]},
          layers.linear(name + ".out_proj"), heads};
}

TextMemory CrossAttention::remember(const std::vector<at::Tensor>& texts) const {
  TextMemory memory;
  for (const at::Tensor& text : texts) {
    memory.keys.push_back(splitHeads(key(text), heads));
    memory.values.push_back(splitHeads(value(text), heads));
  }
  return memory;
}

at::Tensor CrossAttention::operator()(const at::Tensor& x, const TextMemory& memory, const TextPlan& plan) const {
  const at::Tensor asked = splitHeads(query(x), heads);
  const auto answerOf = [&](std::size_t text, const FrameSpan& frames) {
    return joinHeads(at::scaled_dot_product_attention(asked.narrow(2, frames.begin, frames.count()),
                                                      memory.keys[text], memory.values[text]));
  };
  if (!plan.coverage.defined()) return out(answerOf(0, {0, x.size(1)}));
  // The output map is linear: one product of the summed answers, and the bias as often as there are answers.
  at::Tensor sum = at::zeros_like(x);
  for (std::size_t i = 0; i < plan.frames.size(); ++i) {
    const FrameSpan& frames = plan.frames[i];
    if (frames.count() <= 0) continue;
    const at::Tensor answer = answerOf(i, frames);
    sum = sum + at::constant_pad_nd(answer, {0, 0, frames.begin, x.size(1) - frames.end});
  }
  return Linear{out.weight, {}}(sum) + plan.coverage * out.bias;
}

}  // namespace kinescore::gem
