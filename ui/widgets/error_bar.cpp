#include "ui/widgets/error_bar.h"

#include "ui/theme/theme.h"

namespace kinescore {

ErrorBar::ErrorBar(QWidget* parent) : Panel("error", parent) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(12, 4, 6, 4);
  row->setSpacing(8);
  icon_ = new QLabel(this);
  words_ = new QLabel(this);
  words_->setProperty("kind", "value");
  words_->setWordWrap(true);
  words_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  button_ = new QPushButton(this);
  auto* cross = makeIconButton(QStringLiteral("close"), tr("Close"), {}, this);
  row->addWidget(icon_);
  row->addWidget(words_, 1);
  row->addWidget(button_);
  row->addWidget(cross);
  connect(cross, &QToolButton::clicked, this, &QWidget::hide);
  connect(button_, &QPushButton::clicked, this, [this] {
    hide();
    if (action_) {
      action_();
    }
  });
  hide();
}

void ErrorBar::showError(const QString& sentence, const QString& actionName, std::function<void()> action) {
  show(QStringLiteral("error"), colorOf(tokens().err), sentence, actionName, std::move(action));
}

void ErrorBar::showNote(const QString& sentence, const QString& actionName, std::function<void()> action) {
  show(QStringLiteral("warn"), colorOf(tokens().warn), sentence, actionName, std::move(action));
}

QString ErrorBar::sentence() const { return isHidden() ? QString() : words_->text(); }

void ErrorBar::show(const QString& iconName, const QColor& color, const QString& sentence,
                    const QString& actionName, std::function<void()> action) {
  icon_->setPixmap(iconPixmap(iconName, color, 16, devicePixelRatioF()));
  words_->setText(sentence);
  button_->setText(actionName);
  button_->setVisible(!actionName.isEmpty());
  action_ = std::move(action);
  setVisible(true);
}

}  // namespace kinescore
