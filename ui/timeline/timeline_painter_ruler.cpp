// The part of TimelinePainter that draws the ruler: numbers, play range, markers.
#include <cmath>

#include <QFontMetrics>

#include "ui/theme/theme.h"
#include "ui/timeline/timeline_painter.h"

namespace kinescore {
namespace {

using namespace timeline_measure;

/// A step in frames that leaves room for its number.
std::int64_t numberStep(const TimeAxis& axis, FrameRate rate, TimeDisplay display) {
  const double pixelsPerFrame = axis.pixelsPerSecond / rate.fps();
  const double room = display == TimeDisplay::Frames ? 56 : (display == TimeDisplay::Seconds ? 64 : 96);
  const auto second = std::int64_t(std::llround(rate.fps()));
  for (const std::int64_t step : {std::int64_t(1), std::int64_t(2), std::int64_t(5), second / 3, second / 2,
                                  second, second * 2, second * 5, second * 10, second * 20, second * 30,
                                  second * 60, second * 120, second * 300, second * 600}) {
    if (step > 0 && double(step) * pixelsPerFrame >= room) {
      return step;
    }
  }
  return second * 3600;
}

}  // namespace

void TimelinePainter::paintRuler(QPainter& painter, const TimelineScene& scene) {
  const TimelineGeometry& g = scene.geometry;
  const ColorTokens& t = tokens();
  const FrameRate rate = scene.timeline->settings().rate;
  painter.save();
  painter.setClipRect(g.canvasX, 0, g.canvasWidth(), g.rowsY);
  painter.fillRect(g.canvasX, 0, g.canvasWidth(), g.rowsY, colorOf(t.s2));
  painter.fillRect(g.canvasX, 0, g.canvasWidth(), kRangeBarHeight, colorOf(t.s0));

  const std::int64_t step = numberStep(scene.axis, rate, scene.display);
  const double pixelsPerFrame = scene.axis.pixelsPerSecond / rate.fps();
  const std::int64_t minor = step >= 6 && step % 6 == 0 && double(step) / 6 * pixelsPerFrame >= 6 ? step / 6
                             : step % 5 == 0 && double(step) / 5 * pixelsPerFrame >= 6           ? step / 5
                                                                                                 : step;
  const std::int64_t half = step % 2 == 0 ? step / 2 : 0;
  const std::int64_t first = std::max<std::int64_t>(0, frameAt(scene.axis.left, rate) / step * step);
  const std::int64_t last = frameAt(scene.axis.timeAt(g.canvasWidth()), rate);
  const QFont numbers = numberFont(11);
  for (std::int64_t frame = first; frame <= last; frame += minor) {
    const int x = g.canvasX + int(std::lround(scene.axis.xOf(ticksOfFrame(frame, rate))));
    ++counters_.shapes;
    if (frame % step == 0) {
      painter.fillRect(x, 33, 1, 7, colorOf(t.tickMajor));
      text(painter, {x + 4, 33}, 90, timeText(frame, rate, scene.display), numbers, colorOf(t.t2));
    } else {
      const bool isHalf = half != 0 && frame % half == 0;
      painter.fillRect(x, isHalf ? 36 : 38, 1, isHalf ? 4 : 2, colorOf(t.tick));
    }
  }

  const TimeRange& range = scene.timeline->settings().playRange;
  const double in = g.canvasX + scene.axis.xOf(range.start);
  const double out = g.canvasX + scene.axis.xOf(range.end);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(QRectF(in, 0, out - in, kRangeBarHeight), colorOf(t.rangeBar));
  painter.setPen(Qt::NoPen);
  painter.setBrush(colorOf(t.t2));
  painter.drawPolygon(QPolygonF({{in, 0}, {in + 5, 0}, {in + 5, 4}, {in, 10}}));
  painter.drawPolygon(QPolygonF({{out, 0}, {out - 5, 0}, {out - 5, 4}, {out, 10}}));

  paintMarkers(painter, scene);
  painter.restore();
}

void TimelinePainter::paintMarkers(QPainter& painter, const TimelineScene& scene) {
  const TimelineGeometry& g = scene.geometry;
  const ColorTokens& t = tokens();
  const auto markers = scene.timeline->markers();
  const QFont font = uiFont(11);
  for (std::size_t i = 0; i < markers.size(); ++i) {
    const Marker& marker = *markers[i];
    const double x = std::lround(g.canvasX + scene.axis.xOf(marker.time)) + 0.5;
    if (x < g.canvasX - 160 || x > g.width + 10) {
      continue;
    }
    const bool isHovered = scene.hoveredMarker == marker.id;
    painter.setPen(isHovered ? QPen(colorOf(t.t1), 1.2) : QPen(Qt::NoPen));
    painter.setBrush(labelColor(marker.color, colorOf(t.kAudio)));
    painter.drawPolygon(QPolygonF({{x - 4.5, 7}, {x + 4.5, 7}, {x + 4.5, 15}, {x, 19}, {x - 4.5, 15}}));
    ++counters_.shapes;
    // A name ends where the next flag begins.
    double room = 120;
    if (i + 1 < markers.size()) {
      room = std::min(room, scene.axis.widthOf(markers[i + 1]->time - marker.time) - 16);
    }
    if (scene.hiddenName != marker.id) {
      text(painter, {int(x) + 8, 16}, int(room), QString::fromStdString(marker.name), font, colorOf(t.onClip));
    }
  }
}

}  // namespace kinescore
