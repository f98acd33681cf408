#include "ui/widgets/color_choice.h"

#include <QPainter>

#include "ui/theme/theme.h"

namespace kinescore {
namespace {

constexpr int kSwatchIcon = 16;

}  // namespace

ColorChoice::ColorChoice(QWidget* parent) : QWidget(parent), usual_(colorOf(tokens().t2)) {
  setAccessibleName(tr("Colour"));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(2);
  for (int color = 0; color <= int(tokens().labels.size()); ++color) {
    auto* swatch = new QToolButton(this);
    swatch->setFixedSize(24, 24);
    swatch->setIconSize({kSwatchIcon, kSwatchIcon});
    swatch->setCheckable(true);
    swatch->setAutoExclusive(true);
    swatch->setFocusPolicy(Qt::TabFocus);
    const QString name = color == 0 ? tr("Colour of its kind") : tr("Colour %1").arg(color);
    swatch->setToolTip(name);
    swatch->setAccessibleName(name);
    connect(swatch, &QToolButton::clicked, this, [this, color] {
      setCurrent(color);
      Q_EMIT chosen(color);
    });
    swatches_ << swatch;
    row->addWidget(swatch);
  }
  row->addStretch();
  paintSwatches();
}

void ColorChoice::setKindColor(const QColor& color) {
  if (color != usual_) {
    usual_ = color;
    paintSwatches();
  }
}

void ColorChoice::setCurrent(int color) {
  if (color >= 0 && color < swatches_.size()) {
    current_ = color;
    swatches_[color]->setChecked(true);
  }
}

void ColorChoice::paintSwatches() {
  const double ratio = devicePixelRatioF();
  for (int color = 0; color < swatches_.size(); ++color) {
    QPixmap picture(QSize(kSwatchIcon, kSwatchIcon) * ratio);
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(labelColor(color, usual_));
    if (color == 0) {
      painter.drawRoundedRect(QRectF(2, 2, 12, 12), 3, 3);  // the kind's own, as its bar
    } else {
      painter.drawEllipse(QRectF(2, 2, 12, 12));
    }
    painter.end();
    swatches_[color]->setIcon(QIcon(picture));
  }
}

}  // namespace kinescore
