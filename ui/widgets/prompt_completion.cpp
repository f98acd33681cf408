#include "ui/widgets/prompt_completion.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPointer>

#include "ui/theme/theme.h"
#include "ui/widgets/keys_of_fields.h"

namespace kinescore {
namespace {

constexpr int kRow = 22;
constexpr int kMostRows = 6;

}  // namespace

PromptCompletion::PromptCompletion(PromptHelp* help, QWidget& field, QWidget* parent)
    : QListWidget(parent), help_(help), field_(field) {
  setObjectName(QStringLiteral("completions"));
  setAccessibleName(tr("Captions that go on from this"));
  setFocusPolicy(Qt::ClickFocus);  // which the field keeps when a caption is clicked
  setFocusProxy(&field);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setTextElideMode(Qt::ElideRight);
  setUniformItemSizes(true);
  setFont(uiFont(12));
  hide();
  field.installEventFilter(this);
  // Pressed and not clicked: the field keeps the focus, and what is pressed is taken at once.
  connect(this, &QListWidget::itemPressed, this, [this](QListWidgetItem* item) { take(item->text()); });
}

PromptCompletion::PromptCompletion(PromptHelp* help, QLineEdit& field, QWidget* parent)
    : PromptCompletion(help, static_cast<QWidget&>(field), parent) {
  typed_ = [&field] { return field.text(); };
  write_ = [&field](const QString& words) {
    field.selectAll();
    field.insert(words);  // so that Ctrl+Z in the field takes it back
  };
  connect(&field, &QLineEdit::textEdited, this, [this] { offer(false); });
}

PromptCompletion::PromptCompletion(PromptHelp* help, QPlainTextEdit& field, QWidget* parent)
    : PromptCompletion(help, static_cast<QWidget&>(field), parent) {
  typed_ = [&field] { return field.toPlainText(); };
  write_ = [&field](const QString& words) {
    QTextCursor cursor(field.document());
    cursor.select(QTextCursor::Document);
    cursor.insertText(words);
    field.moveCursor(QTextCursor::End);
  };
  // Words that came from elsewhere, by undo or another selection, are not typed.
  connect(&field, &QPlainTextEdit::textChanged, this, [this, &field] {
    if (field.hasFocus()) {
      offer(false);
    }
  });
}

int PromptCompletion::fullHeight() const { return std::min(count(), kMostRows) * kRow + 2 * frameWidth() + 4; }

void PromptCompletion::close() {
  if (isOpen_) {
    isOpen_ = false;
    clear();
    hide();
    Q_EMIT shownChanged();
  }
}

void PromptCompletion::offer(bool isAsked) {
  if (help_ == nullptr || isTaking_) {
    return;
  }
  const QString typed = typed_().trimmed();
  const QStringList lines = isAsked || typed.size() > 1 ? help_->completions(typed) : QStringList();
  if (lines.isEmpty()) {
    close();
    return;
  }
  clear();
  for (const QString& line : lines) {
    auto* item = new QListWidgetItem(line, this);
    item->setToolTip(line);
    item->setSizeHint({0, kRow});
  }
  setCurrentRow(-1);
  isOpen_ = true;
  show();
  Q_EMIT shownChanged();
}

void PromptCompletion::take(const QString& words) {
  isTaking_ = true;
  write_(words);
  isTaking_ = false;
  close();
  Q_EMIT taken();
}

bool PromptCompletion::pressed(int key) {
  const bool isDown = key == Qt::Key_Down, isUp = key == Qt::Key_Up;
  if (isDown && !isOpen_ && qobject_cast<QLineEdit*>(&field_) != nullptr) {
    offer(true);
    return true;
  }
  if (!isOpen_) {
    return false;
  }
  if (isDown || isUp) {
    // Past either end nothing is chosen: what is typed is one of the stops.
    const int stops = count() + 1;
    setCurrentRow((currentRow() + 1 + (isDown ? 1 : stops - 1)) % stops - 1);
    return true;
  }
  if (key == Qt::Key_Escape) {
    KeysOfFields::useEsc(field_);
    close();
    return true;
  }
  const bool isTaking = key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Tab;
  if (isTaking && currentItem() != nullptr) {
    take(currentItem()->text());
    return true;
  }
  return false;
}

bool PromptCompletion::eventFilter(QObject* object, QEvent* event) {
  if (object != &field_) {
    return QListWidget::eventFilter(object, event);
  }
  if (event->type() == QEvent::FocusIn && help_ != nullptr) {
    help_->want();
  } else if (event->type() == QEvent::FocusOut) {
    close();
  } else if (event->type() == QEvent::ShortcutOverride && isOpen_ && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
    event->accept();
    return true;
  } else if (event->type() == QEvent::KeyPress && pressed(static_cast<QKeyEvent*>(event)->key())) {
    return true;
  }
  return QListWidget::eventFilter(object, event);
}

}  // namespace kinescore
