// The part of TimelinePainter that draws the track headers.
#include <QCoreApplication>

#include "ui/document/path_curve.h"
#include "ui/theme/theme.h"
#include "ui/timeline/timeline_painter.h"

namespace kinescore {
namespace {

using namespace timeline_measure;

/// "4 prompts", "8", "6.9 m".
QString detailOf(const TimelineScene& scene, const TimelineRow& row) {
  const int count = row.index->clipCount();
  switch (row.track->kind) {
    case TrackKind::Text:
    case TrackKind::PartText:
      return count == 1 ? timelineText("1 prompt") : timelineText("%1 prompts").arg(count);
    case TrackKind::Path: {
      double meters = 0;
      for (const auto& clip : scene.timeline->clipsOf(row.track->id)) {
        if (const auto* path = std::get_if<PathCondition>(&clip->condition)) {
          meters += pathLength(path->points);
        }
      }
      return timelineText("%1 m").arg(meters, 0, 'f', 1);
    }
    default: return QString::number(count);
  }
}

}  // namespace

void TimelinePainter::paintHeaders(QPainter& painter, const TimelineScene& scene) {
  const TimelineGeometry& g = scene.geometry;
  const ColorTokens& t = tokens();
  const int width = g.canvasX - measure::kSeam;
  painter.save();
  painter.setClipRect(0, g.rowsY, width, g.height - g.rowsY);
  painter.fillRect(0, g.rowsY, width, g.height, colorOf(t.s2));
  for (const TimelineRow& row : scene.layout->rows()) {
    const int top = g.rowTop(row);
    if (top + row.height > g.rowsY && top < g.height) {
      row.kind == RowKind::TakeLane ? paintTakeHeader(painter, scene, row) : paintHeader(painter, scene, row);
    }
  }
  painter.restore();

  painter.fillRect(0, 0, width, g.rowsY, colorOf(t.s3));
  painter.fillRect(0, g.rowsY - 1, width, 1, colorOf(t.line));
  drawIcon(painter, {10, 13}, QStringLiteral("plus"), colorOf(t.t2), 14);
  text(painter, {29, 24}, 100, timelineText("Track"), uiFont(12), colorOf(t.t2));
  const QString display = displayName(scene.display);
  const QFont small = uiFont(11);
  const int wide = QFontMetrics(small).horizontalAdvance(display);
  text(painter, {width - 12 - wide, 24}, wide + 2, display, small, colorOf(t.t2));
  drawIcon(painter, {width - 12 - wide - 17, 13}, QStringLiteral("clock"), colorOf(t.t3), 13);
}

void TimelinePainter::paintHeader(QPainter& painter, const TimelineScene& scene, const TimelineRow& row) {
  const TimelineGeometry& g = scene.geometry;
  const ColorTokens& t = tokens();
  const int width = g.canvasX - measure::kSeam;
  const int top = g.rowTop(row);
  const int middle = top + row.height / 2;
  const bool isSelected = row.track && scene.selection->surface() == Selection::Surface::Track &&
                          scene.selection->track() == row.track->id;
  const bool holdsSelection = row.track && scene.selection->surface() == Selection::Surface::Clips &&
                              scene.selectedTracks != nullptr && scene.selectedTracks->count(row.track->id) != 0;
  painter.fillRect(0, top, width, row.height - 1, colorOf(isSelected || holdsSelection ? t.s4 : t.s2));
  painter.fillRect(0, top + row.height - 1, width, 1, colorOf(t.rowSeam));

  QColor kind = colorOf(row.kind == RowKind::Result ? t.kResult : t.kContact);
  QString iconName = row.kind == RowKind::Result ? QStringLiteral("result") : QStringLiteral("contact");
  QString name = row.kind == RowKind::Result ? timelineText("Result") : timelineText("Contacts");
  QString detail;
  if (row.track) {
    kind = kindColor(row.track->kind);
    iconName = kindIcon(row.track->kind);
    name = QString::fromStdString(row.track->name);
    detail = detailOf(scene, row);
  } else if (scene.take != nullptr) {
    detail = row.kind == RowKind::Result ? timelineText("take %1").arg(scene.take->number) : timelineText("heel over toe");
    if (row.kind == RowKind::Result && !scene.take->baseTakeId.empty()) {
      detail = timelineText("take %1, a part made anew").arg(scene.take->number);
    }
  }
  painter.fillRect(0, top, 3, row.height - 1, row.track ? labelColor(row.track->color, kind) : kind);
  if (row.track) {
    drawIcon(painter, {8, middle - 7}, row.track->folded ? QStringLiteral("chevron-right") : QStringLiteral("chevron-down"),
                                  colorOf(t.t3), 12);
  }
  if (row.kind == RowKind::Result && scene.canUnfoldTakes) {
    drawIcon(painter, {8, middle - 7}, scene.areTakesUnfolded ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"),
             colorOf(t.t3), 12);
  }
  drawIcon(painter, {26, middle - 8}, iconName, kind, 15);
  const QFont nameFont = uiFont(12, QFont::Medium);
  const int buttonsLeft = width - kHeaderButtonsRight - 3 * kHeaderButton - 2 * kHeaderButtonGap;
  const int nameRight = row.track ? buttonsLeft - (row.track->kind == TrackKind::Contact ? 16 : 0) : width - 24;
  const int nameWidth = std::min(QFontMetrics(nameFont).horizontalAdvance(name), nameRight - 54);
  text(painter, {47, middle + 4}, nameRight - 52, name, nameFont, colorOf(t.t1));
  text(painter, {47 + nameWidth + 6, middle + 4}, nameRight - 47 - nameWidth - 12, detail, numberFont(11),
       colorOf(t.t3));
  const bool isContacts = row.kind == RowKind::FoundContacts || (row.track && row.track->kind == TrackKind::Contact);
  if (isContacts && row.height >= 30) {
    const int left = row.track ? buttonsLeft - 14 : width - 16;
    text(painter, {left, top + row.height / 4 + 4}, 14, timelineText("L"), uiFont(11, QFont::DemiBold), colorOf(t.t2));
    text(painter, {left, top + row.height * 3 / 4 + 2}, 14, timelineText("R"), uiFont(11, QFont::DemiBold), colorOf(t.t2));
  }
  if (!row.track) {
    return;
  }
  const auto button = [&](int place, const QString& letter, bool isOn, const QColor& fill, const QColor& ink) {
    const QRect rect(buttonsLeft + place * (kHeaderButton + kHeaderButtonGap), middle - 9, kHeaderButton, 18);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (isOn) {
      painter.setPen(Qt::NoPen);
      painter.setBrush(fill);
      painter.drawRoundedRect(rect, 3, 3);
    }
    if (letter.size() == 1) {
      painter.setFont(uiFont(10, QFont::DemiBold));
      painter.setPen(isOn ? ink : colorOf(t.t3));
      painter.drawText(rect, Qt::AlignCenter, letter);
    } else {
      drawIcon(painter, {rect.x() + 3, rect.y() + 2}, letter, isOn ? ink : colorOf(t.t3), 13);
    }
    painter.restore();
  };
  button(0, row.track->muted ? QStringLiteral("eye-off") : QStringLiteral("M"), row.track->muted, colorOf(t.s5),
         colorOf(t.t1));
  button(1, QStringLiteral("S"), row.track->soloed, kind, colorOf(t.onLight));
  button(2, row.track->locked ? QStringLiteral("lock") : QStringLiteral("unlock"), row.track->locked,
         colorOf(t.s5), colorOf(t.t1));
}

}  // namespace kinescore
