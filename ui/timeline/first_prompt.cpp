#include "ui/timeline/first_prompt.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/theme/theme.h"
#include "ui/widgets/basics.h"

namespace kinescore {
namespace {

constexpr int kMostFirstWidth = 460, kLeastFirstWidth = 260;
constexpr int kFirstMargin = 12;

}  // namespace

FirstPrompt::FirstPrompt(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("firstPrompt"));
  setCursor(Qt::ArrowCursor);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  column->addWidget(makeLabel(tr("Click a track to add. Or write what happens:"), this));
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  field_ = new QLineEdit(this);
  field_->setObjectName(QStringLiteral("firstPromptWords"));
  field_->setAccessibleName(tr("What happens"));
  field_->setPlaceholderText(tr("walk forward and wave"));
  field_->setFixedHeight(measure::kField);
  generate_ = new QPushButton(tr("Generate"), this);
  generate_->setObjectName(QStringLiteral("firstPromptGenerate"));
  generate_->setEnabled(false);
  row->addWidget(field_, 1);
  row->addWidget(generate_);
  column->addLayout(row);
  connect(field_, &QLineEdit::textChanged, this, [this](const QString& words) { generate_->setEnabled(!words.trimmed().isEmpty()); });
  connect(field_, &QLineEdit::returnPressed, this, &FirstPrompt::give);
  connect(generate_, &QPushButton::clicked, this, &FirstPrompt::give);
  hide();
}

void FirstPrompt::placeIn(const QRect& free, bool isWanted) {
  const QSize size(std::min(kMostFirstWidth, free.width() - 2 * kFirstMargin), sizeHint().height());
  const bool fits = size.width() >= kLeastFirstWidth && free.height() >= size.height() + 2 * kFirstMargin;
  if (isWanted && fits) {
    setGeometry(QRect(free.topLeft() + QPoint(kFirstMargin, kFirstMargin), size));
  }
  setVisible(isWanted && fits);
}

void FirstPrompt::give() {
  const QString words = field_->text().trimmed();
  if (words.isEmpty()) {
    return;
  }
  field_->clear();
  Q_EMIT written(words);
}

}  // namespace kinescore
