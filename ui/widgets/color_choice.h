// A row of swatches: the usual colour of a kind, and those of the palette.
#pragma once

#include <QColor>

#include "ui/widgets/basics.h"

namespace kinescore {

class ColorChoice : public QWidget {
  Q_OBJECT

 public:
  explicit ColorChoice(QWidget* parent = nullptr);
  /// What 0 means.
  void setKindColor(const QColor& color);
  /// 0 the usual one, else a place in the palette from 1 on.
  void setCurrent(int color);

 Q_SIGNALS:
  void chosen(int color);

 private:
  void paintSwatches();
  QList<QToolButton*> swatches_;
  QColor usual_;
  int current_ = 0;
};

}  // namespace kinescore
