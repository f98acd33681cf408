// A sample project on the start page: its picture, name, what conditions it has and how long it is.
#pragma once

#include <QAbstractButton>
#include <QPixmap>

#include "ui/document/samples.h"

namespace kinescore {

class SampleCard : public QAbstractButton {
  Q_OBJECT

 public:
  explicit SampleCard(Sample sample, QWidget* parent = nullptr);
  [[nodiscard]] const Sample& sample() const { return sample_; }
  [[nodiscard]] double seconds() const { return facts_.seconds; }
  /// "About 16 s on this computer"; empty while nothing was measured here.
  void setExpectation(const QString& words);
  [[nodiscard]] QString expectation() const { return expectation_; }

  QSize sizeHint() const override { return {356, 262}; }
  QSize minimumSizeHint() const override { return {240, 222}; }
  int heightForWidth(int width) const override;

 Q_SIGNALS:
  /// An arrow: the page knows which card is beside and below.
  void arrowPressed(int key);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  void paintPicture(QPainter& painter, const QRect& area);

  Sample sample_;
  SampleFacts facts_;
  QPixmap picture_;
  QString expectation_;
};

}  // namespace kinescore
