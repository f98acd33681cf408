#include "engine/network/network_inputs.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <iterator>

#include <ATen/ATen.h>

#include "engine/network/kinescore_network.h"

namespace kinescore {
namespace {

constexpr float kHidden = -1e4f;
constexpr float kSecondsPerFrame = 1.0f / 30.0f;
constexpr float kLongestProgressSeconds = 5.0f;

std::int64_t tokensOf(std::int64_t frames, int tokenFrames) { return (frames + tokenFrames - 1) / tokenFrames; }

// One block of per-frame numbers of a window into its place in the batch.
void copyRows(const std::vector<float>& from, int width, int frames, float* to, std::int64_t rowWidth,
              std::int64_t column) {
  if (from.empty()) return;
  assert(from.size() == std::size_t(frames) * width);
  for (int f = 0; f < frames; ++f) {
    std::copy_n(from.data() + std::size_t(f) * width, width, to + f * rowWidth + column);
  }
}

void gatherConstraints(std::span<const WindowConditions* const> windows, NetworkInputs& inputs) {
  const std::int64_t T = inputs.frames;
  inputs.valid = at::zeros({inputs.batch, T, 1});
  inputs.lastFrame = at::zeros({inputs.batch}, at::kLong);
  inputs.known = at::zeros({inputs.batch, T, kFeatureCount});
  inputs.knownMask = at::zeros({inputs.batch, T, 1});
  inputs.world = at::zeros({inputs.batch, T, kWorldWidth});
  inputs.quality = at::zeros({inputs.batch}, at::kLong);
  for (std::int64_t b = 0; b < inputs.batch; ++b) {
    const WindowConditions& w = *windows[b];
    std::fill_n(inputs.valid.data_ptr<float>() + b * T, w.frames, 1.0f);
    inputs.lastFrame.data_ptr<std::int64_t>()[b] = w.frames - 1;
    inputs.padded = inputs.padded || w.frames < T;
    copyRows(w.known, kFeatureCount, w.frames, inputs.known.data_ptr<float>() + b * T * kFeatureCount,
             kFeatureCount, 0);
    copyRows(w.knownMask, 1, w.frames, inputs.knownMask.data_ptr<float>() + b * T, 1, 0);
    float* world = inputs.world.data_ptr<float>() + b * T * kWorldWidth;
    std::int64_t column = 0;
    const auto put = [&](const std::vector<float>& values, int width) {
      copyRows(values, width, w.frames, world, kWorldWidth, column);
      column += width;
    };
    put(w.jointPosition, 3 * kJointCount22);
    put(w.jointMask, kJointCount22);
    put(w.jointRotation, 6 * kJointCount22);
    put(w.rotationMask, kJointCount22);
    put(w.path, 2);
    put(w.pathMask, 1);
    put(w.heading, 2);
    put(w.headingMask, 1);
    put(w.height, 1);
    put(w.heightMask, 1);
    put(w.contact, 4);
    put(w.contactMask, 4);
    assert(column == kWorldWidth);
    inputs.quality.data_ptr<std::int64_t>()[b] = std::clamp(w.quality, 0, 4);
  }
}

// Values × mask and the mask into rows of `stride`; true where there are any.
bool putMasked(const std::vector<float>& values, const std::vector<float>& mask, int width, float* out, int stride) {
  bool isAny = false;
  for (std::size_t f = 0; f < mask.size(); ++f, out += stride) {
    if (mask[f] <= 0) continue;
    isAny = true;
    for (int c = 0; c < width; ++c) out[c] = values[f * width + c] * mask[f];
    out[width] = mask[f];
  }
  return isAny;
}

void gatherSenses(std::span<const WindowConditions* const> windows, NetworkInputs& inputs) {
  inputs.senses = at::zeros({inputs.batch, inputs.frames, kSenseWidth});
  for (std::int64_t b = 0; b < inputs.batch; ++b) {
    const WindowConditions& w = *windows[b];
    assert(w.rhythm.size() == w.rhythmMask.size() * kRhythmChannels && w.rhythmMask.size() <= std::size_t(w.frames));
    assert(w.view.size() == w.viewMask.size() * kViewChannels && w.viewMask.size() <= std::size_t(w.frames));
    float* out = inputs.senses.data_ptr<float>() + b * inputs.frames * kSenseWidth;
    inputs.hasSenses |= putMasked(w.rhythm, w.rhythmMask, kRhythmChannels, out, kSenseWidth);
    inputs.hasSenses |= putMasked(w.view, w.viewMask, kViewChannels, out + kRhythmChannels + 1, kSenseWidth);
  }
}

void gatherDrafts(std::span<const WindowConditions* const> windows, NetworkInputs& inputs) {
  inputs.draft = at::zeros({inputs.batch, inputs.frames, kDraftWidth});
  for (std::int64_t b = 0; b < inputs.batch; ++b) {
    const WindowConditions& w = *windows[b];
    assert(w.draft.size() == w.draftMask.size() * kDraftChannels && w.draftMask.size() <= std::size_t(w.frames));
    float* out = inputs.draft.data_ptr<float>() + b * inputs.frames * kDraftWidth;
    inputs.hasDraft |= putMasked(w.draft, w.draftMask, kDraftChannels, out, kDraftWidth);
  }
}

// Strength of a text at a token: 0 where it does not cover it.
float strengthAt(const TextTokens& text, int token, int tokenFrames, int frames) {
  const int first = token * tokenFrames, last = std::min(first + tokenFrames, frames);
  if (first >= frames || text.startFrame >= last || text.endFrame <= first) return 0;
  if (text.strength.empty()) return 1;
  float sum = 0;
  for (int f = first; f < last; ++f) sum += text.strength[std::min<std::size_t>(f, text.strength.size() - 1)];
  return sum / float(last - first);
}

void writeProgress(const TextTokens& text, int token, int tokenFrames, float* out) {
  const float middle = (token + 0.5f) * float(tokenFrames);
  const float since = std::clamp((middle - text.startFrame) * kSecondsPerFrame, 0.0f, kLongestProgressSeconds);
  const float toEnd = std::clamp((text.endFrame - middle) * kSecondsPerFrame, 0.0f, kLongestProgressSeconds);
  out[0] = since / kLongestProgressSeconds;
  out[1] = toEnd / kLongestProgressSeconds;
  out[2] = std::exp(-2 * since);  // the same two, sharper near the text's ends
  out[3] = std::exp(-2 * toEnd);
}

void gatherTexts(std::span<const WindowConditions* const> windows, int tokenFrames, NetworkInputs& inputs) {
  const std::int64_t B = inputs.batch, N = tokensOf(inputs.frames, tokenFrames);
  std::int64_t K = 0, S = 0;
  for (const WindowConditions* w : windows) {
    std::int64_t tokens = 0;
    for (const TextTokens& text : w->texts) tokens += std::int64_t(text.sides.size());
    K = std::max(K, tokens);
    S = std::max<std::int64_t>(S, w->texts.size());
  }
  inputs.textTokens = at::zeros({B, K, kTextWidth});
  inputs.textSides = at::zeros({B, K}, at::kLong);
  inputs.textBias = at::full({B, 1, N, K + 1}, kHidden);
  inputs.sentences = at::zeros({B, S, kTextWidth});
  inputs.sentenceSides = at::zeros({B, S, 2});
  inputs.progress = at::zeros({B, N, S, kProgressFeatures});
  inputs.cover = at::zeros({B, N, S});
  float* bias = inputs.textBias.data_ptr<float>();
  for (std::int64_t row = 0; row < B * N; ++row) bias[row * (K + 1)] = 0;
  for (std::int64_t b = 0; b < B; ++b) {
    std::int64_t slot = 0;
    for (std::size_t s = 0; s < windows[b]->texts.size(); ++s) {
      const TextTokens& text = windows[b]->texts[s];
      const std::int64_t count = text.sides.size();
      assert(std::int64_t(text.tokens.size()) == count * kTextWidth && text.sentence.size() == kTextWidth);
      std::copy(text.tokens.begin(), text.tokens.end(),
                inputs.textTokens.data_ptr<float>() + (b * K + slot) * kTextWidth);
      std::copy(text.sentence.begin(), text.sentence.end(),
                inputs.sentences.data_ptr<float>() + (b * S + s) * kTextWidth);
      float* sides = inputs.sentenceSides.data_ptr<float>() + (b * S + s) * 2;
      for (std::int64_t k = 0; k < count; ++k) {
        const Side side = text.sides[k];
        inputs.textSides.data_ptr<std::int64_t>()[b * K + slot + k] = std::int64_t(side);
        if (side == Side::Left || side == Side::Both) sides[0] = 1;
        if (side == Side::Right || side == Side::Both) sides[1] = 1;
      }
      for (std::int64_t n = 0; n < N; ++n) {
        const float strength = strengthAt(text, int(n), tokenFrames, windows[b]->frames);
        if (strength <= 0) continue;
        inputs.cover.data_ptr<float>()[(b * N + n) * S + s] = strength;
        if (text.isTimed) writeProgress(text, int(n), tokenFrames, inputs.progress.data_ptr<float>() + ((b * N + n) * S + s) * kProgressFeatures);
        float* row = bias + (b * N + n) * (K + 1) + 1 + slot;
        std::fill_n(row, count, std::max(std::log(strength), kHidden));
      }
      slot += count;
    }
  }
}

void gatherReferences(std::span<const WindowConditions* const> windows, int tokenFrames, NetworkInputs& inputs) {
  const auto tokensOfClip = [](const ReferenceTokens& r) { return r.frames / kReferencePatchFrames; };
  const std::int64_t B = inputs.batch, N = tokensOf(inputs.frames, tokenFrames);
  constexpr std::int64_t kWidth = kReferenceChannels * kReferencePatchFrames;
  std::int64_t M = 0;
  for (const WindowConditions* w : windows) {
    std::int64_t tokens = 0;
    for (const ReferenceTokens& r : w->references) tokens += tokensOfClip(r);
    M = std::max(M, tokens);
  }
  inputs.referenceValues = at::zeros({B, M, kWidth});
  inputs.referenceTime = at::zeros({B, M}, at::kLong);
  inputs.referenceOwner = at::full({B, M}, -1, at::kLong);
  inputs.referenceBias = at::full({B, 1, N, M}, kHidden);
  inputs.referenceGiven = at::zeros({B, N, 1});
  for (std::int64_t b = 0; b < B; ++b) {
    std::int64_t slot = 0;
    for (std::size_t r = 0; r < windows[b]->references.size(); ++r) {
      const ReferenceTokens& reference = windows[b]->references[r];
      const std::int64_t tokens = tokensOfClip(reference);
      if (tokens == 0 || reference.strength <= 0) continue;
      std::copy_n(reference.values.data(), tokens * kWidth,
                  inputs.referenceValues.data_ptr<float>() + (b * M + slot) * kWidth);
      for (std::int64_t m = 0; m < tokens; ++m) {
        inputs.referenceTime.data_ptr<std::int64_t>()[b * M + slot + m] = m;
        inputs.referenceOwner.data_ptr<std::int64_t>()[b * M + slot + m] = std::int64_t(r);
      }
      // a token sees the clip when one of its frames does
      const std::int64_t first = std::clamp<std::int64_t>(reference.startFrame / tokenFrames, 0, N);
      const std::int64_t last =
          std::clamp<std::int64_t>(tokensOf(reference.endFrame, tokenFrames), first, N);
      for (std::int64_t n = first; n < last; ++n) {
        std::fill_n(inputs.referenceBias.data_ptr<float>() + (b * N + n) * M + slot, tokens,
                    std::log(reference.strength));
        inputs.referenceGiven.data_ptr<float>()[b * N + n] = 1;
      }
      slot += tokens;
    }
  }
}

}  // namespace

NetworkInputs gatherInputs(std::span<const WindowConditions* const> windows, GuidanceBranch branch, int tokenFrames) {
  NetworkInputs inputs;
  inputs.batch = std::int64_t(windows.size());
  for (const WindowConditions* w : windows) {
    assert(w->frames > 0 && w->frames % kPatchFrames == 0);
    inputs.frames = std::max<std::int64_t>(inputs.frames, w->frames);
  }
  gatherConstraints(windows, inputs);
  gatherSenses(windows, inputs);
  gatherDrafts(windows, inputs);
  // what else the branch sees: texts and references alone
  std::vector<WindowConditions> told(windows.size());
  std::vector<const WindowConditions*> seen;
  for (std::size_t b = 0; b < windows.size(); ++b) {
    told[b].frames = windows[b]->frames;
    if (branch == GuidanceBranch::WithoutText) {
      told[b].texts = windows[b]->avoided;
    } else {
      std::copy_if(windows[b]->texts.begin(), windows[b]->texts.end(), std::back_inserter(told[b].texts),
                   [&](const TextTokens& text) { return text.part == partOf(branch); });
      if (branch == GuidanceBranch::All) told[b].references = windows[b]->references;
    }
    seen.push_back(&told[b]);
  }
  gatherTexts(seen, tokenFrames, inputs);
  gatherReferences(seen, tokenFrames, inputs);
  return inputs;
}

}  // namespace kinescore
