#include "ui/timeline/timeline_painter.h"

#include <array>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainterPath>

#include "ui/theme/theme.h"

namespace kinescore {
namespace {

using namespace timeline_measure;

constexpr double kLeastClipPixels = 3;
constexpr double kLeastKeyPixels = 6;
constexpr int kTextLimit = 2000;  // kept layouts

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

QString timelineText(const char* words) { return QCoreApplication::translate("Timeline", words); }

QColor kindColor(TrackKind kind) {
  const ColorTokens& t = tokens();
  switch (kind) {
    case TrackKind::Text:
    case TrackKind::PartText: return colorOf(t.kText);
    case TrackKind::Audio: return colorOf(t.kAudio);
    case TrackKind::Video: return colorOf(t.kVideo);
    case TrackKind::Pose: return colorOf(t.kPose);
    case TrackKind::Path: return colorOf(t.kPath);
    case TrackKind::Contact: return colorOf(t.kContact);
    case TrackKind::Reference: return colorOf(t.kRef);
  }
  return colorOf(t.kText);
}

QString kindIcon(TrackKind kind) {
  switch (kind) {
    case TrackKind::Text: return QStringLiteral("text");
    case TrackKind::PartText: return QStringLiteral("part-text");
    case TrackKind::Audio: return QStringLiteral("audio");
    case TrackKind::Video: return QStringLiteral("video");
    case TrackKind::Pose: return QStringLiteral("pose");
    case TrackKind::Path: return QStringLiteral("path");
    case TrackKind::Contact: return QStringLiteral("contact");
    case TrackKind::Reference: return QStringLiteral("reference");
  }
  return {};
}

QString bodyPartName(BodyPart part) {
  switch (part) {
    case BodyPart::Whole: break;
    case BodyPart::LeftArm: return timelineText("left arm");
    case BodyPart::RightArm: return timelineText("right arm");
    case BodyPart::Head: return timelineText("head");
    case BodyPart::Spine: return timelineText("spine");
    case BodyPart::Legs: return timelineText("legs");
  }
  return {};
}

QString clipTitle(const Clip& clip) {
  if (const auto* text = std::get_if<TextCondition>(&clip.condition)) {
    const QString words = QString::fromStdString(text->prompt), part = bodyPartName(text->part);
    return part.isEmpty() ? words : part + QStringLiteral(" · ") + words;
  }
  const auto* audio = std::get_if<AudioCondition>(&clip.condition);
  if (audio != nullptr && clip.name.empty()) {
    return QString::fromStdString(std::filesystem::path(audio->file).filename().string());
  }
  return QString::fromStdString(clip.name);
}

QRect clipRect(const TimelineScene& scene, const TimelineRow& row, const Clip& clip, int lane) {
  const int left = scene.geometry.canvasX + int(std::lround(scene.axis.xOf(clip.span.start)));
  const int right = scene.geometry.canvasX + int(std::lround(scene.axis.xOf(clip.span.end)));
  const int lanes = row.track->folded ? 0 : lane;
  const int top = scene.geometry.rowTop(row) + 3 + row.laneHeight * lanes;
  return {left, top, std::max(1, right - left), std::max(6, row.laneHeight - (row.laneHeight > 30 ? 2 : 6))};
}

void TimelinePainter::text(QPainter& painter, const QPoint& baseline, int width, const QString& words,
                           const QFont& font, const QColor& color) {
  if (width < 12 || words.isEmpty()) {
    return;
  }
  const QFontMetrics metrics(font);
  QString shown = words.left(200);
  const QString key = shown + QChar(u'\x1f') + QString::number(font.pixelSize()) + font.family() +
                      QString::number(font.weight());
  auto found = texts_.find(key);
  if (found == texts_.end()) {
    if (texts_.size() > kTextLimit) {
      texts_.clear();
    }
    QStaticText layout(shown);
    layout.setTextFormat(Qt::PlainText);
    layout.setPerformanceHint(QStaticText::AggressiveCaching);
    layout.prepare({}, font);
    found = texts_.insert(key, layout);
  }
  painter.setFont(font);
  painter.setPen(color);
  ++counters_.texts;
  if (found->size().width() <= width) {
    painter.drawStaticText(QPointF(baseline.x(), baseline.y() - metrics.ascent()), *found);
  } else {
    painter.drawText(baseline, metrics.elidedText(shown, Qt::ElideRight, width));
  }
}

void TimelinePainter::paintStatic(QPainter& painter, const TimelineScene& scene) {
  const int made = counters_.staticPaints;
  counters_ = {};
  counters_.staticPaints = made + 1;
  const TimelineGeometry& g = scene.geometry;
  const ColorTokens& t = tokens();
  painter.fillRect(0, 0, g.width, g.height, colorOf(t.s1));

  painter.save();
  painter.setClipRect(g.canvasX, g.rowsY, g.canvasWidth(), g.height - g.rowsY);
  for (const TimelineRow& row : scene.layout->rows()) {
    const int top = g.rowTop(row);
    if (top + row.height > g.rowsY && top < g.height) {
      paintRow(painter, scene, row);
    }
  }
  // Outside the play range everything steps back.
  const TimeRange& range = scene.timeline->settings().playRange;
  const int in = g.canvasX + int(std::lround(scene.axis.xOf(range.start)));
  const int out = g.canvasX + int(std::lround(scene.axis.xOf(range.end)));
  const QColor shade = colorOf(t.s0, 0.5);
  if (in > g.canvasX) {
    painter.fillRect(QRect(QPoint(g.canvasX, g.rowsY), QPoint(in - 1, g.height)), shade);
  }
  if (out < g.width) {
    painter.fillRect(QRect(QPoint(std::max(out, g.canvasX), g.rowsY), QPoint(g.width, g.height)), shade);
  }
  painter.restore();

  paintRuler(painter, scene);
  paintHeaders(painter, scene);
  painter.fillRect(g.canvasX - measure::kSeam, 0, measure::kSeam, g.height, colorOf(t.s0));
}

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

  for (const auto& marker : scene.timeline->markers()) {
    const double x = std::lround(g.canvasX + scene.axis.xOf(marker->time)) + 0.5;
    if (x < g.canvasX - 100 || x > g.width + 10) {
      continue;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(colorOf(t.kAudio));
    painter.drawPolygon(QPolygonF({{x - 4.5, 7}, {x + 4.5, 7}, {x + 4.5, 15}, {x, 19}, {x - 4.5, 15}}));
    text(painter, {int(x) + 8, 16}, 120, QString::fromStdString(marker->name), uiFont(11), colorOf(t.onClip));
  }
  painter.restore();
}

void TimelinePainter::paintRow(QPainter& painter, const TimelineScene& scene, const TimelineRow& row) {
  const TimelineGeometry& g = scene.geometry;
  const ColorTokens& t = tokens();
  const int top = g.rowTop(row);
  painter.fillRect(g.canvasX, top, g.canvasWidth(), row.height - 1,
                   colorOf(row.kind == RowKind::Track ? t.row : t.rowSeam));
  painter.fillRect(g.canvasX, top + row.height - 1, g.canvasWidth(), 1, colorOf(t.s1));
  counters_.shapes += 2;
  if (row.kind == RowKind::FoundContacts) {
    paintContacts(painter, scene, top);
    return;
  }
  if (row.kind == RowKind::Result) {
    paintResult(painter, scene, top);
    return;
  }
  const bool isText = row.track->kind == TrackKind::Text;
  if (isText && !row.track->folded) {
    paintGaps(painter, scene, row, top);
  }
  if (row.track->kind == TrackKind::Pose) {
    painter.fillRect(g.canvasX, top + row.height / 2 - 1, g.canvasWidth(), 1, colorOf(t.kPose, 0.22));
  }
  const bool isKeys = row.track->kind == TrackKind::Pose;
  items_.clear();
  row.index->collect(scene.axis.visible(g.canvasWidth()),
                     scene.axis.ticksOf(isKeys ? kLeastKeyPixels : kLeastClipPixels), items_);
  joins_.clear();
  edges_.clear();
  if (isText && !row.track->folded) {
    findJoins(scene);
  }
  const QColor kind = kindColor(row.track->kind);
  for (const VisibleItem& item : items_) {
    if (item.clip == nullptr) {
      const double from = g.canvasX + scene.axis.xOf(item.span.start);
      const double to = g.canvasX + scene.axis.xOf(item.span.end);
      const int lane = isKeys || row.track->folded ? 0 : item.lane;
      QColor fill = kind;
      fill.setAlphaF(0.6f);
      painter.fillRect(QRectF(from - (isKeys ? 3 : 0), top + 6 + row.laneHeight * lane,
                              std::max(2.0, to - from) + (isKeys ? 6 : 0), row.laneHeight - 12),
                       fill);
      ++counters_.runs;
      ++counters_.shapes;
    } else if (isKey(*item.clip)) {
      paintKey(painter, scene, row, *item.clip, top);
    } else {
      paintClip(painter, scene, row, *item.clip, clipRect(scene, row, *item.clip, item.lane));
    }
  }
  paintJoins(painter, scene, row);
  if (row.index->clipCount() == 0) {
    const char* hint = nullptr;
    switch (row.track->kind) {
      case TrackKind::Text: hint = "Click here and write what the character does."; break;
      case TrackKind::Pose: hint = "Press S to pin the pose on screen."; break;
      case TrackKind::Path: hint = "Draw on the floor with the path tool (P)."; break;
      default: break;
    }
    if (hint != nullptr) {
      text(painter, {g.canvasX + 12, top + row.height / 2 + 4}, g.canvasWidth() - 24, timelineText(hint), uiFont(11),
           colorOf(t.t3));
    }
  }
}

void TimelinePainter::paintGaps(QPainter& painter, const TimelineScene& scene, const TimelineRow& row, int top) {
  const TimelineGeometry& g = scene.geometry;
  const ColorTokens& t = tokens();
  if (row.index->clipCount() == 0) {
    return;
  }
  // Free time between prompts, from the merged spans of what is visible.
  items_.clear();
  row.index->collect(scene.axis.visible(g.canvasWidth()), scene.axis.ticksOf(kLeastClipPixels), items_);
  std::sort(items_.begin(), items_.end(),
            [](const VisibleItem& a, const VisibleItem& b) { return a.span.start < b.span.start; });
  const TimeRange& play = scene.timeline->settings().playRange;
  Ticks covered = play.start;
  const auto hatch = [&](Ticks from, Ticks to) {
    const double x0 = g.canvasX + scene.axis.xOf(std::max(from, scene.axis.left));
    const double x1 = g.canvasX + std::min(scene.axis.xOf(to), double(g.canvasWidth()));
    if (x1 - x0 < 4) {
      return;
    }
    const QRectF rect(x0, top + 1, x1 - x0, row.height - 3);
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colorOf(t.hatch, 0.8), 1.2));
    const double reach = rect.height();
    const double origin = std::floor(rect.left() / 8) * 8 - reach;
    for (double x = origin; x < rect.right(); x += 8) {
      painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + reach, rect.top()));
      ++counters_.shapes;
    }
    painter.restore();
    if (rect.width() > 40) {
      const QRectF chip(rect.center().x() - 14, rect.center().y() - 7, 28, 14);
      painter.fillRect(chip, colorOf(t.s1));
      text(painter, chip.bottomLeft().toPoint() + QPoint(4, -3), 28, timelineText("free"), uiFont(11), colorOf(t.t2));
    }
  };
  for (const VisibleItem& item : items_) {
    if (item.span.start > covered) {
      hatch(covered, item.span.start);
    }
    covered = std::max(covered, item.span.end);
  }
  if (covered < play.end) {
    hatch(covered, play.end);
  }
}

void TimelinePainter::paintPlayhead(QPainter& painter, const TimelineScene& scene, Ticks playhead) {
  const TimelineGeometry& g = scene.geometry;
  const ColorTokens& t = tokens();
  const double x = std::lround(g.canvasX + scene.axis.xOf(playhead)) + 0.5;
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colorOf(t.playheadHalo, 0.55), 3));
  painter.drawLine(QPointF(x, 14), QPointF(x, g.height));
  painter.setPen(QPen(colorOf(t.playhead), 1.4));
  painter.drawLine(QPointF(x, 14), QPointF(x, g.height));
  const FrameRate rate = scene.timeline->settings().rate;
  const QString number = timeText(frameAt(playhead, rate), rate, scene.display);
  const QFont font = numberFont(11.5, QFont::DemiBold);
  const double half = std::max(16.0, QFontMetricsF(font).horizontalAdvance(number) / 2 + 6);
  // The flag stays readable at the canvas's edges.
  const double middle = std::clamp(x, g.canvasX + half, std::max(g.canvasX + half, g.width - half));
  QPainterPath flag;
  flag.addRoundedRect(QRectF(middle - half, 5, half * 2, 15), 3, 3);
  flag.addPolygon(QPolygonF({{x - 5, 20}, {x + 5, 20}, {x, 25}}));
  painter.fillPath(flag, colorOf(t.playhead));
  painter.setPen(colorOf(t.onLight));
  painter.setFont(font);
  painter.drawText(QRectF(middle - half, 5, half * 2, 15), Qt::AlignCenter, number);
}

void TimelinePainter::paintTimeSelection(QPainter& painter, const TimelineScene& scene, const TimeSelection& time) {
  const TimelineGeometry& g = scene.geometry;
  const ColorTokens& t = tokens();
  const auto xOf = [&](Ticks at) { return g.canvasX + scene.axis.xOf(at); };
  const TimeRange span = time.span();
  const double x0 = xOf(span.start), x1 = xOf(time.hold.start), x2 = xOf(time.hold.end), x3 = xOf(span.end);
  const QColor full = colorOf(t.acc, 0.15), none = colorOf(t.acc, 0);
  const double tall = g.height - g.rowsY;
  const auto fade = [&](double from, double to, const QColor& a, const QColor& b) {
    QLinearGradient gradient(from, 0, to, 0);
    gradient.setColorAt(0, a);
    gradient.setColorAt(1, b);
    painter.fillRect(QRectF(from, g.rowsY, to - from, tall), gradient);
  };
  fade(x0, x1, none, full);
  painter.fillRect(QRectF(x1, g.rowsY, x2 - x1, tall), full);
  fade(x2, x3, full, none);

  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(colorOf(t.acc, 0.75), 1));
  for (const double x : {x1, x2}) {
    painter.drawLine(QPointF(std::lround(x) + 0.5, 20), QPointF(std::lround(x) + 0.5, g.height));
  }
  painter.setPen(QPen(colorOf(t.acc, 0.65), 1, Qt::CustomDashLine));
  QPen dashes(colorOf(t.acc, 0.65), 1);
  dashes.setDashPattern({3, 3});
  painter.setPen(dashes);
  for (const double x : {x0, x3}) {
    painter.drawLine(QPointF(std::lround(x) + 0.5, 24), QPointF(std::lround(x) + 0.5, g.height));
  }
  painter.setPen(QPen(colorOf(t.acc), 1));
  painter.setBrush(colorOf(t.selectionTop));
  painter.drawPolygon(QPolygonF({{x0, 21.5}, {x1, 6}, {x2, 6}, {x3, 21.5}}));
  painter.setPen(Qt::NoPen);
  painter.setBrush(colorOf(t.accPale));
  for (const double x : {x1, x2}) {
    painter.drawRoundedRect(QRectF(x - 2.5, 7.5, 5, 12), 1.5, 1.5);
  }
  painter.setPen(QPen(colorOf(t.accPale), 1.5));
  painter.setBrush(colorOf(t.s1));
  for (const double x : {x0, x3}) {
    painter.drawEllipse(QPointF(x, 21), 3.6, 3.6);
  }
  const FrameRate rate = scene.timeline->settings().rate;
  const auto frames = [&](Ticks length) { return nearestFrame(length, rate); };
  const QString words = timelineText("Regenerate %1 f").arg(frames(time.hold.length()));
  const QFont bold = numberFont(11, QFont::DemiBold);
  if (const double room = x2 - x1 - 16; QFontMetricsF(bold).horizontalAdvance(words) < room) {
    painter.setFont(bold);
    painter.setPen(colorOf(t.accPale));
    painter.drawText(QRectF(x1, 6, x2 - x1, 15), Qt::AlignCenter, words);
  }
  painter.setFont(numberFont(11));
  painter.setPen(colorOf(t.link));
  const auto slopeNumber = [&](double from, double to, double at, Ticks length) {
    if (to - from > 22) {
      painter.drawText(QRectF(at - 20, 9, 40, 14), Qt::AlignCenter, QString::number(frames(length)));
    }
  };
  slopeNumber(x0, x1, x0 + (x1 - x0) * 0.66, time.falloffIn);
  slopeNumber(x2, x3, x2 + (x3 - x2) * 0.34, time.falloffOut);
}

void TimelinePainter::paintOverlay(QPainter& painter, const TimelineScene& scene, const TimelineOverlay& overlay) {
  const TimelineGeometry& g = scene.geometry;
  const ColorTokens& t = tokens();
  painter.save();
  painter.setClipRect(g.canvasX, 0, g.canvasWidth(), g.height, Qt::IntersectClip);
  if (overlay.time) {
    paintTimeSelection(painter, scene, *overlay.time);
  }
  if (overlay.guide) {
    const int x = g.canvasX + int(std::lround(scene.axis.xOf(*overlay.guide)));
    painter.fillRect(x, 0, 1, g.height, colorOf(t.acc));
    if (!overlay.guideLabel.isEmpty()) {
      const QFont font = uiFont(11);
      const int width = QFontMetrics(font).horizontalAdvance(overlay.guideLabel) + 10;
      painter.fillRect(x + 3, g.rowsY + 2, width, 16, colorOf(t.accBg));
      painter.setFont(font);
      painter.setPen(colorOf(t.accPale));
      painter.drawText(QRect(x + 3, g.rowsY + 2, width, 16), Qt::AlignCenter, overlay.guideLabel);
    }
  }
  if (overlay.box) {
    painter.setPen(QPen(colorOf(t.acc), 1));
    painter.setBrush(colorOf(t.acc, 0.12));
    painter.drawRect(QRectF(*overlay.box).adjusted(0.5, 0.5, -0.5, -0.5));
  }
  paintPlayhead(painter, scene, overlay.playhead);
  if (!overlay.dragChip.isEmpty()) {
    const QFont font = numberFont(11, QFont::DemiBold);
    const int width = QFontMetrics(font).horizontalAdvance(overlay.dragChip) + 12;
    const QRect chip(overlay.dragChipAt + QPoint(12, -22), QSize(width, 18));
    painter.setPen(Qt::NoPen);
    painter.setBrush(colorOf(t.s5));
    painter.drawRoundedRect(chip, 4, 4);
    painter.setFont(font);
    painter.setPen(colorOf(t.t1));
    painter.drawText(chip, Qt::AlignCenter, overlay.dragChip);
  }
  painter.restore();
}

}  // namespace kinescore
