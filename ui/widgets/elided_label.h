// One line of words that gives way: cut with an ellipsis where there is no room, whole as a tooltip then.
#pragma once

#include <QLabel>

namespace kinescore {

class ElidedLabel : public QLabel {
  Q_OBJECT

 public:
  explicit ElidedLabel(const QString& words, QWidget* parent = nullptr);
  /// Not all of it is to be seen.
  [[nodiscard]] bool isCut() const;
  QSize minimumSizeHint() const override;

 protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
};

/// Words for a label of several lines: those that are longer than a line may be broken anywhere.
[[nodiscard]] QString breakable(const QString& words);

}  // namespace kinescore
