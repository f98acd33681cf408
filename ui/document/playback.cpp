#include "ui/document/playback.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <QElapsedTimer>

namespace kinescore {

Playback::Playback(Clock clock, QObject* parent) : QObject(parent), clock_(std::move(clock)) {
  if (!clock_) {
    auto timer = std::make_shared<QElapsedTimer>();
    timer->start();
    clock_ = [timer] { return std::int64_t(timer->nsecsElapsed()); };
  }
  timer_.setTimerType(Qt::PreciseTimer);
  timer_.setInterval(8);
  connect(&timer_, &QTimer::timeout, this, &Playback::tick);
}

void Playback::setTimeline(TimeRange playRange, Ticks duration, FrameRate rate) {
  range_ = playRange;
  duration_ = duration;
  rate_ = rate;
  if (position_ >= duration_) {
    moveTo(ticksOfFrame(std::max<std::int64_t>(0, frameAtOrAfter(duration_, rate_) - 1), rate_));
  }
}

void Playback::setRepeat(Repeat repeat) {
  repeat_ = repeat;
  Q_EMIT stateChanged();
}

void Playback::setPlaySpeed(double factor) {
  playSpeed_ = factor;
  if (isPlaying()) {
    tick();
    setSpeed(speed_ < 0 ? -factor : factor);
  } else {
    Q_EMIT stateChanged();
  }
}

void Playback::setShowsEveryFrame(bool on) {
  showsEveryFrame_ = on;
  anchorPosition_ = position_;
  anchorTime_ = clock_();
  Q_EMIT stateChanged();
}

void Playback::seek(Ticks time) {
  const std::int64_t last = std::max<std::int64_t>(0, frameAtOrAfter(duration_, rate_) - 1);
  moveTo(ticksOfFrame(std::clamp<std::int64_t>(frameAt(time, rate_), 0, last), rate_));
  anchorPosition_ = position_;
  anchorTime_ = clock_();
}

void Playback::play() {
  // At the end of the range, playing means from the start.
  const bool atEnd = frame() >= frameAtOrAfter(range_.end, rate_) - 1;
  if (atEnd || position_ < range_.start) {
    seek(range_.start);
  }
  setSpeed(playSpeed_);
}

void Playback::pause() {
  if (!isPlaying()) {
    return;
  }
  tick();
  setSpeed(0);
  seek(position_);
}

void Playback::shuttle(int direction) {
  tick();
  const double step = direction;
  if (speed_ == 0) {
    setSpeed(step);
  } else if ((speed_ > 0) == (direction > 0)) {
    setSpeed(std::clamp(speed_ * 2, -4.0, 4.0));
  } else {
    setSpeed(std::abs(speed_) > 1 ? speed_ / 2 : step);
  }
}

void Playback::stepFrames(std::int64_t frames) {
  setSpeed(0);
  seekFrame(frame() + frames);
}

void Playback::tick() {
  if (!isPlaying()) {
    return;
  }
  const std::optional<Ticks> now = timeNow();
  if (!now) {
    return;
  }
  Ticks time = *now;
  const std::int64_t length = range_.length().value;
  if (length <= 0) {
    setSpeed(0);
    return;
  }
  if (!range_.contains(time)) {
    const std::optional<Ticks> instead = repeated(time);
    if (!instead) {
      setSpeed(0);
      time >= range_.end ? toEnd() : toStart();
      return;
    }
    time = *instead;
    anchorPosition_ = time;
    anchorTime_ = clock_();
  }
  moveTo(time);
}

std::optional<Ticks> Playback::timeNow() {
  const std::int64_t now = clock_();
  if (!showsEveryFrame_) {
    return anchorPosition_ + ticksFromSeconds(double(now - anchorTime_) * 1e-9 * speed_);
  }
  const auto frameTime = std::int64_t(1e9 * secondsOf(ticksOfFrame(1, rate_)) / std::abs(speed_));
  if (now - anchorTime_ < frameTime) {
    return std::nullopt;
  }
  // A little late is caught up with; a slow screen is waited for.
  anchorTime_ = now - anchorTime_ < 2 * frameTime ? anchorTime_ + frameTime : now;
  anchorPosition_ = ticksOfFrame(frame() + (speed_ > 0 ? 1 : -1), rate_);
  return anchorPosition_;
}

std::optional<Ticks> Playback::repeated(Ticks time) {
  if (repeat_ == Repeat::Once) {
    return std::nullopt;
  }
  const std::int64_t length = range_.length().value;
  const bool isThereAndBack = repeat_ == Repeat::PingPong;
  const std::int64_t period = isThereAndBack ? 2 * length : length;
  std::int64_t into = (time - range_.start).value % period;
  if (into < 0) {
    into += period;
  }
  if (isThereAndBack) {
    // In the second half of a period it goes the other way than before.
    const bool turns = into >= length;
    into = turns ? period - 1 - into : into;
    if (turns) {
      speed_ = -speed_;
      Q_EMIT stateChanged();
    }
  }
  return range_.start + Ticks{into};
}

void Playback::setSpeed(double speed) {
  anchorPosition_ = position_;
  anchorTime_ = clock_();
  if (speed == speed_) {
    return;
  }
  speed_ = speed;
  if (speed_ != 0) {
    timer_.start();
  } else {
    timer_.stop();
  }
  Q_EMIT stateChanged();
}

void Playback::moveTo(Ticks time) {
  if (time == position_) {
    return;
  }
  position_ = time;
  Q_EMIT positionChanged(position_);
}

}  // namespace kinescore
