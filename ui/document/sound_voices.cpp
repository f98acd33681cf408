#include "ui/document/sound_voices.h"

#include <algorithm>

namespace kinescore {
namespace {

constexpr double kFadeSeconds = 0.004;
constexpr std::size_t kMostLeaving = 4;  // fast scrubbing replaces voices quicker than they go

}  // namespace

void SoundVoices::setSounds(Sounds sounds) {
  const std::lock_guard lock(mutex_);
  sounds_ = std::move(sounds);
}

void SoundVoices::replace(std::optional<Voice> voice) {
  if (voice_ && voice_->age > 0) {
    voice_->left = std::min(voice_->left, std::int64_t(kFadeSeconds * rate_));
    if (leaving_.size() < kMostLeaving) {
      leaving_.push_back(*voice_);
    }
  }
  voice_ = std::move(voice);
}

void SoundVoices::play(const SoundCursor& cursor, const SoundRange& range) {
  const std::lock_guard lock(mutex_);
  replace(Voice{.cursor = cursor, .range = range});
}

void SoundVoices::playGrain(double seconds, double length) {
  const std::lock_guard lock(mutex_);
  replace(Voice{.cursor = {seconds, 1}, .range = endlessRange(), .left = std::int64_t(length * rate_)});
}

void SoundVoices::silence() {
  const std::lock_guard lock(mutex_);
  replace(std::nullopt);
}

void SoundVoices::clear() {
  const std::lock_guard lock(mutex_);
  voice_.reset();
  leaving_.clear();
}

void SoundVoices::setRange(const SoundRange& range) {
  const std::lock_guard lock(mutex_);
  if (voice_) {
    voice_->range = range;
  }
}

std::optional<SoundCursor> SoundVoices::next() const {
  const std::lock_guard lock(mutex_);
  return voice_ ? std::optional(voice_->cursor) : std::nullopt;
}

void SoundVoices::addVoice(Voice& voice, std::span<float> out) {
  const auto count = std::size_t(std::min(std::int64_t(out.size()), voice.left));
  one_.assign(count, 0);
  addSoundsOnward(*sounds_, voice.cursor, voice.range, rate_, one_);
  const double fade = kFadeSeconds * rate_;
  for (std::size_t i = 0; i < count; ++i) {
    const double nearest = std::min(double(voice.age + std::int64_t(i)), double(voice.left - std::int64_t(i)));
    out[i] += one_[i] * float(std::min(1.0, nearest / fade));
  }
  voice.age += std::int64_t(count);
  voice.left -= std::int64_t(count);
}

void SoundVoices::pull(std::span<float> interleaved) {
  const std::lock_guard lock(mutex_);
  mixed_.assign(interleaved.size() / 2, 0);
  if (sounds_) {
    for (Voice& voice : leaving_) {
      addVoice(voice, mixed_);
    }
    std::erase_if(leaving_, [](const Voice& voice) { return voice.left <= 0; });
    if (voice_) {
      addVoice(*voice_, mixed_);
      if (voice_->left <= 0) {
        voice_.reset();
      }
    }
  }
  clipSoftly(mixed_);
  for (std::size_t i = 0; i < mixed_.size(); ++i) {
    interleaved[2 * i] = interleaved[2 * i + 1] = mixed_[i];
  }
}

}  // namespace kinescore
