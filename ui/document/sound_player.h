// Sound clips as they are heard: along with the playhead while it plays, and a moment of them at each place it is dragged
// to. The playhead's clock leads; sound that strays from it is set right. Nothing is read, opened or reckoned while no
// sound clip counts or sound is off.
#pragma once

#include <memory>

#include <QObject>
#include <QTimer>

#include "ui/document/session.h"
#include "ui/document/sound_output.h"
#include "ui/document/sound_shelf.h"
#include "ui/document/sound_voices.h"

namespace kinescore {

class SoundPlayer : public QObject {
  Q_OBJECT

 public:
  /// No output: there is no sound in this window.
  SoundPlayer(Session& session, std::unique_ptr<SoundOutput> output, QObject* parent = nullptr);
  ~SoundPlayer() override;

  [[nodiscard]] bool isOn() const { return isOn_; }
  void setOn(bool on);
  /// The playhead is heard where it is dragged to.
  [[nodiscard]] bool scrubs() const { return scrubs_; }
  void setScrubs(bool on);
  /// Why nothing is heard although it should; one sentence.
  [[nodiscard]] QString problem() const { return output_ ? output_->problem() : QString(); }
  /// Recordings of all clips that count are there.
  [[nodiscard]] bool isReady() const { return !isStale_ && missing_ == 0; }
  /// How often sound was set right while it played; for tests.
  [[nodiscard]] int corrections() const { return corrections_; }

 Q_SIGNALS:
  /// On or off, scrubbing or not, or there is another problem.
  void switched();

 private:
  void noteChange();
  /// Which clips count, and what is known of their recordings.
  void gather();
  void place();
  void onState();
  void onPosition();
  void follow();
  void setRight();
  void playMoment();
  void startOutput();
  void stopOutput();
  [[nodiscard]] SoundRange range() const;
  [[nodiscard]] bool isHeardAt(double seconds) const;

  Session& session_;
  std::unique_ptr<SoundOutput> output_;
  SoundShelf shelf_;
  std::shared_ptr<SoundVoices> voices_;
  SoundVoices::Sounds sounds_;
  std::vector<std::shared_ptr<const Clip>> clips_;
  int missing_ = 0;
  bool isOn_ = true, scrubs_ = true;
  bool isStale_ = true;     // the timeline has changed since it was gathered
  bool isOpen_ = false;     // the output
  bool isPlaying_ = false;
  bool isSettling_ = false;  // what stops is moved onto a frame: no scrubbing
  bool isFirstCheck_ = false;
  SoundRange range_;
  int corrections_ = 0;
  QTimer gather_, close_;
};

}  // namespace kinescore
