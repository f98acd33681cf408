// What keys mean where something is written or pressed, for a whole window: Esc leaves a text field before it means
// anything else, Enter presses the button that has the focus (Space plays, wherever nothing is written).
#pragma once

#include <vector>

#include <QPointer>
#include <QWidget>

namespace kinescore {

class KeysOfFields : public QObject {
  Q_OBJECT

 public:
  /// A field that is left gives the focus to `home`.
  KeysOfFields(QWidget* window, QWidget* home);
  /// The Esc that is being handled was for something of the field's own, a list say: the field keeps the focus.
  static void useEsc(QWidget& field);

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  [[nodiscard]] bool isTextField(const QObject* object) const;

  QWidget *window_, *home_;
};

/// The panel with the focus has a line of accent along its header's top; F6 goes from one to the next.
class PanelFocus : public QObject {
  Q_OBJECT

 public:
  struct Part {
    QWidget* panel;
    QWidget* header;  // its line lies on this
    QWidget* first;   // gets the focus when nothing in it had it before; null: the first that can
  };
  PanelFocus(std::vector<Part> parts, QObject* parent);
  /// To the next (+1) or the one before (-1) that is to be seen.
  void go(int direction);
  /// The one with the focus, -1: none.
  [[nodiscard]] int current() const { return current_; }
  [[nodiscard]] const QWidget* line(int part) const { return lines_[std::size_t(part)]; }

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  void follow(QWidget* focus);

  std::vector<Part> parts_;
  std::vector<QWidget*> lines_;
  std::vector<QPointer<QWidget>> last_;  // what had the focus in each
  int current_ = -1;
};

}  // namespace kinescore
