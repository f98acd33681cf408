// Where samples go to be heard. The real one opens no device and looks for none before something is to be played: on a
// machine without sound nothing is waited for and nothing is warned of.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include <QObject>
#include <QString>

namespace kinescore {

class SoundOutput : public QObject {
  Q_OBJECT

 public:
  /// Fills samples of −1 … 1, one of each channel after the other. May be called on another thread.
  using Pull = std::function<void(std::span<float>)>;

  /// Returns at once; pulls when the device is open, or never where there is none.
  virtual void start(int rate, int channels, Pull pull) = 0;
  /// Afterwards nothing is pulled any more.
  virtual void stop() = 0;
  /// Seconds until what is pulled next is heard.
  [[nodiscard]] virtual double latency() const = 0;
  /// Why nothing is heard, as one sentence; empty: no reason is known.
  [[nodiscard]] virtual QString problem() const = 0;

 Q_SIGNALS:
  void problemChanged();
};

/// The sound device of the machine, by Qt Multimedia.
[[nodiscard]] std::unique_ptr<SoundOutput> openSoundDevice();

}  // namespace kinescore
