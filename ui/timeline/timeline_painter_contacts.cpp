// The part of TimelinePainter that draws contacts: what the shown take was found to hold, and what is asked for.
#include <algorithm>
#include <cmath>

#include "ui/theme/theme.h"
#include "ui/timeline/timeline_painter.h"

namespace kinescore {

ContactBar contactBar(int rowHeight, int contact) {
  const int foot = contact / 2, part = contact % 2;
  if (rowHeight < 30) {
    return {4, 6};  // all in one
  }
  return rowHeight < 50 ? ContactBar{4 + foot * 18 + part * 7, 6} : ContactBar{5 + foot * 27 + part * 11, 9};
}

QRect foundBarRect(const TimelineScene& scene, const TimelineRow& row, FrameRange run, int contact) {
  const ContactBar bar = contactBar(row.height, contact);
  const auto xOf = [&](std::int64_t frame) {
    return scene.geometry.canvasX + int(std::lround(scene.axis.xOf(ticksOfFrame(frame, kEngineRate))));
  };
  return {xOf(run.start), scene.geometry.rowTop(row) + bar.y, std::max(1, xOf(run.end) - xOf(run.start)), bar.height};
}

namespace {

/// Lines across a bar: it says the same without its colour.
void paintHatch(QPainter& painter, const QRectF& rect, const QColor& color) {
  painter.save();
  painter.setClipRect(rect, Qt::IntersectClip);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(color, 1.6));
  for (double x = rect.left() - rect.height(); x < rect.right(); x += 5) {
    painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + rect.height(), rect.top()));
  }
  painter.restore();
}

/// The frames in which a standing foot slides, hatched; a short slide is made wide enough to be seen.
void paintSlides(QPainter& painter, const TimelineScene& scene, const std::vector<FrameRange>& slides, int y, int height) {
  constexpr double kLeastWidth = 4;
  const TimelineGeometry& g = scene.geometry;
  for (const FrameRange& slide : slides) {
    const double x0 = scene.axis.xOf(ticksOfFrame(slide.start, kEngineRate));
    const double x1 = std::max(x0 + kLeastWidth, scene.axis.xOf(ticksOfFrame(slide.end, kEngineRate)));
    const double left = std::max(0.0, x0), right = std::min(double(g.canvasWidth()), x1);
    if (right > left) {
      paintHatch(painter, QRectF(g.canvasX + left, y, right - left, height), colorOf(tokens().warn));
    }
  }
}

}  // namespace

void TimelinePainter::paintFoundContacts(QPainter& painter, const TimelineScene& scene, const TimelineRow& row) {
  if (scene.summary == nullptr) {
    return;
  }
  const ColorTokens& t = tokens();
  const TimelineGeometry& g = scene.geometry;
  const int top = g.rowTop(row);
  const double left = 0, right = g.canvasWidth();
  if (row.height >= 30) {
    painter.fillRect(g.canvasX, top + row.height / 2 - 1, g.canvasWidth(), 1, colorOf(t.t1, 0.06));
  }
  // Heel over toe, left over right; a bar narrower than a pixel joins its neighbour.
  for (std::size_t c = 0; c < scene.summary->contacts.size(); ++c) {
    const ContactBar bar = contactBar(row.height, int(c));
    const QColor color = colorOf(t.kContact, c % 2 == 0 ? 0.86 : 0.5);
    double drawnTo = -1e9;
    const auto& runs = scene.summary->contacts[c];
    for (const FrameRange& run : runs) {
      const double x0 = std::max(left, scene.axis.xOf(ticksOfFrame(run.start, kEngineRate)));
      const double x1 = std::min(right, scene.axis.xOf(ticksOfFrame(run.end, kEngineRate)));
      if (x1 <= left || x0 >= right || x1 - drawnTo < 1) {
        continue;
      }
      painter.fillRect(QRectF(g.canvasX + std::max(x0, drawnTo), top + bar.y, x1 - std::max(x0, drawnTo), bar.height),
                       color);
      drawnTo = x1;
      ++counters_.shapes;
    }
    paintSlides(painter, scene, scene.summary->slides[c], top + bar.y, bar.height);
  }
}

void TimelinePainter::paintContactClip(QPainter& painter, const TimelineScene& scene, const Clip& clip, const QRect& rect) {
  const ColorTokens& t = tokens();
  const auto& contact = std::get<ContactCondition>(clip.condition);
  const bool isSelected = scene.selection->contains(clip.id);
  const bool isHovered = scene.hoveredClip == clip.id;
  const bool isQuiet = clip.muted || !isRowHeard_;
  // Asked of the shown take and not met: an empty bar in the colour of errors.
  const bool isUnmet = !isQuiet && scene.summary != nullptr && !(scene.isStale && scene.isStale(clip)) &&
                       std::find(scene.summary->unmetContacts.begin(), scene.summary->unmetContacts.end(),
                                 std::pair(contact.contact, std::max(Ticks{0}, clip.span.start))) != scene.summary->unmetContacts.end();
  ++counters_.items;
  counters_.shapes += 2;
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  // What is asked for has an outline; what was found has none. A soft one is not filled to the full.
  const QColor edge = isSelected || isHovered ? colorOf(t.t1) : colorOf(isUnmet ? t.err : t.kContact);
  painter.setPen(QPen(withAlpha(edge, isQuiet ? 0.4 : 1), 1, isQuiet || !contact.hard ? Qt::DashLine : Qt::SolidLine));
  painter.setBrush(isQuiet ? QBrush(colorOf(t.s1)) : QBrush(colorOf(t.s1)));
  painter.drawRoundedRect(QRectF(rect).adjusted(0.5, -1.5, -0.5, 1.5), 2, 2);
  if (!isQuiet && !isUnmet) {
    const double fill = contact.contact % 2 == 0 ? 0.86 : 0.5;
    painter.fillRect(QRectF(rect).adjusted(2, 0, -2, 0), colorOf(t.kContact, contact.hard ? fill : fill / 2));
  }
  if (!isQuiet && rect.width() > 24 && scene.isStale && scene.isStale(clip)) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(colorOf(t.acc));
    painter.drawEllipse(QPointF(rect.right() - 5, rect.center().y() + 0.5), 2, 2);
  }
  if (isSelected) {
    painter.setPen(QPen(colorOf(t.t1), 1.4));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect).adjusted(-1.5, -3, 1.5, 3), 3, 3);
  }
  painter.restore();
}

}  // namespace kinescore
