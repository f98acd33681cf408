// What the program begins with on this computer; each choice counts at once.
#pragma once

#include <QDialog>

#include "engine/core/ticks.h"
#include "ui/document/time_text.h"

namespace kinescore {

class PreferencesDialog : public QDialog {
  Q_OBJECT

 public:
  struct Choices {
    FrameRate newProjectRate;
    TimeDisplay timeDisplay = TimeDisplay::Frames;
    bool followsWhileDragging = false;
  };

  PreferencesDialog(const Choices& now, QWidget* parent);

 Q_SIGNALS:
  void rateChosen(kinescore::FrameRate rate);
  void timeDisplayChosen(kinescore::TimeDisplay display);
  void followingChosen(bool on);
  void keysWanted();
};

}  // namespace kinescore
