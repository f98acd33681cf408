// The first words of an empty timeline: a field below the tracks whose prompt is performed at once.
#pragma once

#include <QWidget>

class QLineEdit;
class QPushButton;

namespace kinescore {

class FirstPrompt : public QWidget {
  Q_OBJECT

 public:
  explicit FirstPrompt(QWidget* parent);
  /// Within what is free below the tracks; hidden where that is too small, or something lies on the timeline.
  void placeIn(const QRect& free, bool isWanted);

 Q_SIGNALS:
  /// Words were written and Generate or Enter pressed.
  void written(const QString& words);

 private:
  void give();

  QLineEdit* field_;
  QPushButton* generate_;
};

}  // namespace kinescore
