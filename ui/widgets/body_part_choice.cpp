#include "ui/widgets/body_part_choice.h"

#include <QButtonGroup>
#include <QGridLayout>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include "ui/theme/theme.h"

namespace kinescore {
namespace {

constexpr std::array<BodyPart, 5> kDrawn{BodyPart::LeftArm, BodyPart::RightArm, BodyPart::Legs, BodyPart::Spine, BodyPart::Head};

QPainterPath limb(const QPointF& from, const QPointF& to, double width) {
  QPainterPath line(from);
  line.lineTo(to);
  QPainterPathStroker stroker;
  stroker.setWidth(width);
  stroker.setCapStyle(Qt::RoundCap);
  return stroker.createStroke(line);
}

}  // namespace

QStringList bodyPartNames() {
  return {BodyPartChoice::tr("Whole body"), BodyPartChoice::tr("Left arm"), BodyPartChoice::tr("Right arm"),
          BodyPartChoice::tr("Head"),       BodyPartChoice::tr("Spine"),    BodyPartChoice::tr("Legs")};
}

BodyFigure::BodyFigure(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("body figure"));
  setAccessibleName(tr("Body part, as a figure seen from behind"));
  setFixedSize(sizeHint());
  setMouseTracking(true);
  setCursor(Qt::PointingHandCursor);
  const auto path = [this](BodyPart part) -> QPainterPath& { return parts_[std::size_t(part)]; };
  path(BodyPart::Head).addEllipse(QPointF(26, 11), 7.5, 8.5);
  path(BodyPart::Spine).addRoundedRect(QRectF(16.5, 22, 19, 32), 5, 5);
  path(BodyPart::LeftArm) = limb({11.5, 27}, {7.5, 51}, 7);
  path(BodyPart::RightArm) = limb({40.5, 27}, {44.5, 51}, 7);
  path(BodyPart::Legs) = limb({21, 60}, {20, 86}, 8).united(limb({31, 60}, {32, 86}, 8));
}

void BodyFigure::setCurrent(BodyPart part) {
  current_ = part;
  update();
}

QPointF BodyFigure::placeOf(BodyPart part) const {
  return part == BodyPart::Legs ? QPointF(20.5, 72) : parts_[std::size_t(part)].boundingRect().center();
}

BodyPart BodyFigure::partAt(const QPointF& at) const {
  for (const BodyPart part : kDrawn) {
    if (parts_[std::size_t(part)].contains(at)) {
      return part;
    }
  }
  return BodyPart::Whole;
}

void BodyFigure::paintEvent(QPaintEvent*) {
  const ColorTokens& t = tokens();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  for (const BodyPart part : kDrawn) {
    const bool isLit = isEnabled() && (current_ == BodyPart::Whole || current_ == part);
    const bool isUnder = isEnabled() && hovered_ == part;
    painter.setPen(QPen(isLit ? colorOf(t.kText) : colorOf(isUnder ? t.t2 : isEnabled() ? t.t3 : t.t4), 1.4));
    painter.setBrush(colorOf(t.kText, isLit ? 0.32 : isUnder ? 0.14 : 0));
    painter.drawPath(parts_[std::size_t(part)]);
  }
}

void BodyFigure::mousePressEvent(QMouseEvent* event) {
  const BodyPart part = partAt(event->position());
  if (event->button() == Qt::LeftButton && part != BodyPart::Whole) {
    Q_EMIT chosen(int(part == current_ ? BodyPart::Whole : part));
  }
}

void BodyFigure::mouseMoveEvent(QMouseEvent* event) {
  if (const BodyPart part = partAt(event->position()); part != hovered_) {
    hovered_ = part;
    update();
  }
}

void BodyFigure::leaveEvent(QEvent*) {
  hovered_ = BodyPart::Whole;
  update();
}

bool BodyFigure::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip && isEnabled()) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const BodyPart part = partAt(help->pos());
    QToolTip::showText(help->globalPos(), part == BodyPart::Whole ? tr("The figure is seen from behind.") : bodyPartNames()[int(part)], this);
    return true;
  }
  return QWidget::event(event);
}

BodyPartChoice::BodyPartChoice(QWidget* parent) : QWidget(parent), figure_(new BodyFigure(this)) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(4, 0, 0, 0);
  row->setSpacing(14);
  row->addWidget(figure_, 0, Qt::AlignTop);
  auto* grid = new QGridLayout;
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setSpacing(4);
  row->addLayout(grid, 1);
  auto* group = new QButtonGroup(this);
  const QStringList names = bodyPartNames();
  for (int part = 0; part < names.size(); ++part) {
    auto* button = new QToolButton(this);
    button->setText(names[part]);
    button->setProperty("kind", "part");
    button->setCheckable(true);
    button->setFixedHeight(20);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    button->setFocusPolicy(Qt::TabFocus);
    group->addButton(button, part);
    buttons_ << button;
    // The whole body and the legs over both columns, pairs beside one another.
    const bool isWide = part == 0 || part == 5;
    grid->addWidget(button, part == 0 ? 0 : (part + 1) / 2, isWide ? 0 : (part + 1) % 2, 1, isWide ? 2 : 1);
  }
  connect(group, &QButtonGroup::idClicked, this, [this](int part) {
    setCurrent(part);
    Q_EMIT chosen(part);
  });
  connect(figure_, &BodyFigure::chosen, this, [this](int part) {
    setCurrent(part);
    Q_EMIT chosen(part);
  });
}

void BodyPartChoice::setCurrent(int part) {
  if (part >= 0 && part < buttons_.size()) {
    buttons_[part]->setChecked(true);
    figure_->setCurrent(BodyPart(part));
  }
}

int BodyPartChoice::current() const {
  for (int i = 0; i < buttons_.size(); ++i) {
    if (buttons_[i]->isChecked()) {
      return i;
    }
  }
  return -1;
}

}  // namespace kinescore
