#include "ui/widgets/prompt_hints.h"

#include <QPainter>

#include "ui/theme/theme.h"

namespace kinescore {
namespace {

constexpr int kIcon = 14;

bool isSame(const std::vector<PromptHint>& a, const std::vector<PromptHint>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const PromptHint& x, const PromptHint& y) {
    return x.sentence == y.sentence && x.suggestions == y.suggestions;
  });
}

}  // namespace

ElidedLink::ElidedLink(const QString& words, QWidget* parent) : QPushButton(words, parent) {
  setProperty("kind", "link");
  setCursor(Qt::PointingHandCursor);
  setAutoDefault(true);  // Enter presses it
  setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
  setFixedHeight(20);
  setToolTip(words);
}

QSize ElidedLink::sizeHint() const { return {fontMetrics().horizontalAdvance(text()) + 18, 20}; }

void ElidedLink::paintEvent(QPaintEvent*) {
  const ColorTokens& t = tokens();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colorOf(hasFocus() ? t.acc : t.line2), 1));
  painter.setBrush(colorOf(underMouse() && isEnabled() ? t.s5 : t.s4));
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
  painter.setPen(colorOf(!isEnabled() ? t.t4 : underMouse() ? t.t1 : t.link));
  const QRect room = rect().adjusted(8, 0, -8, 0);
  painter.drawText(room, Qt::AlignVCenter | Qt::AlignLeft, fontMetrics().elidedText(text(), Qt::ElideRight, room.width()));
}

PromptHints::PromptHints(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("promptHints"));
  column_ = new QVBoxLayout(this);
  column_->setContentsMargins(0, 0, 0, 0);
  column_->setSpacing(4);
  hide();
}

QString PromptHints::firstSentence() const { return shown_.empty() ? QString() : QString::fromStdString(shown_.front().sentence); }

void PromptHints::setHints(const std::vector<PromptHint>& hints, int most) {
  const std::vector<PromptHint> shown(hints.begin(), hints.begin() + std::min<std::ptrdiff_t>(most, std::ptrdiff_t(hints.size())));
  if (isSame(shown, shown_)) {
    setVisible(!shown_.empty());
    return;
  }
  while (QLayoutItem* item = column_->takeAt(0)) {
    if (item->widget() != nullptr) {
      item->widget()->hide();
      item->widget()->deleteLater();
    }
    delete item;
  }
  shown_ = shown;
  for (const PromptHint& hint : shown_) {
    add(hint);
  }
  setVisible(!shown_.empty());
  updateGeometry();
}

void PromptHints::add(const PromptHint& hint) {
  auto* box = new QWidget(this);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(6);
  auto* mark = new QLabel(box);
  mark->setFixedWidth(kIcon);
  mark->setPixmap(iconPixmap(QStringLiteral("info"), colorOf(tokens().t3), kIcon, devicePixelRatioF()));
  auto* column = new QVBoxLayout;
  column->setSpacing(3);
  auto* sentence = new QLabel(QString::fromStdString(hint.sentence), box);
  sentence->setObjectName(QStringLiteral("hint"));
  sentence->setFont(uiFont(11));
  sentence->setStyleSheet(QStringLiteral("font-size: 11px;"));
  sentence->setWordWrap(true);
  sentence->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  column->addWidget(sentence);
  for (const PromptSuggestion& one : hint.suggestions) {
    auto* link = new ElidedLink(QString::fromStdString(one.label), box);
    link->setObjectName(QStringLiteral("suggestion"));
    if (!one.second.empty()) {
      link->setToolTip(tr("“%1”, then “%2”").arg(QString::fromStdString(one.prompt), QString::fromStdString(one.second)));
    }
    column->addWidget(link, 0, Qt::AlignLeft);  // as wide as its words, or as there is room
    connect(link, &QPushButton::clicked, this, [this, one] { Q_EMIT chosen(one); });
  }
  row->addWidget(mark, 0, Qt::AlignTop);
  row->addLayout(column, 1);
  column_->addWidget(box);
}

}  // namespace kinescore
