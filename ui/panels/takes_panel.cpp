#include "ui/panels/takes_panel.h"

#include <QContextMenuEvent>
#include <QLineEdit>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>

#include "ui/theme/theme.h"
#include "ui/widgets/basics.h"

namespace kinescore {
namespace {

constexpr int kRightPart = 74;  // notes and the eye

}  // namespace

TakesPanel::TakesPanel(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
  const auto [column, header, row] = framePanel(this, 10, 6, 8);
  header_ = header;
  title_ = makeHeading(tr("Takes"), header_);
  row->addWidget(title_);
  count_ = makeLabel({}, header_);
  count_->setFont(numberFont(11));
  row->addWidget(count_);
  row->addStretch();
  compare_ = makeIconButton(QStringLiteral("compare"), tr("Compare side by side"), QStringLiteral("Alt+B"), header_);
  compare_->setObjectName(QStringLiteral("compareTakes"));
  compare_->setCheckable(true);
  row->addWidget(compare_);
  connect(compare_, &QToolButton::clicked, this, [this] {
    session_.toggleComparison(session_.comparison() ? session_.comparison()->mode : TakeComparison::Mode::SideBySide);
    refresh();
  });
  connect(&session, &Session::comparisonChanged, this, &TakesPanel::refresh);

  auto* scroll = new QScrollArea(this);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFrameShape(QFrame::NoFrame);
  rows_ = new TakeRows(session, scroll);
  scroll->setWidget(rows_);
  connect(rows_, &TakeRows::copyRangeWanted, this, &TakesPanel::copyRangeWanted);
  connect(rows_, &TakeRows::exportWanted, this, &TakesPanel::exportWanted);
  column->addWidget(scroll, 1);

  connect(&session.takes(), &TakeList::changed, this, &TakesPanel::refresh);
  connect(&session.takes(), &TakeList::shownChanged, this, &TakesPanel::refresh);
  connect(&session.jobs(), &GenerationJobs::changed, this, &TakesPanel::refresh);
  connect(&session.jobs(), &GenerationJobs::progressed, rows_, qOverload<>(&TakeRows::showProgress));
  connect(&session.document(), &TimelineDocument::replaced, this, &TakesPanel::refresh);
  refresh();
}

int TakesPanel::rowCount() const { return rows_->count(); }
QWidget* TakesPanel::rows() const { return rows_; }

void TakesPanel::setFolded(bool folded) {
  setFixedWidth(folded ? measure::kFoldedPanel : measure::kLeftPanel);
  title_->setVisible(!folded);
  compare_->setVisible(!folded);
}

void TakesPanel::renameShown() {
  if (const TakePointer shown = session_.takes().shown()) {
    rows_->rename(shown);
  }
}

void TakesPanel::refresh() {
  rows_->refresh();
  compare_->setChecked(session_.comparison().has_value());
  compare_->setEnabled(session_.takes().takes().size() > 1);
  count_->setText(rows_->count() == 0 ? QString() : QString::number(rows_->count()));
}

TakeRows::TakeRows(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
  setObjectName(QStringLiteral("takeRows"));
  setAccessibleName(tr("Takes"));
  setMouseTracking(true);
  setFocusPolicy(Qt::StrongFocus);
}

void TakeRows::refresh() {
  entries_.clear();
  const FrameRate rate = session_.rate();
  const auto& jobs = session_.jobs().jobs();
  for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) {
    Entry entry;
    entry.number = job->takeNumber;
    entry.job = job->id;
    entry.title = tr("Whole range");
    if (job->request.range) {
      const auto frameOf = [&](std::int64_t f) { return nearestFrame(ticksOfFrame(f, kEngineRate), rate); };
      entry.title =
          tr("Frames %1–%2").arg(frameOf(job->request.range->start)).arg(frameOf(job->request.range->end) - 1);
    }
    const bool isWorking = job->progress.phase != GenerationProgress::Phase::Queued;
    entry.detail = isWorking ? tr("seed %1, working").arg(job->request.seed) : tr("seed %1, waits").arg(job->request.seed);
    showProgress(*job, entry);
    entries_.push_back(std::move(entry));
  }
  const auto& takes = session_.takes().takes();
  for (auto take = takes.rbegin(); take != takes.rend(); ++take) {
    Entry entry;
    entry.take = *take;
    entry.number = (*take)->number;
    const QString name = QString::fromStdString((*take)->name);
    const bool isNamed = !name.isEmpty() && name != tr("Take %1").arg((*take)->number);
    entry.title = isNamed ? name : takeExtentText(**take, rate);
    entry.detail = tr("seed %1").arg((*take)->request.seed);
    if ((*take)->id == session_.takes().shownId()) {
      entry.detail += tr(", shown in view");
    } else if (const TakePointer other = session_.comparedTake(); other && other->id == (*take)->id) {
      entry.detail += session_.comparison()->mode == TakeComparison::Mode::Overlaid ? tr(", overlaid") : tr(", beside it");
    } else if ((*take)->starred) {
      entry.detail += tr(", kept");
    }
    int notes = 0;
    for (const ReportLine& line : (*take)->result.report.lines) {
      notes += line.isNote;
    }
    if (notes > 0) {
      entry.right = notes == 1 ? tr("1 note") : tr("%1 notes").arg(notes);
    }
    entries_.push_back(std::move(entry));
  }
  setMinimumHeight(int(entries_.size()) * measure::kTakeRow);
  update();
}

void TakeRows::showProgress(const GenerationJob& job, Entry& entry) {
  const bool isWorking = job.progress.phase != GenerationProgress::Phase::Queued;
  entry.fraction = job.progress.fraction;
  entry.right = isWorking ? tr("%1 %").arg(int(job.progress.fraction * 100)) : QString();
}

void TakeRows::showProgress() {
  const GenerationJob& job = session_.jobs().jobs().front();
  for (int i = 0; i < count(); ++i) {
    Entry& entry = entries_[std::size_t(i)];
    if (!entry.take && entry.job == job.id) {
      showProgress(job, entry);
      update(0, i * measure::kTakeRow, width(), measure::kTakeRow);
    }
  }
}

int TakeRows::rowAt(int y) const {
  const int row = y / measure::kTakeRow;
  return y >= 0 && row < count() ? row : -1;
}

void TakeRows::paintEvent(QPaintEvent* event) {
  QPainter painter(this);
  painter.fillRect(rect(), colorOf(tokens().s2));
  if (entries_.empty()) {
    if (width() <= measure::kFoldedPanel) {
      return;
    }
    painter.setFont(uiFont(12));
    painter.setPen(colorOf(tokens().t3));
    painter.drawText(rect().adjusted(16, 14, -16, -14), Qt::TextWordWrap | Qt::AlignTop,
                     tr("Takes appear here. Each one is kept until you delete it."));
    return;
  }
  for (int i = 0; i < count(); ++i) {
    const QRect row(0, i * measure::kTakeRow, width(), measure::kTakeRow);
    if (row.intersects(event->rect())) {
      paintRow(painter, row, entries_[std::size_t(i)], i == hovered_);
    }
  }
}

void TakeRows::paintRow(QPainter& painter, const QRect& rect, const Entry& entry, bool isHovered) const {
  const ColorTokens& t = tokens();
  const bool isShown = entry.take && entry.take->id == session_.takes().shownId();
  const bool isPicked = entry.take && session_.selection().surface() == Selection::Surface::Take &&
                        session_.selection().takeId().toStdString() == entry.take->id;
  if (isShown || isHovered) {
    painter.fillRect(rect, colorOf(isShown ? t.s4 : t.s3));
  }
  painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, colorOf(t.rowSeam));
  painter.setRenderHint(QPainter::Antialiasing);
  const QRect badge(10, rect.top() + 7, 22, 22);
  painter.setPen(Qt::NoPen);
  painter.setBrush(takeColor(entry.number));
  painter.drawRoundedRect(badge, 5, 5);
  painter.setPen(colorOf(t.onLight));
  painter.setFont(numberFont(12, QFont::DemiBold));
  painter.drawText(badge, Qt::AlignCenter, QString::number(entry.number));

  if (rect.width() <= measure::kFoldedPanel) {
    if (!entry.take) {
      painter.fillRect(QRectF(0, rect.bottom() - 1, rect.width() * entry.fraction, 2), colorOf(t.acc));
    }
    return;
  }
  const int textWidth = rect.width() - 41 - kRightPart;
  const QFont titleFont = numberFont(12), detailFont = numberFont(11);
  // What stands at the right takes what it needs; the rest is the detail's.
  constexpr int kGap = 10;
  const int rightWidth = QFontMetrics(entry.take ? detailFont : titleFont).horizontalAdvance(entry.right);
  const int detailWidth = rect.width() - 41 - 34 - (rightWidth > 0 ? rightWidth + kGap : 0);
  painter.setFont(titleFont);
  painter.setPen(colorOf(t.t1));
  painter.drawText(QPoint(41, rect.top() + 16), QFontMetrics(titleFont).elidedText(entry.title, Qt::ElideRight, textWidth));
  painter.setFont(detailFont);
  painter.setPen(colorOf(t.t3));
  painter.drawText(QPoint(41, rect.top() + 30),
                   QFontMetrics(detailFont).elidedText(entry.detail, Qt::ElideRight, detailWidth));

  const QRect right(rect.right() - kRightPart, rect.top(), kRightPart - 34, rect.height());
  painter.setPen(colorOf(entry.take ? t.t3 : t.link));
  painter.setFont(entry.take ? detailFont : titleFont);
  painter.drawText(right.adjusted(-20, 0, 0, 0), Qt::AlignRight | Qt::AlignVCenter, entry.right);
  const int eyeX = rect.right() - 25;
  if (entry.take && entry.take->starred) {
    drawIcon(painter, {entry.right.isEmpty() ? eyeX - 22 : 33, entry.right.isEmpty() ? rect.top() + 11 : rect.top() + 1},
             QStringLiteral("star"), colorOf(t.kText), entry.right.isEmpty() ? 14 : 9);
  }
  if (entry.take) {
    drawIcon(painter, {eyeX, rect.top() + 11}, QStringLiteral("eye"), colorOf(isShown ? t.t1 : t.t4), 15);
  } else {
    drawIcon(painter, {eyeX, rect.top() + 11}, QStringLiteral("close"), colorOf(t.t3), 14);
    painter.fillRect(QRectF(0, rect.bottom() - 1, rect.width() * entry.fraction, 2), colorOf(t.acc));
  }
  if (isPicked && hasFocus()) {
    painter.setPen(QPen(colorOf(t.acc), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -1.5));
  }
}

void TakeRows::mousePressEvent(QMouseEvent* event) {
  const int row = rowAt(event->pos().y());
  if (row < 0 || event->button() != Qt::LeftButton) {
    return;
  }
  const Entry entry = entries_[std::size_t(row)];
  if (!entry.take) {
    if (event->pos().x() > width() - 34 && session_.jobs().isBusy() &&
        session_.jobs().jobs().front().id == entry.job) {
      session_.jobs().cancelCurrent();
    }
    return;
  }
  session_.takes().show(entry.take->id);
  session_.selection().selectTake(QString::fromStdString(entry.take->id));
}

void TakeRows::mouseDoubleClickEvent(QMouseEvent* event) {
  const int row = rowAt(event->pos().y());
  if (row >= 0 && entries_[std::size_t(row)].take) {
    rename(entries_[std::size_t(row)].take);
  }
}

void TakeRows::rename(const TakePointer& take) {
  for (int i = 0; i < count(); ++i) {
    if (entries_[std::size_t(i)].take != take) {
      continue;
    }
    auto* editor = new QLineEdit(entries_[std::size_t(i)].title, this);
    editor->setGeometry(36, i * measure::kTakeRow + 3, width() - 80, 24);
    editor->selectAll();
    editor->show();
    editor->setFocus();
    connect(editor, &QLineEdit::editingFinished, this, [this, editor, id = take->id] {
      editor->deleteLater();
      session_.takes().rename(session_.document().undoStack(), id, editor->text().simplified());
    });
  }
}

void TakeRows::mouseMoveEvent(QMouseEvent* event) {
  hovered_ = rowAt(event->pos().y());
  update();
}

void TakeRows::leaveEvent(QEvent*) {
  hovered_ = -1;
  update();
}

void TakeRows::contextMenuEvent(QContextMenuEvent* event) {
  const int row = rowAt(event->pos().y());
  if (row < 0 || !entries_[std::size_t(row)].take) {
    return;
  }
  const TakePointer take = entries_[std::size_t(row)].take;
  QMenu menu(this);
  fillMenu(menu, take);
  menu.exec(event->globalPos());
}

void TakeRows::fillMenu(QMenu& menu, const TakePointer& take) {
  QUndoStack& history = session_.document().undoStack();
  const bool isShown = take->id == session_.takes().shownId();
  menu.addAction(tr("Show"), this, [this, take] { session_.takes().show(take->id); })->setEnabled(!isShown);
  using Mode = TakeComparison::Mode;
  const auto compare = [&](const QString& name, Mode mode) {
    const TakeComparison wanted{take->id, mode};
    QAction* entry = menu.addAction(name, this, [this, wanted] {
      session_.compare(session_.comparison() == wanted ? std::nullopt : std::optional(wanted));
    });
    entry->setCheckable(true);
    entry->setChecked(session_.comparison() == wanted);
    entry->setEnabled(!isShown);
  };
  compare(tr("Compare Side by Side"), Mode::SideBySide);
  compare(tr("Compare Overlaid"), Mode::Overlaid);
  menu.addAction(take->starred ? tr("Do Not Keep") : tr("Keep"), this,
                 [this, &history, take] { session_.takes().setStarred(history, take->id, !take->starred); });
  QAction* copy = menu.addAction(tr("Copy Range"), this,
                                 [this, take] { Q_EMIT copyRangeWanted(QString::fromStdString(take->id)); });
  copy->setEnabled(!isShown && session_.selection().time().has_value());
  menu.addAction(tr("Rename"), this, [this, take] { rename(take); });
  menu.addAction(tr("Export…"), this, [this, take] {
    session_.takes().show(take->id);
    Q_EMIT exportWanted();
  });
  menu.addSeparator();
  menu.addAction(tr("Delete"), this, [this, &history, take] { session_.takes().remove(history, take->id); });
}

void TakeRows::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Up || event->key() == Qt::Key_Down) {
    session_.takes().showNeighbour(event->key() == Qt::Key_Up ? 1 : -1);
    session_.selection().selectTake(QString::fromStdString(session_.takes().shownId()));
    return;
  }
  QWidget::keyPressEvent(event);
}

}  // namespace kinescore
