// A dialog beside which the window goes on: while it has the focus its keys are its own (Esc closes it, Space and arrows
// scroll it) and run no command of the window.
#pragma once

#include <QDialog>
#include <QEvent>

namespace kinescore {

class OwnKeysDialog : public QDialog {
  Q_OBJECT

 public:
  using QDialog::QDialog;

 protected:
  bool event(QEvent* event) override {
    if (event->type() == QEvent::ShortcutOverride) {
      event->accept();
      return true;
    }
    return QDialog::event(event);
  }
};

}  // namespace kinescore
