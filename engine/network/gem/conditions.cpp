#include "engine/network/gem/conditions.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <ATen/ATen.h>

#include "engine/network/gem/statistics.h"

namespace kinescore::gem {
namespace {

constexpr float kSeenConfidence = 0.5f;
constexpr int kEnoughKeypoints = 4;
constexpr std::size_t kTextSize = std::size_t(kTextTokens) * kTextChannels;

// Numbers of all clips one after the other.
class Column {
 public:
  void add(std::span<const float> values) { values_.insert(values_.end(), values.begin(), values.end()); }
  void add(float value) { values_.push_back(value); }
  void addZeros(std::size_t count) { values_.resize(values_.size() + count); }
  [[nodiscard]] at::Tensor tensor(const std::vector<std::int64_t>& shape) const {
    return at::tensor(at::ArrayRef<float>(values_)).view(shape);
  }

 private:
  std::vector<float> values_;
};

void addText(Column& column, const TextFeatures& text) {
  assert(text.empty() || text.size() == kTextSize);
  text.empty() ? column.addZeros(kTextSize) : column.add(text);
}

// Values of a condition that not every clip needs to have.
at::Tensor optionalColumn(std::span<const ClipConditions> clips, std::vector<float> ClipConditions::*values,
                          std::int64_t perFrame, const std::vector<std::int64_t>& shape) {
  const auto has = [&](const ClipConditions& clip) { return !(clip.*values).empty(); };
  if (std::none_of(clips.begin(), clips.end(), has)) return {};
  Column column;
  for (const ClipConditions& clip : clips) {
    const auto count = std::size_t(clip.frames * perFrame);
    assert(!has(clip) || (clip.*values).size() == count);
    has(clip) ? column.add(clip.*values) : column.addZeros(count);
  }
  return column.tensor(shape);
}

struct FrameColumns {
  Column keypoints, visible, box, velocity, hasBox, hasImage, hasCamera, hasMusic, hasSpeech;

  void add(const ClipConditions& clip, std::size_t frame) {
    const Presence& present = clip.present[frame];
    const SeenKeypoints seen = seenKeypoints(clip.keypoints[frame], clip.boxes[frame], present.keypoints);
    for (int j = 0; j < kKeypoints; ++j) {
      keypoints.add(seen.inBox[j].x);
      keypoints.add(seen.inBox[j].y);
      keypoints.add(seen.inBox[j].confidence);
      visible.add(seen.isVisible[j] ? 1.0f : 0.0f);
    }
    box.add(boxInCamera(clip.boxes[frame], clip.intrinsics[frame]));
    velocity.add(normalizedCameraVelocity(clip.cameraVelocity[frame]));
    hasBox.add(seen.isEnough ? 1.0f : 0.0f);
    hasImage.add(present.image ? 1.0f : 0.0f);
    hasCamera.add(present.camera ? 1.0f : 0.0f);
    hasMusic.add(present.music ? 1.0f : 0.0f);
    hasSpeech.add(present.speech ? 1.0f : 0.0f);
  }
};

}  // namespace

FrameSpan framesOf(const TimedPrompt& prompt, std::int64_t frames) {
  const auto frameAt = [&](float fraction) { return std::int64_t(std::nearbyint(fraction * float(frames))); };
  return {std::clamp<std::int64_t>(frameAt(prompt.begin), 0, frames),
          std::clamp<std::int64_t>(frameAt(prompt.end), 0, frames)};
}

ClipConditions ClipConditions::empty(std::int64_t frames) {
  ClipConditions clip;
  clip.frames = clip.validFrames = frames;
  const auto count = std::size_t(frames);
  clip.present.resize(count);
  clip.keypoints.resize(count);
  clip.boxes.resize(count);
  clip.intrinsics.resize(count);
  clip.cameraVelocity.assign(count, SixD{1, 0, 0, 0, 1, 0});
  return clip;
}

SeenKeypoints seenKeypoints(const Keypoints& pixels, const PersonBox& box, bool isPresent) {
  SeenKeypoints seen{keypointsInBox(pixels, box)};
  int confident = 0;
  for (int j = 0; j < kKeypoints; ++j) {
    if (!isPresent || pixels[j].confidence <= kSeenConfidence) continue;
    ++confident;
    seen.isVisible[j] = seen.inBox[j].confidence > kSeenConfidence;
  }
  seen.isEnough = confident >= kEnoughKeypoints;
  return seen;
}

ConditionTensors gatherConditions(std::span<const ClipConditions> clips) {
  assert(!clips.empty());
  ConditionTensors tensors;
  const std::int64_t B = tensors.batch = std::int64_t(clips.size());
  const std::int64_t L = tensors.frames = clips[0].frames;
  FrameColumns columns;
  Column text;
  for (const ClipConditions& clip : clips) {
    assert(clip.frames == L && clip.validFrames > 0 && clip.validFrames <= L);
    tensors.lengths.push_back(clip.validFrames);
    for (std::size_t t = 0; t < std::size_t(L); ++t) columns.add(clip, t);
    if (clip.prompts.empty()) addText(text, clip.text);
  }
  tensors.keypoints = columns.keypoints.tensor({B, L, kKeypoints, 3});
  tensors.visible = columns.visible.tensor({B, L, kKeypoints});
  tensors.box = columns.box.tensor({B, L, 3});
  tensors.cameraVelocity = columns.velocity.tensor({B, L, 6});
  tensors.hasBox = columns.hasBox.tensor({B, L, 1});
  tensors.hasImage = columns.hasImage.tensor({B, L, 1});
  tensors.hasCamera = columns.hasCamera.tensor({B, L, 1});
  tensors.hasMusic = columns.hasMusic.tensor({B, L, 1});
  tensors.hasSpeech = columns.hasSpeech.tensor({B, L, 1});
  tensors.image = optionalColumn(clips, &ClipConditions::imageFeatures, kImageChannels, {B, L, kImageChannels});
  if (!tensors.image.defined()) tensors.image = at::zeros({B, L, kImageChannels});
  tensors.music = optionalColumn(clips, &ClipConditions::music, kMusicChannels, {B, L, kMusicChannels});
  tensors.speech = optionalColumn(clips, &ClipConditions::speech, kSpeechSamples, {B, L * kSpeechSamples});

  const std::vector<TimedPrompt>& prompts = clips[0].prompts;
  assert(prompts.empty() || clips.size() == 1);
  for (const TimedPrompt& prompt : prompts) {
    addText(text, prompt.text);
    tensors.promptFrames.push_back(framesOf(prompt, L));
  }
  tensors.text = text.tensor({prompts.empty() ? B : std::int64_t(prompts.size()), kTextTokens, kTextChannels});
  return tensors;
}

bool ConditionTensors::hasGuidedConditions() const {
  const auto isAnywhere = [](const at::Tensor& mask) { return mask.count_nonzero().item<std::int64_t>() > 0; };
  return isAnywhere(text) || isAnywhere(hasMusic) || isAnywhere(hasSpeech);
}

ConditionTensors ConditionTensors::to(at::Device device) const {
  ConditionTensors moved = *this;
  for (at::Tensor* tensor : {&moved.keypoints, &moved.visible, &moved.box, &moved.image, &moved.cameraVelocity,
                             &moved.music, &moved.speech, &moved.hasBox, &moved.hasImage, &moved.hasCamera,
                             &moved.hasMusic, &moved.hasSpeech, &moved.text}) {
    if (tensor->defined()) *tensor = tensor->to(device);
  }
  return moved;
}

}  // namespace kinescore::gem
