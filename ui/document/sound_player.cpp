#include "ui/document/sound_player.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace kinescore {
namespace {

constexpr int kSoundRate = 48000, kSoundChannels = 2;
constexpr double kGrainSeconds = 0.08;
constexpr double kMostDrift = 0.04;       // of what is heard from what is seen
constexpr double kMostFirstDrift = 0.01;  // at once after the start, when a jump is not noticed
constexpr int kGatherMs = 150;            // a drag changes the timeline with every move of the mouse
constexpr int kCloseMs = 1000;            // the device stays open between two moments

SoundTurn turnOf(Playback::Repeat repeat) {
  switch (repeat) {
    case Playback::Repeat::Once: return SoundTurn::Never;
    case Playback::Repeat::Loop: return SoundTurn::Loop;
    case Playback::Repeat::PingPong: return SoundTurn::PingPong;
  }
  return SoundTurn::Never;
}

}  // namespace

SoundPlayer::SoundPlayer(Session& session, std::unique_ptr<SoundOutput> output, QObject* parent)
    : QObject(parent), session_(session), output_(std::move(output)), voices_(std::make_shared<SoundVoices>(kSoundRate)) {
  if (!output_) {
    return;
  }
  gather_.setSingleShot(true);
  gather_.setInterval(kGatherMs);
  close_.setSingleShot(true);
  close_.setInterval(kCloseMs);
  connect(&gather_, &QTimer::timeout, this, &SoundPlayer::gather);
  connect(&close_, &QTimer::timeout, this, &SoundPlayer::stopOutput);
  connect(&shelf_, &SoundShelf::changed, this, &SoundPlayer::place);
  connect(output_.get(), &SoundOutput::problemChanged, this, &SoundPlayer::switched);
  connect(&session.document(), &TimelineDocument::changed, this, &SoundPlayer::noteChange);
  connect(&session.document(), &TimelineDocument::replaced, this, &SoundPlayer::noteChange);
  connect(&session, &Session::stored, this, &SoundPlayer::noteChange);  // files are named from its folder
  connect(&session.playback(), &Playback::stateChanged, this, &SoundPlayer::onState);
  connect(&session.playback(), &Playback::positionChanged, this, &SoundPlayer::onPosition);
  noteChange();
}

SoundPlayer::~SoundPlayer() {
  if (isOpen_) {
    output_->stop();
  }
}

void SoundPlayer::setOn(bool on) {
  if (on == isOn_) {
    return;
  }
  isOn_ = on;
  if (output_) {
    gather();
  }
  Q_EMIT switched();
}

void SoundPlayer::setScrubs(bool on) {
  if (on != scrubs_) {
    scrubs_ = on;
    Q_EMIT switched();
  }
}

void SoundPlayer::noteChange() {
  isStale_ = true;
  if (isOn_ && !gather_.isActive()) {
    gather_.start();
  }
}

void SoundPlayer::gather() {
  isStale_ = false;
  gather_.stop();
  clips_ = isOn_ ? heardSoundClips(session_.timeline()) : std::vector<std::shared_ptr<const Clip>>{};
  const std::filesystem::path folder = session_.path().parent_path();
  std::map<std::filesystem::path, SoundPointer> files;
  for (const auto& clip : clips_) {
    const std::string& file = std::get<AudioCondition>(clip->condition).file;
    const auto heard = session_.heard().sounds.find(file);
    files[folder / file] = heard == session_.heard().sounds.end() ? nullptr : heard->second->sound;
  }
  shelf_.keep(files);
  place();
}

void SoundPlayer::place() {
  const std::filesystem::path folder = session_.path().parent_path();
  auto placed = std::make_shared<std::vector<PlacedSound>>();
  missing_ = 0;
  for (const auto& clip : clips_) {
    const auto& audio = std::get<AudioCondition>(clip->condition);
    if (SoundPointer sound = shelf_.find(folder / audio.file); sound && sound->rate > 0) {
      placed->push_back({clip->span, audio.inPoint, std::move(sound)});
    } else {
      ++missing_;
    }
  }
  sounds_ = placed;
  voices_->setSounds(std::move(placed));
  follow();
}

void SoundPlayer::onState() {
  const bool wasPlaying = std::exchange(isPlaying_, session_.playback().isPlaying());
  if (wasPlaying && !isPlaying_) {
    isSettling_ = true;
    QTimer::singleShot(0, this, [this] { isSettling_ = false; });
  }
  if (isPlaying_ && !wasPlaying && isOn_) {
    gather();  // files may have changed since
  } else {
    follow();
  }
}

void SoundPlayer::onPosition() {
  if (isPlaying_) {
    follow();
  } else if (isOn_ && scrubs_ && !isSettling_) {
    playMoment();
  }
}

void SoundPlayer::follow() {
  if (!isPlaying_ || !isOn_) {
    // A moment that sounds is let out; what played is not.
    if (isOpen_ && !close_.isActive()) {
      stopOutput();
    }
    return;
  }
  if (isStale_) {
    gather();
    return;
  }
  if (!sounds_ || sounds_->empty()) {
    stopOutput();
    return;
  }
  setRight();
  startOutput();
}

void SoundPlayer::setRight() {
  const Playback& playback = session_.playback();
  const SoundRange now = range();
  const double wait = isOpen_ ? output_->latency() : 0;
  const SoundCursor seen{secondsOf(playback.position()), playback.speed()};
  const SoundCursor wanted = advanced(seen, now, wait);
  const auto next = isOpen_ && !close_.isActive() ? voices_->next() : std::nullopt;
  if (!next) {
    voices_->play(wanted, now);
    isFirstCheck_ = true;
    range_ = now;
    return;
  }
  if (now != range_) {
    voices_->setRange(now);
    range_ = now;
  }
  // In the mode that shows every frame the playhead goes in steps.
  const double step = playback.showsEveryFrame() ? 1 / playback.rate().fps() : 0;
  const double most = step + (isFirstCheck_ && wait > 0 ? kMostFirstDrift : kMostDrift);
  isFirstCheck_ = isFirstCheck_ && wait == 0;
  const double drift = distanceOf(*next, wanted, now);
  // Around an end one of them has turned before the other.
  const double toEnd = std::min(std::abs(now.end - wanted.seconds), std::abs(wanted.seconds - now.start));
  const bool mayTurn = now.turn == SoundTurn::PingPong && toEnd < 2 * kMostDrift && next->speed == -wanted.speed;
  if (drift > most || (next->speed != wanted.speed && !mayTurn)) {
    voices_->play(wanted, now);
    ++corrections_;
  }
}

void SoundPlayer::playMoment() {
  if (isStale_) {
    gather();
  }
  const double at = secondsOf(session_.playback().position());
  if (!isHeardAt(at)) {
    voices_->silence();
    return;
  }
  voices_->playGrain(at, kGrainSeconds);
  startOutput();
  close_.start();
}

bool SoundPlayer::isHeardAt(double seconds) const {
  return sounds_ && std::any_of(sounds_->begin(), sounds_->end(), [&](const PlacedSound& placed) {
    return secondsOf(placed.span.start) < seconds + kGrainSeconds && seconds < secondsOf(placed.span.end);
  });
}

void SoundPlayer::startOutput() {
  close_.stop();
  if (!isOpen_) {
    isOpen_ = true;
    output_->start(kSoundRate, kSoundChannels, [voices = voices_](std::span<float> samples) { voices->pull(samples); });
  }
}

void SoundPlayer::stopOutput() {
  close_.stop();
  if (std::exchange(isOpen_, false)) {
    output_->stop();
  }
  voices_->clear();
}

SoundRange SoundPlayer::range() const {
  const TimeRange& played = session_.timeline().settings().playRange;
  return {secondsOf(played.start), secondsOf(played.end), turnOf(session_.playback().repeat())};
}

}  // namespace kinescore
