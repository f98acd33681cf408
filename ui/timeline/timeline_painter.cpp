#include "ui/timeline/timeline_painter.h"

#include <array>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainterPath>

#include "ui/document/clip_adding.h"
#include "ui/theme/theme.h"

namespace kinescore {
namespace {

using namespace timeline_measure;

constexpr double kLeastClipPixels = 3;
constexpr double kLeastKeyPixels = 6;
constexpr int kTextLimit = 6000;  // kept layouts

/// With what it is said to be.
QString soundTitle(const Clip& clip, const AudioCondition& audio) {
  const std::string name = clip.name.empty() ? std::filesystem::path(audio.file).filename().string() : clip.name;
  const QString title = QString::fromStdString(name);
  switch (audio.kind) {
    case SoundKind::Auto: break;
    case SoundKind::Music: return timelineText("%1 · music").arg(title);
    case SoundKind::Speech: return timelineText("%1 · speech").arg(title);
  }
  return title;
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
  if (audio != nullptr) {
    return soundTitle(clip, *audio);
  }
  if (const auto* contact = std::get_if<ContactCondition>(&clip.condition); contact != nullptr && clip.name.empty()) {
    return footPartName(contact->contact);
  }
  const auto* reference = std::get_if<ReferenceCondition>(&clip.condition);
  if (reference != nullptr && clip.name.empty()) {
    const QString title = QString::fromStdString(reference->clipId);
    return reference->automatic ? timelineText("%1 · auto").arg(title) : title;
  }
  return QString::fromStdString(clip.name);
}

QString displayName(TimeDisplay display) {
  switch (display) {
    case TimeDisplay::Frames: return timelineText("Frames");
    case TimeDisplay::Seconds: return timelineText("Seconds");
    case TimeDisplay::Timecode: return timelineText("Timecode");
  }
  return {};
}

int clipHeight(const TimelineRow& row) { return std::max(6, row.laneHeight - (row.laneHeight > 30 ? 2 : 6)); }

QRect clipRect(const TimelineScene& scene, const TimelineRow& row, const Clip& clip, int lane) {
  const int left = scene.geometry.canvasX + int(std::lround(scene.axis.xOf(clip.span.start)));
  const int right = scene.geometry.canvasX + int(std::lround(scene.axis.xOf(clip.span.end)));
  if (const auto* contact = std::get_if<ContactCondition>(&clip.condition)) {
    const ContactBar bar = contactBar(row.height, contact->contact);
    return {left, scene.geometry.rowTop(row) + bar.y, std::max(2, right - left), bar.height};
  }
  const int lanes = row.track->folded ? 0 : lane;
  const int top = scene.geometry.rowTop(row) + 3 + row.laneHeight * lanes;
  return {left, top, std::max(1, right - left), clipHeight(row)};
}

void TimelinePainter::text(QPainter& painter, const QPoint& baseline, int width, const QString& words,
                           const QFont& font, const QColor& color) {
  if (width < 12 || words.isEmpty()) {
    return;
  }
  painter.setFont(font);
  painter.setPen(color);
  ++counters_.texts;
  const QString shown = words.left(200);
  const QStaticText* layout = &laidOut(shown, font, 0);
  if (layout->size().width() > width) {
    layout = &laidOut(shown, font, width);
  }
  painter.drawStaticText(QPointF(baseline.x(), baseline.y() - QFontMetrics(font).ascent()), *layout);
}

const QStaticText& TimelinePainter::laidOut(const QString& words, const QFont& font, int width) {
  const QString key = words + QChar(u'\x1f') + QChar(char16_t(width)) + QChar(char16_t(font.pixelSize())) +
                      QChar(char16_t(font.weight())) + font.family();
  auto found = texts_.find(key);
  if (found == texts_.end()) {
    if (texts_.size() > kTextLimit) {
      texts_.clear();
    }
    QStaticText layout(width == 0 ? words : QFontMetrics(font).elidedText(words, Qt::ElideRight, width));
    layout.setTextFormat(Qt::PlainText);
    layout.setPerformanceHint(QStaticText::AggressiveCaching);
    layout.prepare({}, font);
    found = texts_.insert(key, layout);
  }
  return *found;
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
  for (const auto& marker : scene.timeline->markers()) {
    const int x = g.canvasX + int(std::lround(scene.axis.xOf(marker->time)));
    if (x >= g.canvasX && x < g.width) {
      painter.fillRect(x, g.rowsY, 1, g.height - g.rowsY, withAlpha(labelColor(marker->color, colorOf(t.kAudio)), 0.4));
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

void TimelinePainter::paintRow(QPainter& painter, const TimelineScene& scene, const TimelineRow& row) {
  const TimelineGeometry& g = scene.geometry;
  const ColorTokens& t = tokens();
  const int top = g.rowTop(row);
  painter.fillRect(g.canvasX, top, g.canvasWidth(), row.height - 1,
                   colorOf(row.kind == RowKind::Track ? t.row : t.rowSeam));
  painter.fillRect(g.canvasX, top + row.height - 1, g.canvasWidth(), 1, colorOf(t.s1));
  counters_.shapes += 2;
  if (row.kind == RowKind::FoundContacts) {
    paintFoundContacts(painter, scene, row);
    return;
  }
  if (row.kind == RowKind::Result) {
    paintResult(painter, scene, top);
    paintStaleSpans(painter, scene, top);
    return;
  }
  if (row.kind == RowKind::TakeLane) {
    paintTakeLane(painter, scene, row);
    return;
  }
  const bool isText = row.track->kind == TrackKind::Text;
  if (isText && !row.track->folded) {
    paintGaps(painter, scene, row, top);
  }
  if (row.track->kind == TrackKind::Pose && row.index->clipCount() > 0) {
    painter.fillRect(g.canvasX, top + row.height / 2 - 1, g.canvasWidth(), 1, colorOf(t.kPose, 0.22));
  }
  const bool isKeys = row.track->kind == TrackKind::Pose;
  items_.clear();
  row.index->collect(scene.axis.visible(g.canvasWidth()),
                     scene.axis.ticksOf(isKeys ? kLeastKeyPixels : kLeastClipPixels), items_);
  joins_.clear();
  edges_.clear();
  if (isText && !row.track->folded) {
    findJoins(scene, row);
  }
  if (row.showsFound) {
    paintFoundContacts(painter, scene, row);
  }
  const bool isOneLane = isKeys || row.track->kind == TrackKind::Contact || row.track->folded;
  const QColor kind = kindColor(row.track->kind);
  isRowHeard_ = scene.timeline->isAudible(*row.track);
  for (const VisibleItem& item : items_) {
    if (item.clip == nullptr) {
      const double from = g.canvasX + scene.axis.xOf(item.span.start);
      const double to = g.canvasX + scene.axis.xOf(item.span.end);
      const int lane = isOneLane ? 0 : item.lane;
      QColor fill = kind;
      fill.setAlphaF(0.6f);
      painter.fillRect(QRectF(from - (isKeys ? 3 : 0), top + 6 + row.laneHeight * lane,
                              std::max(2.0, to - from) + (isKeys ? 6 : 0), row.laneHeight - 12),
                       fill);
      ++counters_.runs;
      ++counters_.shapes;
    } else if (isKey(*item.clip)) {
      paintKey(painter, scene, row, *item.clip, top);
    } else if (row.track->kind == TrackKind::Contact) {
      paintContactClip(painter, scene, *item.clip, clipRect(scene, row, *item.clip, item.lane));
    } else {
      paintClip(painter, scene, row, *item.clip, clipRect(scene, row, *item.clip, item.lane));
    }
  }
  paintJoins(painter, scene, row);
  if (row.index->clipCount() == 0 && !row.showsFound) {
    const char* hint = nullptr;
    switch (row.track->kind) {
      case TrackKind::Text: hint = "Click here and write what the character does."; break;
      case TrackKind::PartText: hint = "Click here and write what a part of the body does."; break;
      case TrackKind::Pose: hint = "Press S to pin the pose on screen; right-click for a target of one joint."; break;
      case TrackKind::Path: hint = "Draw on the floor with the path tool (P)."; break;
      case TrackKind::Contact: hint = "Filled in after the first take. Drag bars to plant a foot."; break;
      case TrackKind::Audio: hint = "Drop a sound here."; break;
      case TrackKind::Video: hint = "Drop a video here."; break;
      case TrackKind::Reference: hint = "Drag a clip from the library, or leave it to the engine."; break;
    }
    if (hint != nullptr) {
      text(painter, {g.canvasX + 12, top + row.height / 2 + 4}, g.canvasWidth() - 24, timelineText(hint), uiFont(11),
           colorOf(t.t3));
    }
  } else if (row.track->kind == TrackKind::Text && row.index->clipCount() == 1 && items_.size() == 1 && items_[0].clip != nullptr) {
    const QString hint = timelineText("Prompts may overlap. The overlap is the join.");
    const int from = g.canvasX + int(scene.axis.xOf(items_[0].clip->span.end)) + 12;
    const int wide = QFontMetrics(uiFont(11)).horizontalAdvance(hint);
    if (wide < g.canvasX + g.canvasWidth() - from - 12) {
      painter.fillRect(from - 6, top + row.height / 2 - 9, wide + 12, 18, colorOf(t.row));  // the time is hatched as free
      text(painter, {from, top + row.height / 2 + 4}, g.canvasX + g.canvasWidth() - from, hint, uiFont(11), colorOf(t.t3));
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

}  // namespace kinescore
