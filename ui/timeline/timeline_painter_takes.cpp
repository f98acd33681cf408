// The part of TimelinePainter that draws other takes under the result, for frames to be swiped from them.
#include <algorithm>
#include <cmath>

#include "ui/theme/theme.h"
#include "ui/timeline/timeline_painter.h"

namespace kinescore {
namespace {

constexpr int kStaleLine = 2;

double xOfFrame(const TimelineScene& scene, std::int64_t frame) {
  return scene.geometry.canvasX + scene.axis.xOf(ticksOfFrame(frame, kEngineRate));
}

}  // namespace

void TimelinePainter::paintStaleSpans(QPainter& painter, const TimelineScene& scene, int top) {
  if (scene.stale == nullptr) {
    return;
  }
  for (const TimeRange& span : *scene.stale) {
    const double x0 = scene.geometry.canvasX + std::max(0.0, scene.axis.xOf(span.start));
    const double x1 = scene.geometry.canvasX + std::min(double(scene.geometry.canvasWidth()), scene.axis.xOf(span.end));
    if (x1 > x0) {
      painter.fillRect(QRectF(x0, top + 1, x1 - x0, kStaleLine), colorOf(tokens().acc));
      ++counters_.shapes;
    }
  }
}

void TimelinePainter::paintTakeLane(QPainter& painter, const TimelineScene& scene, const TimelineRow& row) {
  const ColorTokens& t = tokens();
  const TimelineGeometry& g = scene.geometry;
  const int top = g.rowTop(row);
  const double end = xOfFrame(scene, row.take->result.motion->frameCount());
  const QColor color = takeColor(row.take->number);
  const QRectF bar(xOfFrame(scene, 0) + 0.5, top + 3.5, end - xOfFrame(scene, 0) - 1, row.height - 8);
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(withAlpha(color, 0.42), 1));
  painter.setBrush(withAlpha(color, 0.13));
  painter.drawRoundedRect(bar, 3, 3);
  // Frames of the shown take that came from this one.
  bool isUsed = false;
  for (const FrameOrigin& origin : scene.take != nullptr ? scene.take->origins : std::vector<FrameOrigin>{}) {
    if (origin.takeId == row.take->id) {
      const double x0 = xOfFrame(scene, origin.frames.start), x1 = xOfFrame(scene, origin.frames.end);
      isUsed = true;
      painter.setBrush(withAlpha(color, 0.55));
      painter.drawRoundedRect(QRectF(x0 + 0.5, bar.top(), x1 - x0 - 1, bar.height()), 3, 3);
    }
  }
  painter.restore();
  counters_.shapes += 2;
  if (isUsed) {
    return;  // whoever swiped once knows how
  }
  const int left = int(std::max(bar.left(), double(g.canvasX))) + 8;
  text(painter, {left, top + row.height / 2 + 4}, int(std::min(bar.right(), double(g.width))) - left - 6,
       timelineText("Drag here to take frames over from take %1").arg(row.take->number), uiFont(11), colorOf(t.t3));
}

void TimelinePainter::paintTakeHeader(QPainter& painter, const TimelineScene& scene, const TimelineRow& row) {
  const ColorTokens& t = tokens();
  const int width = scene.geometry.canvasX - measure::kSeam;
  const int top = scene.geometry.rowTop(row), middle = top + row.height / 2;
  painter.fillRect(0, top, width, row.height - 1, colorOf(t.s2));
  painter.fillRect(0, top + row.height - 1, width, 1, colorOf(t.rowSeam));
  painter.fillRect(0, top, 3, row.height - 1, takeColor(row.take->number));
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(takeColor(row.take->number));
  const QRect badge(26, middle - 8, 16, 16);
  painter.drawRoundedRect(badge, 4, 4);
  painter.restore();
  painter.setPen(colorOf(t.onLight));
  painter.setFont(numberFont(11, QFont::DemiBold));
  painter.drawText(badge, Qt::AlignCenter, QString::number(row.take->number));
  const QString usual = timelineText("Take %1").arg(row.take->number);
  const QString name = row.take->name.empty() ? usual : QString::fromStdString(row.take->name);
  const QFont font = uiFont(12, QFont::Medium);
  const int nameWidth = std::min(QFontMetrics(font).horizontalAdvance(name), width - 140);
  text(painter, {47, middle + 4}, nameWidth + 2, name, font, colorOf(t.t1));
  text(painter, {47 + nameWidth + 8, middle + 4}, width - 60 - nameWidth, timelineText("seed %1").arg(row.take->request.seed),
       numberFont(11), colorOf(t.t3));
}

void TimelinePainter::paintSwipe(QPainter& painter, const TimelineScene& scene, const TimelineOverlay& overlay) {
  if (!overlay.swiped) {
    return;
  }
  const double x0 = scene.geometry.canvasX + scene.axis.xOf(overlay.swiped->start);
  const double x1 = scene.geometry.canvasX + scene.axis.xOf(overlay.swiped->end);
  const QRectF rect(x0 + 0.5, overlay.swipedLane.top() + 1.5, std::max(2.0, x1 - x0 - 1), overlay.swipedLane.height() - 4);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colorOf(tokens().t1), 1.6));
  painter.setBrush(withAlpha(takeColor(overlay.swipedTake), 0.7));
  painter.drawRoundedRect(rect, 3, 3);
  painter.setRenderHint(QPainter::Antialiasing, false);
}

}  // namespace kinescore
