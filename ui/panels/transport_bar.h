// Time, play buttons, play range, regenerate, snapping and zoom; between view and timeline.
#pragma once

#include "ui/document/session.h"
#include "ui/document/time_text.h"
#include "ui/widgets/basics.h"
#include "ui/widgets/fields.h"

class QSlider;

namespace kinescore {

class SoundPlayer;
class TimelineView;

class TransportBar : public Panel {
  Q_OBJECT

 public:
  TransportBar(Session& session, TimelineView& timeline, QWidget* parent = nullptr);

  /// What is snapped to, beside the magnet.
  void setSnapMenu(QMenu* menu);
  void setRepeatMenu(QMenu* menu);
  void setSpeedMenu(QMenu* menu);
  /// The speaker shows and switches it.
  void setSound(SoundPlayer& sound);

 Q_SIGNALS:
  void regenerate();

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void refreshTime();
  void refreshState();
  /// What is less needed goes where the bar is narrow.
  void makeRoom();

  Session& session_;
  TimelineView& timeline_;
  QWidget* time_;
  FrameField* timecode_;
  QLabel* frame_;
  QToolButton* play_;
  QToolButton *loop_, *repeatMenu_;
  QPushButton* speed_;
  QToolButton* sound_;
  QPushButton* rate_;
  QLabel* range_;
  QPushButton* regenerate_;
  QToolButton *snap_, *snapMenu_;
  QToolButton* ripple_;
  QPushButton* fit_;
  QSlider* zoom_;
};

}  // namespace kinescore
