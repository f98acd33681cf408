#include "ui/dialogs/key_list.h"

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include "engine/core/files.h"

namespace kinescore {

KeyList::KeyList(std::vector<Command> commands, QWidget* parent) : OwnKeysDialog(parent), commands_(std::move(commands)) {
  setObjectName(QStringLiteral("keyList"));
  setWindowTitle(tr("Keys"));
  resize(640, 660);
  auto* column = new QVBoxLayout(this);
  auto* words = new QLineEdit(this);
  words->setObjectName(QStringLiteral("keyWords"));
  words->setPlaceholderText(tr("Find a command or a key"));
  words->setAccessibleName(tr("Words of a command, or a key"));
  column->addWidget(words);
  table_ = new QTableWidget(0, 3, this);
  table_->setObjectName(QStringLiteral("keyRows"));
  table_->setAccessibleName(tr("Keys"));
  table_->setHorizontalHeaderLabels({tr("Command"), tr("Menu"), tr("Key")});
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  table_->verticalHeader()->hide();
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  column->addWidget(table_);
  auto* problem = new QLabel(this);
  problem->setWordWrap(true);
  problem->hide();
  column->addWidget(problem);
  auto* row = new QHBoxLayout;
  auto* copy = new QPushButton(tr("Copy as text"), this);
  copy->setObjectName(QStringLiteral("copyKeys"));
  auto* save = new QPushButton(tr("Save as text…"), this);
  auto* close = new QPushButton(tr("Close"), this);
  row->addWidget(copy);
  row->addWidget(save);
  row->addStretch();
  row->addWidget(close);
  column->addLayout(row);
  connect(words, &QLineEdit::textChanged, this, &KeyList::refresh);
  connect(copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(text()); });
  connect(close, &QPushButton::clicked, this, &QDialog::reject);
  connect(save, &QPushButton::clicked, this, [this, problem] {
    const QString file = QFileDialog::getSaveFileName(this, tr("Keys as text"), QDir::homePath() + QStringLiteral("/kinescore-keys.txt"),
                                                      tr("Text (*.txt)"), nullptr, QFileDialog::DontUseNativeDialog);
    if (file.isEmpty()) {
      return;
    }
    const Status saved = saveFileSafely(file.toStdString(), text().toStdString());
    problem->setVisible(!saved);
    problem->setText(saved ? QString() : QString::fromStdString(saved.error().message));
  });
  refresh({});
  words->setFocus();
}

void KeyList::refresh(const QString& words) {
  listed_ = commandsFor(commands_, words);
  if (listed_.empty()) {
    for (const Command& command : commands_) {
      if (command.key.contains(words.trimmed(), Qt::CaseInsensitive)) {
        listed_.push_back(command);
      }
    }
  }
  table_->setRowCount(int(listed_.size()));
  for (int row = 0; row < int(listed_.size()); ++row) {
    const Command& command = listed_[std::size_t(row)];
    const QStringList cells{command.name, command.menu, command.key};
    for (int cell = 0; cell < 3; ++cell) {
      table_->setItem(row, cell, new QTableWidgetItem(cells[cell]));
    }
  }
}

}  // namespace kinescore
