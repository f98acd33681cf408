#include "ui/dialogs/manual_window.h"

#include <array>

#include <QDesktopServices>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QTextBrowser>
#include <QTextTable>
#include <QVBoxLayout>

#include "ui/theme/theme.h"

namespace kinescore {
namespace {

struct ManualPage {
  const char* title;
  const char* file;
};
constexpr std::array kPages = {ManualPage{QT_TRANSLATE_NOOP("ManualWindow", "The timeline"), "timeline"},
                               ManualPage{QT_TRANSLATE_NOOP("ManualWindow", "Projects"), "projects"},
                               ManualPage{QT_TRANSLATE_NOOP("ManualWindow", "Sound"), "sound"},
                               ManualPage{QT_TRANSLATE_NOOP("ManualWindow", "Command line"), "command-line"}};

QString textOf(const ManualPage& page) {
  QFile file(QStringLiteral(":/docs/%1.md").arg(QLatin1String(page.file)));
  return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

/// Thin lines and room around the words.
void quietTables(QTextDocument& document) {
  for (QTextFrame* frame : document.rootFrame()->childFrames()) {
    if (auto* table = qobject_cast<QTextTable*>(frame)) {
      QTextTableFormat format = table->format();
      format.setBorderCollapse(true);
      format.setBorder(1);
      format.setBorderBrush(colorOf(tokens().line2));
      format.setCellPadding(5);
      table->setFormat(format);
    }
  }
}

}  // namespace

ManualWindow::ManualWindow(QWidget* parent) : OwnKeysDialog(parent) {
  setObjectName(QStringLiteral("manual"));
  setWindowTitle(tr("Manual"));
  resize(980, 720);
  auto* row = new QHBoxLayout(this);
  auto* left = new QVBoxLayout;
  words_ = new QLineEdit(this);
  words_->setObjectName(QStringLiteral("manualWords"));
  words_->setPlaceholderText(tr("Find in the manual"));
  words_->setAccessibleName(tr("Words to find in the manual"));
  found_ = new QLabel(this);
  found_->setWordWrap(true);
  pages_ = new QListWidget(this);
  pages_->setObjectName(QStringLiteral("manualPages"));
  pages_->setAccessibleName(tr("Pages of the manual"));
  for (const ManualPage& page : kPages) {
    pages_->addItem(tr(page.title));
  }
  left->addWidget(words_);
  left->addWidget(found_);
  left->addWidget(pages_, 1);
  page_ = new QTextBrowser(this);
  page_->setObjectName(QStringLiteral("manualPage"));
  page_->setOpenLinks(false);
  row->addLayout(left, 1);
  row->addWidget(page_, 4);
  connect(pages_, &QListWidget::currentRowChanged, this, &ManualWindow::showPage);
  connect(words_, &QLineEdit::returnPressed, this, &ManualWindow::findNext);
  connect(page_, &QTextBrowser::anchorClicked, this, [this](const QUrl& link) {
    const QString name = link.path().section(u'/', -1).section(u'.', 0, 0);
    for (int i = 0; i < int(kPages.size()); ++i) {
      if (name == QLatin1String(kPages[std::size_t(i)].file)) {
        pages_->setCurrentRow(i);
        return;
      }
    }
    if (!link.isRelative()) {
      QDesktopServices::openUrl(link);
    }
  });
  pages_->setCurrentRow(0);
}

void ManualWindow::showPage(int index) {
  if (index >= 0 && index < int(kPages.size())) {
    page_->setMarkdown(textOf(kPages[std::size_t(index)]));
    quietTables(*page_->document());
  }
}

void ManualWindow::findNext() {
  const QString words = words_->text().trimmed();
  found_->clear();
  if (words.isEmpty() || page_->find(words)) {
    return;
  }
  for (int step = 1; step <= int(kPages.size()); ++step) {
    const int next = (pages_->currentRow() + step) % int(kPages.size());
    if (textOf(kPages[std::size_t(next)]).contains(words, Qt::CaseInsensitive)) {
      pages_->setCurrentRow(next);
      page_->moveCursor(QTextCursor::Start);
      if (page_->find(words)) {
        return;
      }
    }
  }
  found_->setText(tr("The manual has no “%1”.").arg(words));
}

}  // namespace kinescore
