// What is known about a clip, frame by frame, and the same as tensors for the network (gem.md 1.4 and 3.8).
#pragma once

#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

#include "engine/network/gem/camera.h"
#include "engine/network/gem/motion_vector.h"

namespace kinescore::gem {

/// Which of the conditions a frame has.
struct Presence {
  bool image = false, keypoints = false, camera = false, music = false, speech = false;
};

/// T5 features of a text: kTextTokens × kTextChannels, zero where there are fewer tokens. Empty: no text, which to the
/// network is all zeros and not the features of an empty sentence (T7).
using TextFeatures = std::vector<float>;

/// A text on its own stretch of the clip, as fractions of its length; frame f is in it for round(begin · L) ≤ f
/// < round(end · L).
struct TimedPrompt {
  TextFeatures text;
  float begin = 0, end = 1;
};

struct FrameSpan {
  std::int64_t begin = 0, end = 0;
  [[nodiscard]] std::int64_t count() const { return end - begin; }
  bool operator==(const FrameSpan&) const = default;
};
/// Rounds half to even, as the reference does.
[[nodiscard]] FrameSpan framesOf(const TimedPrompt& prompt, std::int64_t frames);

/// One clip. Per-frame lists have `frames` entries; music and speech may be empty.
struct ClipConditions {
  std::int64_t frames = 0;
  std::int64_t validFrames = 0;              // the rest is padding
  std::vector<Presence> present;
  std::vector<Keypoints> keypoints;          // pixels
  std::vector<PersonBox> boxes;              // pixels
  std::vector<Intrinsics> intrinsics;
  std::vector<SixD> cameraVelocity;          // R_w2c[t+1] · R_w2c[t]ᵀ; the identity for a camera that stands
  std::vector<float> imageFeatures;          // [frames][kImageChannels]
  std::vector<float> music;                  // [frames][kMusicChannels]
  std::vector<float> speech;                 // [frames · kSpeechSamples], −1 … 1
  TextFeatures text;
  std::vector<TimedPrompt> prompts;          // when there are any, `text` is not used

  /// Nothing known.
  [[nodiscard]] static ClipConditions empty(std::int64_t frames);
};

/// A clip's keypoints as they enter: in the box, and which of them count as seen. Having 2D at all needs at least four
/// confident joints, counted before the box test (T11).
struct SeenKeypoints {
  Keypoints inBox;                             // confidence 0 outside the box
  std::array<bool, kKeypoints> isVisible{};
  bool isEnough = false;
};
[[nodiscard]] SeenKeypoints seenKeypoints(const Keypoints& pixels, const PersonBox& box, bool isPresent);

/// Several clips of one length side by side. Masks are float 0 or 1.
struct ConditionTensors {
  std::int64_t batch = 0, frames = 0;
  std::vector<std::int64_t> lengths;   // valid frames
  at::Tensor keypoints;                // [B][L][17][3] in the box; confidence after the box test
  at::Tensor visible;                  // [B][L][17]
  at::Tensor box;                      // [B][L][3]
  at::Tensor image;                    // [B][L][1024]
  at::Tensor cameraVelocity;           // [B][L][6] normalised
  at::Tensor music, speech;            // [B][L][35], [B][600 · L]; undefined: no clip has any
  at::Tensor hasBox, hasImage, hasCamera, hasMusic, hasSpeech;  // [B][L][1]
  at::Tensor text;                     // [B][50][1024]; with prompts [prompts][50][1024]
  std::vector<FrameSpan> promptFrames; // empty: `text` is the whole clip's

  /// Whether leaving out text, music and speech would change anything.
  [[nodiscard]] bool hasGuidedConditions() const;
  [[nodiscard]] ConditionTensors to(at::Device device) const;
};

/// On the CPU. Prompts need a batch of one clip.
[[nodiscard]] ConditionTensors gatherConditions(std::span<const ClipConditions> clips);

}  // namespace kinescore::gem
