// The button that makes motion, in all its states: Generate, Up to date, Generating 45 % with
// Cancel, or off with the reason.
#pragma once

#include <QWidget>

namespace kinescore {

class GenerateButton : public QWidget {
  Q_OBJECT

 public:
  enum class State { Generate, UpToDate, Working, Off };

  explicit GenerateButton(QWidget* parent = nullptr);
  void setState(State state, double fraction = 0, const QString& reason = {});
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] QString words() const;
  QSize sizeHint() const override;

 Q_SIGNALS:
  void generate();
  /// Pressed with Shift while busy.
  void queue();
  void cancel();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  [[nodiscard]] QRect cancelRect() const;
  State state_ = State::Generate;
  double fraction_ = 0;
  bool isHovered_ = false, isCancelHovered_ = false;
};

}  // namespace kinescore
