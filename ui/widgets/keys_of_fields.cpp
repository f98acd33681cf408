#include "ui/widgets/keys_of_fields.h"

#include <algorithm>

#include <QAbstractButton>
#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTextEdit>
#include <QTimer>

#include "ui/theme/theme.h"

namespace kinescore {
namespace {

constexpr int kLine = 2;
constexpr const char* kEscUsed = "escUsed";

QWidget* firstIn(const QWidget& panel) {
  for (QWidget* child : panel.findChildren<QWidget*>()) {
    if (child->isVisible() && child->isEnabled() && child->focusPolicy() & Qt::TabFocus && child->focusProxy() == nullptr) {
      return child;
    }
  }
  return nullptr;
}

}  // namespace

KeysOfFields::KeysOfFields(QWidget* window, QWidget* home) : QObject(window), window_(window), home_(home) {
  qApp->installEventFilter(this);
}

void KeysOfFields::useEsc(QWidget& field) { field.setProperty(kEscUsed, true); }

bool KeysOfFields::isTextField(const QObject* object) const {
  const auto* line = qobject_cast<const QLineEdit*>(object);
  const auto* plain = qobject_cast<const QPlainTextEdit*>(object);
  const auto* rich = qobject_cast<const QTextEdit*>(object);
  return (line != nullptr && !line->isReadOnly()) || (plain != nullptr && !plain->isReadOnly()) ||
         (rich != nullptr && !rich->isReadOnly());
}

bool KeysOfFields::eventFilter(QObject* object, QEvent* event) {
  const bool asks = event->type() == QEvent::ShortcutOverride;
  if (!asks && event->type() != QEvent::KeyPress) {
    return false;
  }
  auto* widget = qobject_cast<QWidget*>(object);
  if (widget == nullptr || widget->window() != window_) {
    return false;
  }
  const auto* key = static_cast<QKeyEvent*>(event);
  if (key->key() == Qt::Key_Escape && isTextField(widget)) {
    if (asks) {
      event->accept();
      return true;
    }
    // The field has its own idea of giving up first.
    widget->setProperty(kEscUsed, false);
    QTimer::singleShot(0, home_, [this, field = QPointer<QWidget>(widget)] {
      const QWidget* focus = QApplication::focusWidget();
      if (field != nullptr && field->property(kEscUsed).toBool()) {
        return;
      }
      if (window_->isVisible() && (focus == nullptr || focus == field)) {
        home_->setFocus(Qt::OtherFocusReason);
      }
    });
    return false;
  }
  auto* button = qobject_cast<QAbstractButton*>(widget);
  const bool isEnter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
  if (button != nullptr && isEnter && key->modifiers() == Qt::NoModifier && !asks) {
    button->click();
    return true;
  }
  return false;
}

PanelFocus::PanelFocus(std::vector<Part> parts, QObject* parent) : QObject(parent), parts_(std::move(parts)), last_(parts_.size()) {
  for (const Part& part : parts_) {
    auto* line = new QWidget(part.header);
    line->setObjectName(QStringLiteral("focusLine"));
    line->setAttribute(Qt::WA_TransparentForMouseEvents);
    line->setStyleSheet(QStringLiteral("background: %1;").arg(colorOf(tokens().acc).name()));
    line->setGeometry(0, 0, part.header->width(), kLine);
    line->hide();
    lines_.push_back(line);
    part.header->installEventFilter(this);
  }
  connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) { follow(now); });
}

void PanelFocus::follow(QWidget* focus) {
  if (focus == nullptr) {
    return;  // the window is not in front; it shows where one was
  }
  current_ = -1;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const bool isHere = parts_[i].panel == focus || parts_[i].panel->isAncestorOf(focus);
    if (isHere) {
      current_ = int(i);
      last_[i] = focus;
    }
    lines_[i]->setVisible(isHere);
    lines_[i]->raise();
  }
}

void PanelFocus::go(int direction) {
  const int count = int(parts_.size());
  int next = current_ < 0 ? (direction > 0 ? -1 : count) : current_;
  for (int tried = 0; tried < count; ++tried) {
    next = (next + direction + count) % count;
    const Part& part = parts_[std::size_t(next)];
    QWidget* known = last_[std::size_t(next)];
    QWidget* to = known != nullptr && known->isVisible() && known->isEnabled() ? known : part.first;
    to = to != nullptr && to->isVisible() && to->isEnabled() ? to : firstIn(*part.panel);
    if (part.panel->isVisible() && to != nullptr) {
      to->setFocus(Qt::TabFocusReason);
      if (QApplication::focusWidget() == to) {
        return;
      }
    }
  }
}

bool PanelFocus::eventFilter(QObject* object, QEvent* event) {
  if (event->type() == QEvent::Resize) {
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      if (parts_[i].header == object) {
        lines_[i]->setGeometry(0, 0, parts_[i].header->width(), kLine);
      }
    }
  }
  return false;
}

}  // namespace kinescore
