#include "engine/train/gem/gem_batch.h"

#include <cassert>

#include <ATen/ATen.h>

namespace kinescore::gem {
namespace {

/// Rows [B][L] of `width` numbers each, written one after the other.
class Rows {
 public:
  Rows(std::size_t batch, std::size_t frames, std::vector<std::int64_t> shape) {
    shape.insert(shape.begin(), {std::int64_t(batch), std::int64_t(frames)});
    tensor_ = at::zeros(shape, at::kFloat);
    next_ = tensor_.data_ptr<float>();
  }
  void add(float value) { *next_++ = value; }
  void add(glm::vec3 v) {
    for (int i = 0; i < 3; ++i) add(v[i]);
  }
  template <typename Values>
  void addAll(const Values& values) {
    for (const float value : values) add(value);
  }
  [[nodiscard]] at::Tensor tensor() const { return tensor_; }

 private:
  at::Tensor tensor_;
  float* next_;
};

}  // namespace

TrainTargets gatherTargets(const std::vector<Example>& examples) {
  assert(!examples.empty());
  const std::size_t B = examples.size(), L = examples[0].motion.size();
  Rows motion(B, L, {kMotionChannels}), camera(B, L, {3}), pelvis(B, L, {3}), turn(B, L, {3, 3}), path(B, L, {3}),
      contacts(B, L, {kContacts}), box(B, L, {3}), intrinsics(B, L, {3}), seen(B, L, {kKeypoints, 2}),
      seenMask(B, L, {kKeypoints}), valid(B, L, {1});
  TrainTargets targets;
  targets.isFlat = at::zeros({std::int64_t(B), 1, 1});
  for (std::size_t b = 0; b < B; ++b) {
    const Example& example = examples[b];
    assert(example.motion.size() == L);
    if (example.kind == ExampleKind::Flat) targets.isFlat[std::int64_t(b)].fill_(1);
    for (std::size_t f = 0; f < L; ++f) {
      motion.addAll(example.motion[f]);
      camera.add(example.camera[f]);
      pelvis.add(example.pelvis[f]);
      for (int row = 0; row < 3; ++row) {
        for (int column = 0; column < 3; ++column) turn.add(example.turn[f][column][row]);
      }
      path.add(example.path[f]);
      contacts.addAll(example.contacts[f]);
      const PersonBox& person = example.conditions.boxes[f];
      box.add({person.x, person.y, person.size});
      const Intrinsics& lens = example.conditions.intrinsics[f];
      intrinsics.add({lens.focal, lens.x, lens.y});
      for (const glm::vec2& point : example.seen[f]) {
        seen.add(point.x);
        seen.add(point.y);
      }
      seenMask.addAll(example.seenMask[f]);
      valid.add(std::int64_t(f) < example.conditions.validFrames ? 1.0f : 0.0f);
    }
  }
  targets.motion = motion.tensor();
  targets.camera = camera.tensor();
  targets.pelvis = pelvis.tensor();
  targets.turn = turn.tensor();
  targets.path = path.tensor();
  targets.contacts = contacts.tensor();
  targets.view = {box.tensor(), intrinsics.tensor()};
  targets.seen = seen.tensor();
  targets.seenMask = seenMask.tensor();
  targets.valid = valid.tensor();
  return targets;
}

ConditionTensors gatherShown(const std::vector<ShownConditions>& shown) {
  std::vector<ClipConditions> clips;
  for (const ShownConditions& one : shown) clips.push_back(one.clip);
  ConditionTensors tensors = gatherConditions(clips);
  Rows boxShown(shown.size(), std::size_t(tensors.frames), {1});
  for (const ShownConditions& one : shown) boxShown.addAll(one.boxShown);
  tensors.hasBox = tensors.hasBox * boxShown.tensor();
  return tensors;
}

}  // namespace kinescore::gem
