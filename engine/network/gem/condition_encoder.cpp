#include "engine/network/gem/condition_encoder.h"

#include <ATen/ATen.h>

namespace kinescore::gem {

at::Tensor ConditionParts::sum() const {
  at::Tensor total = keypoints + box + image + camera;
  if (music.defined()) total = total + music + speech;
  return total;
}

at::Tensor ConditionEncoder::Existence::operator()(const at::Tensor& embedding, const at::Tensor& mask) const {
  return second(at::silu(first(at::cat({mask * embedding, mask}, -1))));
}

at::Tensor ConditionEncoder::Existence::absent(std::int64_t batch, std::int64_t frames) const {
  // through the same products as a condition that is flagged away, so that both agree to the last bit
  return second(at::silu(first(at::zeros({batch, frames, first.weight.size(1)}, first.weight.options()))));
}

ConditionEncoder::ConditionEncoder(const Config& config, const ParameterMap& parameters)
    : hearsMusicAndSpeech_(config.hasText()) {
  const LayerReader layers(parameters);
  const auto mlp = [&](const std::string& first, const std::string& second) {
    return Mlp{layers.linear(first), layers.linear(second)};
  };
  const auto existence = [&](const std::string& name) {
    const std::string at = "cond_exists_embedder." + name;
    return Existence{layers.linear(at + ".0"), layers.linear(at + ".2")};
  };
  hiddenToken_ = layers.tensor("learned_pos_params");
  pointToken_ = layers.linear("learned_pos_linear");
  keypoints_ = mlp("embed_noisyobs.fc1", "embed_noisyobs.fc2");
  box_ = mlp("cliffcam_embedder.0", "cliffcam_embedder.3");
  camera_ = mlp("cam_angvel_embedder.0", "cam_angvel_embedder.3");
  imageNorm_ = layers.norm("imgseq_embedder.0");
  image_ = layers.linear("imgseq_embedder.1");
  hasBox_ = existence("f_cliffcam");
  hasImage_ = existence("f_imgseq");
  hasCamera_ = existence("f_cam_angvel");
  if (!hearsMusicAndSpeech_) return;
  music_ = mlp("music_embedder.fc1", "music_embedder.fc2");
  speechEncoder_.emplace(parameters);
  speechNorm_ = layers.norm("audio_embedder.0");
  speech_ = layers.linear("audio_embedder.1");
  hasMusic_ = existence("encoded_music");
  hasSpeech_ = existence("encoded_audio");
}

// A seen joint is where it is, one that is not a learnt row; which joint it is shows by its place.
at::Tensor ConditionEncoder::embedKeypoints(const at::Tensor& points, const at::Tensor& visible) const {
  const at::Tensor seen = pointToken_(points.narrow(-1, 0, 2));
  const at::Tensor tokens = at::where(visible.unsqueeze(-1) > 0, seen, hiddenToken_);
  return keypoints_.second(at::gelu(keypoints_.first(tokens.flatten(2))));
}

ConditionParts ConditionEncoder::encode(const ConditionTensors& conditions) const {
  const std::int64_t B = conditions.batch, L = conditions.frames;
  const auto embedded = [](const Mlp& mlp, const at::Tensor& x) { return mlp.second(at::silu(mlp.first(x))); };
  ConditionParts parts;
  parts.keypoints = embedKeypoints(conditions.keypoints, conditions.visible);
  parts.box = hasBox_(embedded(box_, conditions.box), conditions.hasBox);
  parts.image = hasImage_(image_(imageNorm_(conditions.image)), conditions.hasImage);
  parts.camera = hasCamera_(embedded(camera_, conditions.cameraVelocity), conditions.hasCamera);
  if (!hearsMusicAndSpeech_) return parts;
  // Where no clip has any, the embedding is 0 but the flag stays what it is.
  const at::Tensor nothing = at::zeros({B, L, image_.weight.size(0)}, image_.weight.options());
  parts.music =
      hasMusic_(conditions.music.defined() ? music_.second(at::gelu(music_.first(conditions.music))) : nothing,
                conditions.hasMusic);
  at::Tensor speech = nothing;
  if (conditions.speech.defined()) {
    parts.speechFeatures = (*speechEncoder_)(conditions.speech);
    speech = speech_(speechNorm_(parts.speechFeatures.transpose(1, 2)));
  }
  parts.speech = hasSpeech_(speech, conditions.hasSpeech);
  return parts;
}

ConditionParts ConditionEncoder::withoutGuided(ConditionParts parts) const {
  if (hearsMusicAndSpeech_) {
    parts.music = hasMusic_.absent(parts.music.size(0), parts.music.size(1));
    parts.speech = hasSpeech_.absent(parts.speech.size(0), parts.speech.size(1));
  }
  return parts;
}

ConditionParts ConditionEncoder::encodeNothing(std::int64_t batch, std::int64_t frames) const {
  ConditionParts parts;
  const at::Tensor points = at::zeros({batch, frames, kKeypoints, 3}, hiddenToken_.options());
  parts.keypoints = embedKeypoints(points, points.select(-1, 2));
  parts.box = hasBox_.absent(batch, frames);
  parts.image = hasImage_.absent(batch, frames);
  parts.camera = hasCamera_.absent(batch, frames);
  if (hearsMusicAndSpeech_) {
    parts.music = hasMusic_.absent(batch, frames);
    parts.speech = hasSpeech_.absent(batch, frames);
  }
  return parts;
}

}  // namespace kinescore::gem
