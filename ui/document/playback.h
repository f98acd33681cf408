// The playhead and its clock. Plays in real time: when drawing is late, frames are dropped, time is
// not. Stays inside the play range.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include <QObject>
#include <QTimer>

#include "engine/core/ticks.h"

namespace kinescore {

class Playback : public QObject {
  Q_OBJECT

 public:
  /// Nanoseconds that only go forward; tests bring their own.
  using Clock = std::function<std::int64_t()>;

  explicit Playback(Clock clock = {}, QObject* parent = nullptr);

  /// Where it plays and the rate whose frames are stepped through.
  void setTimeline(TimeRange playRange, Ticks duration, FrameRate rate);

  [[nodiscard]] Ticks position() const { return position_; }
  /// The project's frame on screen.
  [[nodiscard]] std::int64_t frame() const { return frameAt(position_, rate_); }
  [[nodiscard]] FrameRate rate() const { return rate_; }
  [[nodiscard]] bool isPlaying() const { return speed_ != 0; }
  /// 1 is real time, negative is backwards, 0 stands.
  [[nodiscard]] double speed() const { return speed_; }
  /// What happens at the ends of the play range.
  enum class Repeat { Once, Loop, PingPong };
  [[nodiscard]] Repeat repeat() const { return repeat_; }
  void setRepeat(Repeat repeat);
  /// Multiplies normal play (Space); the shuttle has its own.
  void setPlaySpeed(double factor);
  [[nodiscard]] double playSpeed() const { return playSpeed_; }
  /// Instead of real time: each frame is shown once, however long it takes to draw.
  void setShowsEveryFrame(bool on);
  [[nodiscard]] bool showsEveryFrame() const { return showsEveryFrame_; }

  /// To the frame at or before `time`, inside the document.
  void seek(Ticks time);
  void seekFrame(std::int64_t frame) { seek(ticksOfFrame(frame, rate_)); }
  void play();
  void pause();
  void toggle() { isPlaying() ? pause() : play(); }
  /// J (-1) and L (+1): starts, and again doubles up to 4×; the other way slows down first.
  void shuttle(int direction);
  void stepFrames(std::int64_t frames);
  void toStart() { seek(range_.start); }
  void toEnd() { seekFrame(frameAtOrAfter(range_.end, rate_) - 1); }

  /// Looks at the clock and moves on. Called by the timer.
  void tick();

 Q_SIGNALS:
  void positionChanged(kinescore::Ticks position);
  void stateChanged();

 private:
  void setSpeed(double speed);
  /// `time` lies outside the range; where it is instead, or nothing when playing ends there.
  [[nodiscard]] std::optional<Ticks> repeated(Ticks time);
  void moveTo(Ticks time);
  /// Where the clock says it is now; nothing while the frame on screen still has time.
  [[nodiscard]] std::optional<Ticks> timeNow();

  Clock clock_;
  QTimer timer_;
  TimeRange range_{{0}, ticksFromSeconds(10)};
  Ticks duration_ = ticksFromSeconds(10);
  FrameRate rate_;
  Ticks position_;
  double speed_ = 0;
  double playSpeed_ = 1;
  bool showsEveryFrame_ = false;
  Repeat repeat_ = Repeat::Loop;
  Ticks anchorPosition_;        // where it was …
  std::int64_t anchorTime_ = 0;  // … when the clock showed this
};

}  // namespace kinescore
