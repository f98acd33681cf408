#include "ui/widgets/basics.h"

#include <QButtonGroup>
#include <QGridLayout>
#include <QPainter>

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

PanelFrame framePanel(QWidget* panel, int left, int right, int spacing) {
  PanelFrame frame{new QVBoxLayout(panel), new Panel("bar", panel), nullptr};
  frame.column->setContentsMargins(0, 0, 0, 0);
  frame.column->setSpacing(0);
  frame.header->setFixedHeight(measure::kPanelHeader);
  frame.row = new QHBoxLayout(frame.header);
  frame.row->setContentsMargins(left, 0, right, 0);
  frame.row->setSpacing(spacing);
  frame.column->addWidget(frame.header);
  return frame;
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

void ChoiceBox::paintEvent(QPaintEvent* event) {
  QComboBox::paintEvent(event);
  QPainter painter(this);
  drawIcon(painter, {width() - 19, (height() - 12) / 2}, QStringLiteral("chevron-down"),
           colorOf(isEnabled() ? tokens().t3 : tokens().t4), 12);
}

ChoiceCard::ChoiceCard(const QString& name, const QString& detail, QWidget* parent)
    : QPushButton(name, parent), detail_(detail) {
  setCheckable(true);
  setAccessibleDescription(detail);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ChoiceCard::paintEvent(QPaintEvent*) {
  const ColorTokens& t = tokens();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const double line = isChecked() ? 2 : 1;
  const QRectF frame = QRectF(rect()).adjusted(line / 2, line / 2, -line / 2, -line / 2);
  painter.setPen(QPen(colorOf(isChecked() || hasFocus() ? t.acc : t.line2), line));
  painter.setBrush(colorOf(isChecked() ? t.accBg : (underMouse() ? t.s3 : t.s2)));
  painter.drawRoundedRect(frame, 6, 6);
  painter.setFont(uiFont(12, QFont::Medium));
  painter.setPen(colorOf(t.t1));
  painter.drawText(rect().adjusted(11, 8, -8, 0), Qt::AlignTop, text());
  painter.setFont(uiFont(11));
  painter.setPen(colorOf(t.t3));
  painter.drawText(rect().adjusted(11, 25, -8, 0), Qt::AlignTop, detail_);
}

SegmentedChoice::SegmentedChoice(const QStringList& names, QWidget* parent, int columns) : Panel("segment", parent) {
  const int across = columns > 0 ? columns : int(names.size());
  const int rows = (int(names.size()) + across - 1) / across;
  setFixedHeight(rows * (measure::kField - 4) + 4);
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(2, 2, 2, 2);
  grid->setSpacing(0);
  auto* group = new QButtonGroup(this);
  for (const QString& name : names) {
    auto* button = new QToolButton(this);
    button->setText(name);
    button->setCheckable(true);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    button->setFocusPolicy(Qt::TabFocus);
    group->addButton(button, int(buttons_.size()));
    buttons_.push_back(button);
    const int place = int(buttons_.size()) - 1;
    grid->addWidget(button, place / across, place % across);
  }
  connect(group, &QButtonGroup::idClicked, this, &SegmentedChoice::chosen);
}

void SegmentedChoice::setCurrent(int index) {
  if (index >= 0 && index < buttons_.size()) {
    buttons_[index]->setChecked(true);
  } else if (const int was = current(); was >= 0) {
    // None of them: an exclusive group lets go of its last one only when it is not one for a moment.
    QButtonGroup* group = buttons_[was]->group();
    group->setExclusive(false);
    buttons_[was]->setChecked(false);
    group->setExclusive(true);
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
