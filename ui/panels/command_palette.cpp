#include "ui/panels/command_palette.h"

#include <QAction>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "ui/theme/theme.h"

namespace kinescore {
namespace {

constexpr int kWidth = 560, kRows = 12, kTop = 48, kPadding = 8;

enum Role { Menu = Qt::UserRole, Key };

/// Name, quieter its menu, and its key at the right.
class CommandRow : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {kWidth, measure::kMenuRow}; }
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const ColorTokens& t = tokens();
    const bool isOn = index.flags() & Qt::ItemIsEnabled;
    if (option.state & QStyle::State_Selected) {
      painter->fillRect(option.rect, colorOf(t.s5));
    }
    const QRect row = option.rect.adjusted(kPadding, 0, -kPadding, 0);
    const QString key = index.data(Key).toString();
    painter->setFont(numberFont(11));
    const int keyWidth = key.isEmpty() ? 0 : painter->fontMetrics().horizontalAdvance(key) + kPadding;
    painter->setPen(colorOf(isOn ? t.t2 : t.t4));
    painter->drawText(row, Qt::AlignVCenter | Qt::AlignRight, key);
    painter->setFont(uiFont(12));
    painter->setPen(colorOf(isOn ? t.t1 : t.t4));
    const QString name = index.data().toString();
    painter->drawText(row, Qt::AlignVCenter | Qt::AlignLeft, name);
    const int left = painter->fontMetrics().horizontalAdvance(name) + 2 * kPadding;
    painter->setFont(uiFont(11));
    painter->setPen(colorOf(isOn ? t.t3 : t.t4));
    const QRect rest = row.adjusted(left, 0, -keyWidth, 0);
    painter->drawText(rest, Qt::AlignVCenter | Qt::AlignLeft,
                      painter->fontMetrics().elidedText(index.data(Menu).toString(), Qt::ElideRight, rest.width()));
  }
};

}  // namespace

CommandPalette::CommandPalette(QWidget* window) : QFrame(window, Qt::Popup) {
  setObjectName(QStringLiteral("commandPalette"));
  setAccessibleName(tr("Find command"));
  setStyleSheet(QStringLiteral("#commandPalette { background: %1; border: 1px solid %2; }")
                    .arg(colorOf(tokens().s3).name(), colorOf(tokens().line2).name()));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(kPadding, kPadding, kPadding, kPadding);
  column->setSpacing(6);
  field_ = new QLineEdit(this);
  field_->setObjectName(QStringLiteral("commandWords"));
  field_->setPlaceholderText(tr("Find a command"));
  field_->setAccessibleName(tr("Words of a command"));
  field_->setFixedHeight(measure::kField + 4);
  list_ = new QListWidget(this);
  list_->setObjectName(QStringLiteral("commandRows"));
  list_->setAccessibleName(tr("Commands"));
  list_->setItemDelegate(new CommandRow(list_));
  list_->setFocusPolicy(Qt::NoFocus);
  list_->setFrameShape(QFrame::NoFrame);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  column->addWidget(field_);
  column->addWidget(list_);
  field_->installEventFilter(this);
  connect(field_, &QLineEdit::textChanged, this, &CommandPalette::refresh);
  connect(list_, &QListWidget::itemClicked, this, [this](QListWidgetItem* item) { run(list_->row(item)); });
}

void CommandPalette::open(std::vector<Command> commands) {
  commands_ = std::move(commands);
  field_->clear();
  refresh();
  const QWidget* window = parentWidget();
  resize(kWidth, kTop + kRows * measure::kMenuRow + 3 * kPadding);
  move(window->mapToGlobal(QPoint((window->width() - width()) / 2, kTop)));
  show();
  field_->setFocus(Qt::PopupFocusReason);
}

void CommandPalette::refresh() {
  listed_ = commandsFor(commands_, field_->text());
  list_->clear();
  int first = -1;
  for (const Command& command : listed_) {
    auto* item = new QListWidgetItem(command.name, list_);
    item->setData(Menu, command.menu);
    item->setData(Key, command.key);
    item->setData(Qt::AccessibleTextRole, QStringLiteral("%1, %2 %3").arg(command.name, command.menu, command.key));
    if (!command.action->isEnabled()) {
      item->setFlags(item->flags() & ~(Qt::ItemIsEnabled | Qt::ItemIsSelectable));
    } else if (first < 0) {
      first = list_->count() - 1;
    }
  }
  list_->setCurrentRow(first);
}

void CommandPalette::step(int by) {
  for (int row = list_->currentRow() + by; row >= 0 && row < list_->count(); row += by) {
    if (list_->item(row)->flags() & Qt::ItemIsEnabled) {
      list_->setCurrentRow(row);
      return;
    }
  }
}

void CommandPalette::run(int row) {
  if (row < 0 || row >= int(listed_.size()) || !listed_[std::size_t(row)].action->isEnabled()) {
    return;
  }
  QAction* action = listed_[std::size_t(row)].action;
  hide();  // first: the command finds the focus where it was
  action->trigger();
}

bool CommandPalette::eventFilter(QObject* object, QEvent* event) {
  if (object == field_ && event->type() == QEvent::ShortcutOverride) {
    event->accept();  // keys are its own while it is open: Esc would cancel a job
    return true;
  }
  if (object != field_ || event->type() != QEvent::KeyPress) {
    return QFrame::eventFilter(object, event);
  }
  switch (static_cast<QKeyEvent*>(event)->key()) {
    case Qt::Key_Escape: hide(); return true;
    case Qt::Key_Down: step(+1); return true;
    case Qt::Key_Up: step(-1); return true;
    case Qt::Key_Return:
    case Qt::Key_Enter: run(list_->currentRow()); return true;
    default: return false;
  }
}

}  // namespace kinescore
