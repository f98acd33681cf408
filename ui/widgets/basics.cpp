#include "ui/widgets/basics.h"

#include <QButtonGroup>

#include "ui/theme/theme.h"

namespace kinescore {

QToolButton* makeIconButton(const QString& iconName, const QString& name, const QString& key, QWidget* parent) {
  auto* button = new QToolButton(parent);
  button->setIcon(icon(iconName));
  button->setIconSize({16, 16});
  button->setFixedSize(measure::kIconButton, measure::kIconButton);
  button->setToolTip(key.isEmpty() ? name : QStringLiteral("%1  (%2)").arg(name, key));
  button->setAccessibleName(name);
  button->setFocusPolicy(Qt::TabFocus);
  return button;
}

QLabel* makeLabel(const QString& words, QWidget* parent) {
  auto* label = new QLabel(words, parent);
  label->setProperty("kind", "label");
  return label;
}

QLabel* makeHeading(const QString& words, QWidget* parent) {
  auto* label = new QLabel(words, parent);
  label->setProperty("kind", "heading");
  return label;
}

QWidget* makeSeparator(QWidget* parent) {
  auto* line = new QWidget(parent);
  line->setFixedSize(1, 18);
  line->setAutoFillBackground(true);
  QPalette palette = line->palette();
  palette.setColor(QPalette::Window, colorOf(tokens().line2));
  line->setPalette(palette);
  line->setStyleSheet(QStringLiteral("background: %1;").arg(colorOf(tokens().line2).name()));
  return line;
}

QPushButton* makeLink(const QString& words, QWidget* parent) {
  auto* link = new QPushButton(words, parent);
  link->setProperty("kind", "link");
  link->setCursor(Qt::PointingHandCursor);
  return link;
}

Panel::Panel(const char* kind, QWidget* parent) : QWidget(parent) {
  setProperty("panel", kind);
  setAttribute(Qt::WA_StyledBackground);
}

SegmentedChoice::SegmentedChoice(const QStringList& names, QWidget* parent) : Panel("segment", parent) {
  setFixedHeight(measure::kField);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(2, 2, 2, 2);
  row->setSpacing(0);
  auto* group = new QButtonGroup(this);
  for (const QString& name : names) {
    auto* button = new QToolButton(this);
    button->setText(name);
    button->setCheckable(true);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    button->setFocusPolicy(Qt::TabFocus);
    group->addButton(button, int(buttons_.size()));
    buttons_.push_back(button);
    row->addWidget(button);
  }
  connect(group, &QButtonGroup::idClicked, this, &SegmentedChoice::chosen);
}

void SegmentedChoice::setCurrent(int index) {
  if (index >= 0 && index < buttons_.size()) {
    buttons_[index]->setChecked(true);
  }
}

int SegmentedChoice::current() const {
  for (int i = 0; i < buttons_.size(); ++i) {
    if (buttons_[i]->isChecked()) {
      return i;
    }
  }
  return -1;
}

}  // namespace kinescore
