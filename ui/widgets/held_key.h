// Whether a key is held down at the moment, wherever in the window the focus is: also when pressing it ran a command.
#pragma once

#include <QObject>

namespace kinescore {

class HeldKey : public QObject {
  Q_OBJECT

 public:
  HeldKey(Qt::Key key, QObject* parent);
  [[nodiscard]] bool isHeld() const { return isHeld_; }

 protected:
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  Qt::Key key_;
  bool isHeld_ = false;
};

}  // namespace kinescore
