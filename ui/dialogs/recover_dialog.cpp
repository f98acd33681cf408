#include "ui/dialogs/recover_dialog.h"

#include <QBoxLayout>
#include <QDateTime>
#include <QListWidget>
#include <QLocale>

#include "ui/document/aside.h"
#include "ui/document/path_text.h"
#include "ui/theme/theme.h"
#include "ui/widgets/basics.h"

namespace kinescore {
namespace {

QString whenText(std::chrono::system_clock::time_point when) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count();
  const QDateTime time = QDateTime::fromSecsSinceEpoch(seconds);
  const QString clock = time.time().toString(QStringLiteral("HH:mm"));
  const qint64 days = time.date().daysTo(QDate::currentDate());
  return days == 0   ? RecoverDialog::tr("today %1").arg(clock)
         : days == 1 ? RecoverDialog::tr("yesterday %1").arg(clock)
                     : QLocale().toString(time.date(), QLocale::ShortFormat) + u' ' + clock;
}

QString countText(const RecoverableVersion& version) {
  QStringList parts;
  if (version.edits > 0) {
    parts << (version.edits == 1 ? RecoverDialog::tr("1 edit") : RecoverDialog::tr("%1 edits").arg(version.edits));
  }
  if (version.takes > 0) {
    parts << (version.takes == 1 ? RecoverDialog::tr("1 take") : RecoverDialog::tr("%1 takes").arg(version.takes));
  }
  return parts.join(QStringLiteral(", "));
}

}  // namespace

QString RecoverDialog::titleOf(const RecoverableVersion& version) {
  const QString name = version.project.empty() ? tr("Untitled") : pathText(version.project.stem());
  if (version.kind == RecoverableVersion::Kind::Backup) {
    return tr("“%1” as it was saved %2").arg(name, whenText(version.when));
  }
  const QString counts = countText(version);
  return counts.isEmpty() ? tr("Work on “%1”, %2").arg(name, whenText(version.when))
                          : tr("Work on “%1”, %2, %3").arg(name, counts, whenText(version.when));
}

RecoverDialog::RecoverDialog(const std::filesystem::path& stateFolder, const std::filesystem::path& project, QWidget* parent)
    : QDialog(parent) {
  setWindowTitle(tr("Recover"));
  resize(520, 360);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(16, 16, 16, 16);
  column->setSpacing(10);
  auto* words = makeLabel(tr("A version opens as a copy without a name. Nothing on the disk is overwritten."), this);
  words->setWordWrap(true);
  state_ = makeLabel(tr("Looking…"), this);
  state_->setObjectName(QStringLiteral("recoverState"));
  list_ = new QListWidget(this);
  list_->setObjectName(QStringLiteral("recoverList"));
  list_->setAccessibleName(tr("Versions"));
  list_->setStyleSheet(QStringLiteral("QListWidget { background: %1; border: 1px solid %2; border-radius: 5px; color: %3; }"
                                      "QListWidget::item { padding: 5px 8px; } QListWidget::item:selected { background: %4; color: %5; }")
                           .arg(colorOf(tokens().s1).name(), colorOf(tokens().line2).name(), colorOf(tokens().t2).name(),
                                colorOf(tokens().s4).name(), colorOf(tokens().t1).name()));
  auto* row = new QHBoxLayout;
  throwAway_ = new QPushButton(tr("Throw Away"), this);
  throwAway_->setObjectName(QStringLiteral("throwAway"));
  auto* close = new QPushButton(tr("Close"), this);
  open_ = new QPushButton(tr("Open a Copy"), this);
  open_->setObjectName(QStringLiteral("openCopy"));
  open_->setProperty("kind", "primary");
  open_->setDefault(true);
  row->addWidget(throwAway_);
  row->addStretch();
  row->addWidget(close);
  row->addWidget(open_);
  column->addWidget(words);
  column->addWidget(list_, 1);
  column->addWidget(state_);
  column->addLayout(row);
  connect(close, &QPushButton::clicked, this, &QDialog::reject);
  connect(throwAway_, &QPushButton::clicked, this, &RecoverDialog::throwAway);
  connect(open_, &QPushButton::clicked, this, [this] {
    if (const RecoverableVersion* version = current()) {
      chosen_ = *version;
      accept();
    }
  });
  connect(list_, &QListWidget::itemDoubleClicked, open_, &QPushButton::click);
  connect(list_, &QListWidget::currentRowChanged, this, [this] {
    mayThrowAway_ = false;
    refresh();
  });
  refresh();
  runAside(this, [stateFolder, project] {
    std::vector<RecoverableVersion> found = unsavedWork(stateFolder);
    const std::vector<RecoverableVersion> saved = savedVersions(project);
    found.insert(found.end(), saved.begin(), saved.end());
    return found;
  }, [this](std::vector<RecoverableVersion> found) { show(std::move(found)); });
}

void RecoverDialog::show(std::vector<RecoverableVersion> found) {
  isReady_ = true;
  versions_ = std::move(found);
  list_->clear();
  for (const RecoverableVersion& version : versions_) {
    list_->addItem(titleOf(version));
  }
  if (!versions_.empty()) {
    list_->setCurrentRow(0);
  }
  refresh();
}

const RecoverableVersion* RecoverDialog::current() const {
  const int row = list_->currentRow();
  return row >= 0 && row < int(versions_.size()) ? &versions_[std::size_t(row)] : nullptr;
}

void RecoverDialog::refresh() {
  const RecoverableVersion* version = current();
  state_->setVisible(!isReady_ || versions_.empty());
  state_->setText(isReady_ ? tr("There is nothing to bring back. Every save keeps the version before it here.") : tr("Looking…"));
  open_->setEnabled(version != nullptr);
  throwAway_->setVisible(version != nullptr && version->kind == RecoverableVersion::Kind::UnsavedWork);
  throwAway_->setText(mayThrowAway_ ? tr("Throw Away for Good") : tr("Throw Away"));
  throwAway_->setToolTip(tr("This work is then gone; press twice."));
}

void RecoverDialog::throwAway() {
  const RecoverableVersion* version = current();
  if (version == nullptr || version->kind != RecoverableVersion::Kind::UnsavedWork) {
    return;
  }
  if (!mayThrowAway_) {
    mayThrowAway_ = true;
    refresh();
    return;
  }
  mayThrowAway_ = false;
  if (!isJournalInUse(version->file)) {
    Journal::remove(version->file);
  }
  std::vector<RecoverableVersion> left = versions_;
  left.erase(left.begin() + list_->currentRow());
  show(std::move(left));
}

}  // namespace kinescore
