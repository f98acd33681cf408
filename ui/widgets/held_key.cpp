#include "ui/widgets/held_key.h"

#include <QApplication>
#include <QKeyEvent>

namespace kinescore {

HeldKey::HeldKey(Qt::Key key, QObject* parent) : QObject(parent), key_(key) {
  qApp->installEventFilter(this);
  // What is released over another program is not told.
  connect(qApp, &QGuiApplication::applicationStateChanged, this, [this] { isHeld_ = false; });
}

bool HeldKey::eventFilter(QObject*, QEvent* event) {
  // A press that is a command's key comes as a question for it and no further; its release comes as usual.
  const bool isPress = event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress;
  if (isPress || event->type() == QEvent::KeyRelease) {
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->key() == key_ && !key->isAutoRepeat()) {
      isHeld_ = isPress;
    }
  }
  return false;
}

}  // namespace kinescore
