// The part of TimelinePainter that draws what lies on tracks.
#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QPainterPath>

#include "ui/document/path_curve.h"
#include "ui/theme/theme.h"
#include "ui/timeline/timeline_painter.h"

namespace kinescore {
namespace {

using namespace timeline_measure;

bool isFileMissing(const TimelineScene& scene, const Clip& clip) {
  const auto* audio = std::get_if<AudioCondition>(&clip.condition);
  const auto* video = std::get_if<VideoCondition>(&clip.condition);
  if (scene.missingFiles == nullptr || scene.missingFiles->empty() || (audio == nullptr && video == nullptr)) {
    return false;
  }
  const std::string& file = audio != nullptr ? audio->file : video->file;
  return std::find(scene.missingFiles->begin(), scene.missingFiles->end(), file) != scene.missingFiles->end();
}

QString joinText(const TimelineScene& scene, TimeRange join) {
  return timelineText("%1 f").arg(nearestFrame(join.length(), scene.timeline->settings().rate));
}

constexpr int kKeyReach = 9;         // of a key with its ring, from its middle
constexpr int kLeastPillHeight = 14;  // of a row that has room for a number

QString missText(float meters) {
  const double centimeters = double(meters) * 100;
  return timelineText("%1 cm").arg(centimeters, 0, 'f', centimeters < 99.95 ? 1 : 0);
}

std::optional<float> shownMiss(const TimelineScene& scene, const Clip& clip) {
  return scene.summary != nullptr ? missedBy(*scene.summary, clip) : std::nullopt;
}

/// True where another key stands under a number from `left` to `right` beside this one, or a key at the same place has its
/// own number there.
bool isPillTaken(const TimelineScene& scene, const std::vector<VisibleItem>& items, const Clip& clip, double left, double right) {
  const double x = scene.axis.xOf(clip.span.start);
  return std::any_of(items.begin(), items.end(), [&](const VisibleItem& item) {
    if (item.clip && item.clip->id == clip.id) {
      return false;
    }
    const double from = scene.axis.xOf(item.span.start), to = scene.axis.xOf(item.span.end);
    if (from - kKeyReach < right && to + kKeyReach > left) {
      return true;
    }
    const bool isBefore = from < x || (from == x && item.clip && item.clip->id < clip.id);
    return isBefore && x - from <= kPullRight - kKeyReach && item.clip && shownMiss(scene, *item.clip);
  });
}

/// Where the number of a missed key stands: right of what the key is pulled by. Empty where there is no room.
QRectF missPill(const TimelineScene& scene, const TimelineRow& row, const std::vector<VisibleItem>& items, const Clip& clip,
                const QString& words, double middle) {
  const double left = std::max(scene.axis.xOf(clip.span.start) + kPullRight, scene.axis.xOf(clip.span.end) + kKeyReach);
  const double width = QFontMetricsF(numberFont(11)).horizontalAdvance(words) + 8;
  if (row.height - 1 < kLeastPillHeight || isPillTaken(scene, items, clip, left, left + width)) {
    return {};
  }
  return {scene.geometry.canvasX + left, middle - 6.5, width, 13};
}

}  // namespace

QRectF joinChip(const TimelineScene& scene, const TimelineRow& row, TimeRange join, int lane) {
  const double x0 = scene.geometry.canvasX + scene.axis.xOf(join.start);
  const double x1 = scene.geometry.canvasX + scene.axis.xOf(join.end);
  const double width = QFontMetricsF(numberFont(11)).horizontalAdvance(joinText(scene, join)) + 8;
  if (x1 - x0 < width + 2) {
    return {};
  }
  // Within its lane's clips, also where they are low.
  const int clip = clipHeight(row);
  const double height = std::min(15, clip), above = std::min(7.5, (clip - height) / 2);
  return {(x0 + x1 - width) / 2, scene.geometry.rowTop(row) + 3 + row.laneHeight * lane + above, width, height};
}

void TimelinePainter::findJoins(const TimelineScene& scene, const TimelineRow& row) {
  std::vector<const VisibleItem*> order;
  for (const VisibleItem& item : items_) {
    if (item.clip) {
      order.push_back(&item);
    }
  }
  std::sort(order.begin(), order.end(),
            [](const VisibleItem* a, const VisibleItem* b) { return a->span.start < b->span.start; });
  for (std::size_t i = 1; i < order.size(); ++i) {
    const VisibleItem& earlier = *order[i - 1];
    const VisibleItem& later = *order[i];
    const Ticks end = std::min(earlier.span.end, later.span.end);
    if (later.span.start >= end || earlier.lane == later.lane) {
      continue;
    }
    const TimeRange span{later.span.start, end};
    joins_.push_back({span, std::max(earlier.lane, later.lane)});
    const bool hasChip = !joinChip(scene, row, span, joins_.back().lane).isEmpty();
    const int width = int(std::lround(scene.axis.widthOf(span.length())));
    ClipEdges& out = edges_[earlier.clip->id.value];
    out.joinOut = width;
    out.hasChipOut = hasChip && earlier.lane > later.lane;
    ClipEdges& in = edges_[later.clip->id.value];
    in.joinIn = width;
    in.hasChipIn = hasChip && later.lane > earlier.lane;
  }
}

void TimelinePainter::paintJoins(QPainter& painter, const TimelineScene& scene, const TimelineRow& row) {
  const ColorTokens& t = tokens();
  const QFont font = numberFont(11);
  for (const Join& join : joins_) {
    const QRectF chip = joinChip(scene, row, join.span, join.lane);
    if (chip.isEmpty()) {
      continue;
    }
    const QString words = joinText(scene, join.span);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colorOf(t.kText), 1));
    painter.setBrush(colorOf(t.s1));
    painter.drawRoundedRect(chip, 4, 4);
    painter.setFont(font);
    painter.setPen(colorOf(t.t1));
    painter.drawText(chip, Qt::AlignCenter, words);
    painter.restore();
    counters_.shapes += 1;
    counters_.texts += 1;
  }
}

void TimelinePainter::paintClip(QPainter& painter, const TimelineScene& scene, const TimelineRow& row,
                                const Clip& clip, const QRect& rect) {
  const QColor kind = kindColor(row.track->kind);
  const bool isSelected = scene.selection->contains(clip.id);
  const bool isHovered = scene.hoveredClip == clip.id;
  const bool isQuiet = clip.muted || !isRowHeard_;
  const bool isDense = row.track->kind == TrackKind::PartText || row.track->kind == TrackKind::Reference;
  ++counters_.items;
  counters_.shapes += 3;

  const auto* reference = std::get_if<ReferenceCondition>(&clip.condition);
  const SoundOfClip sound = soundOf(clip, scene.heard);
  ClipLook look;
  look.size = rect.size();
  look.kind = kind;
  look.isSelected = isSelected;
  look.isHovered = isHovered;
  look.isQuiet = isQuiet;
  look.isDense = isDense;
  look.isDashed = isQuiet || (reference != nullptr && reference->automatic);
  look.isMissing = sound.isMissing || isFileMissing(scene, clip) || (scene.isGone && scene.isGone(clip));
  const bool hasBand = rect.height() >= 24 && row.track->kind != TrackKind::Path && rect.width() > 8 && !isQuiet;
  const bool isShaped = !clip.strength.points.empty() || (sound.heard != nullptr && !isQuiet);
  look.hasFlatBand = hasBand && !isShaped;
  paintBody(painter, look, rect.topLeft());
  if (isShaped) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (sound.heard != nullptr && !isQuiet) {
      paintSound(painter, scene, clip, *sound.heard, rect);
    }
    if (hasBand) {
      paintStrength(painter, scene, clip, rect, kind, isSelected);
    }
    painter.restore();
  }
  paintOnClip(painter, scene, row, clip, rect, look);
}

void TimelinePainter::paintOnClip(QPainter& painter, const TimelineScene& scene, const TimelineRow& row,
                                  const Clip& clip, const QRect& rect, const ClipLook& look) {
  const ColorTokens& t = tokens();
  const bool isQuiet = look.isQuiet, isSelected = look.isSelected, isDense = look.isDense;
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  const ClipEdges edges = edges_.value(clip.id.value);
  if (edges.joinIn > 0 || edges.joinOut > 0) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(colorOf(t.s0, 0.5));
    const double top = rect.top() + 1, bottom = rect.bottom();
    if (edges.joinIn > 0) {
      const double left = rect.left() + kEdgeBar;
      painter.drawPolygon(QPolygonF({{left, top}, {rect.left() + double(edges.joinIn), top}, {left, bottom}}));
    }
    if (edges.joinOut > 0) {
      const double right = rect.right() + 1;
      painter.drawPolygon(QPolygonF({{right - edges.joinOut, top}, {right, top}, {right, bottom}}));
    }
  }
  if (row.track->kind == TrackKind::Path) {
    paintPathPoints(painter, scene, clip, rect);
  }
  // The name: beside the part of a clip that scrolled out, and after the join's chip.
  if (scene.hiddenName != clip.id && row.track->kind != TrackKind::Path) {
    int left = std::max(rect.left(), scene.geometry.canvasX) + 8;
    if (edges.hasChipIn) {
      left = std::max(left, rect.left() + 8 + edges.joinIn);
    }
    const int right = rect.right() - (edges.hasChipOut ? edges.joinOut : 0);
    const bool isLocked = clip.locked || row.track->locked;
    const int baseline = rect.height() >= 24 ? rect.top() + 13 : rect.center().y() + 5;
    if (isLocked && rect.width() > 40) {
      drawIcon(painter, {left - 2, baseline - 11}, QStringLiteral("lock"), colorOf(t.t2), 12);
      left += 14;
    }
    if (look.isMissing && rect.width() > 40) {
      drawIcon(painter, {left - 2, baseline - 11}, QStringLiteral("error"), colorOf(t.err), 12);
      left += 14;
    }
    if (rect.width() > 40 && scene.isPinned && scene.isPinned(clip)) {
      drawIcon(painter, {left - 2, baseline - 11}, QStringLiteral("pin"), colorOf(t.kRef), 12);
      left += 14;
    }
    const QString title = clipTitle(clip);
    const QColor ink = isQuiet ? colorOf(t.t3) : (isSelected ? colorOf(t.t1) : colorOf(t.onClip));
    text(painter, {left, baseline}, right - left - 6,
         title.isEmpty() && row.track->kind == TrackKind::Text ? timelineText("(no words yet)") : title,
         uiFont(isDense ? 11 : 12, isSelected ? QFont::DemiBold : QFont::Normal), ink);
  }
  if (!isQuiet && rect.width() > 24 && scene.isStale && scene.isStale(clip)) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(colorOf(t.acc));
    painter.drawEllipse(QPointF(rect.right() - 6, rect.top() + 6), 2, 2);
  }
  if (isSelected) {
    painter.setPen(QPen(colorOf(t.t1), 1.6));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect).adjusted(-0.8, -0.8, 0.8, 0.8), 4, 4);
  }
  if ((isSelected || look.isHovered) && rect.width() > 24) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(colorOf(t.t1));
    const double middle = rect.center().y() + 0.5;
    painter.drawRoundedRect(QRectF(rect.left() - 2, middle - 6.5, 4, 13), 1.5, 1.5);
    painter.drawRoundedRect(QRectF(rect.right() - 1, middle - 6.5, 4, 13), 1.5, 1.5);
  }
  painter.restore();
}

void TimelinePainter::paintStrength(QPainter& painter, const TimelineScene& scene, const Clip& clip,
                                    const QRect& rect, const QColor& kind, bool isSelected) {
  const double bottom = rect.bottom();
  const double band = 11;
  const double left = rect.left() + kEdgeBar;
  const double right = rect.right();
  const auto yOf = [&](float value) { return bottom - 1 - (band - 2) * double(value); };
  QPolygonF line;
  line << QPointF(left, yOf(clip.strength.at({0})));
  for (const EnvelopePoint& point : clip.strength.points) {
    const double x = rect.left() + scene.axis.widthOf(point.time);
    if (x > left && x < right) {
      line << QPointF(x, yOf(point.value));
    }
  }
  line << QPointF(right, yOf(clip.strength.at(clip.span.length())));
  QPolygonF area = line;
  area << QPointF(right, bottom) << QPointF(left, bottom);
  painter.setPen(Qt::NoPen);
  painter.setBrush(withAlpha(kind, isSelected ? 0.3 : 0.14));
  painter.drawPolygon(area);
  painter.setPen(QPen(withAlpha(kind, isSelected ? 1 : 0.9), isSelected ? 1.4 : 1));
  painter.drawPolyline(line);
  counters_.shapes += 2;
  if (isSelected) {
    painter.setBrush(colorOf(tokens().s1));
    for (const EnvelopePoint& point : clip.strength.points) {
      painter.drawEllipse(QPointF(rect.left() + scene.axis.widthOf(point.time), yOf(point.value)), 2.8, 2.8);
    }
  }
}

void TimelinePainter::paintPathPoints(QPainter& painter, const TimelineScene& scene, const Clip& clip,
                                      const QRect& rect) {
  const auto* path = std::get_if<PathCondition>(&clip.condition);
  if (path == nullptr || rect.width() < 12) {
    return;
  }
  const ColorTokens& t = tokens();
  const double middle = rect.center().y() + 0.5;
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colorOf(t.kPath, 0.9), 1.2));
  if (path->points.size() > 1) {
    // The line's height is the speed between the points, against the fastest of this path.
    std::vector<double> speeds;
    double fastest = 0.5;
    for (std::size_t i = 1; i < path->points.size(); ++i) {
      const std::vector<PathPoint> piece{path->points[i - 1], path->points[i]};
      const double seconds = secondsOf(piece[1].time - piece[0].time);
      speeds.push_back(seconds > 0 ? pathLength(piece) / seconds : 0);
      fastest = std::max(fastest, speeds.back());
    }
    for (std::size_t i = 1; i < path->points.size(); ++i) {
      const double x0 = rect.left() + scene.axis.widthOf(path->points[i - 1].time);
      const double x1 = rect.left() + scene.axis.widthOf(path->points[i].time);
      const double y = middle + 5 - 10 * speeds[i - 1] / fastest;
      painter.setPen(QPen(colorOf(t.kPath, 0.9), 1.2));
      painter.drawLine(QPointF(x0, y), QPointF(x1, y));
      ++counters_.shapes;
      const QString words = timelineText("%1 m/s").arg(speeds[i - 1], 0, 'f', 1);
      if (x1 - x0 > 72 && rect.height() >= 14) {  // a low track has no room for words
        const QRectF chip((x0 + x1) / 2 - 24, middle - 7, 48, 14);
        painter.fillRect(chip, colorOf(t.clipGround, 0.92));
        text(painter, QPoint(int(chip.left()) + 4, int(middle) + 4), 48, words, numberFont(11), colorOf(t.onClip));
      }
    }
  }
  painter.setPen(QPen(colorOf(t.kPath), 1.4));
  painter.setBrush(colorOf(t.s1));
  for (const PathPoint& point : path->points) {
    const double x = rect.left() + scene.axis.widthOf(point.time);
    painter.drawPolygon(QPolygonF({{x, middle - 5}, {x + 5, middle}, {x, middle + 5}, {x - 5, middle}}));
    ++counters_.shapes;
  }
}

void TimelinePainter::paintKey(QPainter& painter, const TimelineScene& scene, const TimelineRow& row,
                               const Clip& clip, int top) {
  const ColorTokens& t = tokens();
  const QColor kind = kindColor(row.track->kind);
  const double x = std::lround(scene.geometry.canvasX + scene.axis.xOf(clip.span.start));
  const double y = top + row.height / 2;
  const bool isSelected = scene.selection->contains(clip.id);
  const bool isHovered = scene.hoveredClip == clip.id;
  const bool isQuiet = clip.muted || !isRowHeard_;
  const FrameRate rate = scene.timeline->settings().rate;
  const bool isTarget = std::holds_alternative<TargetCondition>(clip.condition);
  const bool isStale = !isQuiet && scene.isStale && scene.isStale(clip);
  ++counters_.items;
  counters_.shapes += 2;
  if (clip.span.length() > ticksOfFrame(1, rate)) {  // a hold
    const double end = scene.geometry.canvasX + scene.axis.xOf(clip.span.end);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(kind, 1));
    painter.setBrush(withAlpha(kind, 0.35));
    painter.drawRoundedRect(QRectF(x - 5, y - 5, end - x + 10, 10), 5, 5);
    text(painter, QPoint(int(x) + 12, int(y) + 4), int(end - x) - 8, timelineText("hold"), uiFont(11), colorOf(t.onClip));
    painter.restore();
  }
  const quint64 key = quint64(1) << 63 | quint64(isTarget) | quint64(isSelected) << 1 | quint64(isHovered) << 2 |
                      quint64(isQuiet) << 3 | quint64(kind.rgb() & 0xFFFFFF) << 24;
  constexpr int kReach = 7;
  const QPixmap& dot = kept(painter, key, {2 * kReach, 2 * kReach}, [&](QPainter& fresh) {
    fresh.translate(kReach, kReach);
    drawDot(fresh, kind, isTarget, isSelected, isHovered, isQuiet);
  });
  painter.drawPixmap(QPointF(x - kReach, y - kReach), dot);
  // A take says nothing of a wish that it has not heard of.
  if (const auto off = isQuiet || isStale ? std::nullopt : shownMiss(scene, clip)) {
    paintMiss(painter, scene, row, clip, {x, y}, *off);
  }
  if (!isSelected && !isStale && !isHovered) {
    return;
  }
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  if (isSelected || isHovered) {
    // What pulls it into a hold, or a hold longer.
    const double end = std::max(x + 10, scene.geometry.canvasX + scene.axis.xOf(clip.span.end) + 3);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colorOf(t.t1));
    painter.drawRoundedRect(QRectF(end, y - 5, 3, 10), 1.5, 1.5);
  }
  if (isSelected) {
    painter.setPen(QPen(colorOf(t.t1), 1.6));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(QPointF(x, y), 8, 8);
  } else if (isStale) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(colorOf(t.acc));
    painter.drawEllipse(QPointF(x + 6, y - 6), 2, 2);
  }
  painter.restore();
}

void TimelinePainter::paintMiss(QPainter& painter, const TimelineScene& scene, const TimelineRow& row, const Clip& clip,
                                const QPointF& at, float meters) {
  const ColorTokens& t = tokens();
  const double radius = scene.selection->contains(clip.id) ? 10.5 : 8;  // outside the outline of what is selected
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colorOf(t.warn), 1.6, Qt::DashLine));
  painter.setBrush(Qt::NoBrush);
  painter.drawEllipse(at, radius, radius);
  ++counters_.shapes;
  const QString words = missText(meters);
  const QRectF pill = missPill(scene, row, items_, clip, words, at.y());
  if (!pill.isEmpty()) {
    painter.setPen(QPen(colorOf(t.warn, 0.7), 1));
    painter.setBrush(colorOf(t.warnBg));
    painter.drawRoundedRect(pill, 6.5, 6.5);
    ++counters_.shapes;
    text(painter, QPoint(int(std::lround(pill.left())) + 4, int(at.y()) + 4), int(pill.width()), words, numberFont(11), colorOf(t.warn));
  }
  painter.restore();
}

FrameRange resultColumn(const TimeAxis& axis, int index) {
  const double x = axis.xOf({0}) + double(index) * kResultColumn;
  const std::int64_t from = frameAt(axis.timeAt(x), kEngineRate);
  return {from, std::max(from + 1, frameAt(axis.timeAt(x + kResultColumn), kEngineRate))};
}

void TimelinePainter::paintResult(QPainter& painter, const TimelineScene& scene, int top) {
  const ColorTokens& t = tokens();
  const TimelineGeometry& g = scene.geometry;
  if (scene.summary == nullptr || scene.take == nullptr) {
    if (!scene.work) {
      text(painter, {g.canvasX + 12, top + 24}, g.canvasWidth() - 24, timelineText("Nothing generated yet."), uiFont(11),
           colorOf(t.t3));
    }
  } else {
    const auto frames = std::int64_t(scene.summary->fulfilment.size());
    // Each shows its worst frame.
    const double origin = scene.axis.xOf({0});
    const int firstColumn = std::max(0, int(std::floor(-origin / kResultColumn)));
    for (int column = firstColumn;; ++column) {
      const double x = origin + double(column) * kResultColumn;
      const auto [from, to] = resultColumn(scene.axis, column);
      if (x > g.canvasWidth() || from >= frames) {
        break;
      }
      float worst = 1;
      bool missed = false;
      for (std::int64_t f = std::max<std::int64_t>(0, from); f < std::min(to, frames); ++f) {
        worst = std::min(worst, scene.summary->fulfilment[std::size_t(f)]);
        missed = missed || scene.summary->missed[std::size_t(f)];
      }
      const double height = 5 + 11 * double(worst);
      const Rgb rgb = missed ? t.fulfilment[3] : t.fulfilment[worst > 0.9f ? 0 : (worst > 0.7f ? 1 : 2)];
      painter.fillRect(QRectF(g.canvasX + x, top + 20 - height, kResultColumn - 1, height), colorOf(rgb));
      ++counters_.shapes;
    }
    for (const OriginRun& run : scene.summary->origins) {
      const double x0 = g.canvasX + scene.axis.xOf(ticksOfFrame(run.frames.start, kEngineRate));
      const double x1 = g.canvasX + scene.axis.xOf(ticksOfFrame(run.frames.end, kEngineRate));
      if (x1 < g.canvasX || x0 > g.width || x1 - x0 < 3) {
        continue;
      }
      const QRectF strip(x0 + 0.5, top + 22.5, x1 - x0 - 2, 14);
      const FrameRate rate = scene.timeline->settings().rate;
      const std::int64_t first = nearestFrame(ticksOfFrame(run.frames.start, kEngineRate), rate);
      const std::int64_t last = nearestFrame(ticksOfFrame(run.frames.end, kEngineRate), rate) - 1;
      const QColor tone = colorOf(run.isNew ? t.acc : t.kResult);
      painter.setRenderHint(QPainter::Antialiasing);
      painter.setPen(QPen(withAlpha(tone, 0.55), 1));
      painter.setBrush(run.isNew ? colorOf(t.accBg) : colorOf(t.clipGround));
      painter.drawRoundedRect(strip, 2.5, 2.5);
      painter.setRenderHint(QPainter::Antialiasing, false);
      const int left = int(std::max(x0, double(g.canvasX))) + 6;
      if (strip.right() - left > 24) {
        drawIcon(painter, {left, top + 24}, run.isNew ? QStringLiteral("bolt") : QStringLiteral("lock"), tone, 11);
      }
      const QString words = run.isNew ? timelineText("%1 frames · take %2, seed %3 · %4")
                                            .arg(last - first + 1)
                                            .arg(scene.take->number)
                                            .arg(scene.take->request.seed)
                                            .arg(run.hash)
                                      : timelineText("Frames %1–%2 untouched · %3").arg(first).arg(last).arg(run.hash);
      text(painter, {left + 15, top + 33}, int(strip.right()) - left - 20, words, numberFont(11), colorOf(t.onClip));
    }
  }
}

}  // namespace kinescore
