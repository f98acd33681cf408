// The part of TimelinePainter that draws what was heard in a sound clip: how loud it is, its beats and bars.
#include <algorithm>
#include <cmath>

#include "engine/media/heard_sound.h"
#include "ui/theme/theme.h"
#include "ui/timeline/timeline_painter.h"

namespace kinescore {
namespace {

constexpr double kLeastBeatStep = 5;  // pixels; closer beats are a hedge that says nothing
constexpr int kLeastBeatHeight = 24;  // of a clip: the compact track has room for the wave alone

/// The loudest frame from second `from` to `to` of a recording, 0 … 1.
float loudestIn(const HeardSound& heard, double from, double to) {
  const auto first = std::int64_t(std::floor(from * kHeardRate));
  const auto last = std::max(first + 1, std::int64_t(std::ceil(to * kHeardRate)));
  float loudest = 0;
  for (std::int64_t f = std::max<std::int64_t>(0, first); f < std::min<std::int64_t>(last, heard.frames()); ++f) {
    loudest = std::max(loudest, heard.loudness[std::size_t(f)]);
  }
  return loudest;
}

}  // namespace

SoundOfClip soundOf(const Clip& clip, const HeardClips* heard) {
  const auto* audio = std::get_if<AudioCondition>(&clip.condition);
  if (audio == nullptr || heard == nullptr) {
    return {};
  }
  const auto known = heard->sounds.find(audio->file);
  if (known != heard->sounds.end()) {
    return {known->second.get(), false};
  }
  return {nullptr, std::find(heard->files.begin(), heard->files.end(), audio->file) != heard->files.end()};
}

void TimelinePainter::paintSound(QPainter& painter, const TimelineScene& scene, const Clip& clip,
                                 const HeardSound& heard, const QRect& rect) {
  const int left = std::max(rect.left() + 3, scene.geometry.canvasX);
  const int right = std::min(rect.right(), scene.geometry.width);
  if (right - left < 2) {
    return;
  }
  const auto& audio = std::get<AudioCondition>(clip.condition);
  const Ticks inPoint = audio.inPoint;
  const auto secondAt = [&](double x) {
    return secondsOf(scene.axis.timeAt(x - scene.geometry.canvasX) - clip.span.start + inPoint);
  };
  const QColor kind = kindColor(TrackKind::Audio);
  const double middle = rect.center().y() + 0.5, half = rect.height() / 2.0 - 2;
  QPolygonF upper, lower;
  for (int x = left; x <= right; ++x) {
    const double height = std::max(0.5, half * double(loudestIn(heard, secondAt(x), secondAt(x + 1))));
    upper << QPointF(x, middle - height);
    lower.prepend(QPointF(x, middle + height));
  }
  painter.setPen(Qt::NoPen);
  painter.setBrush(withAlpha(kind, 0.45));
  painter.drawPolygon(upper + lower);
  ++counters_.shapes;

  const double perMinute = scene.axis.widthOf(ticksFromSeconds(60));
  const bool isSpoken = audio.kind == SoundKind::Speech;
  if (isSpoken || rect.height() < kLeastBeatHeight || heard.beatsPerMinute * kLeastBeatStep > perMinute) {
    return;
  }
  for (const double beat : heard.beats) {
    const Ticks at = clip.span.start - inPoint + ticksFromSeconds(beat);
    const double x = std::round(scene.geometry.canvasX + scene.axis.xOf(at)) + 0.5;
    if (x < left || x > right) {
      continue;
    }
    const bool isBar = std::binary_search(heard.downbeats.begin(), heard.downbeats.end(), beat);
    painter.setPen(QPen(withAlpha(kind, isBar ? 1 : 0.6), 1));
    painter.drawLine(QPointF(x, isBar ? rect.top() + 1 : rect.bottom() - 10), QPointF(x, rect.bottom() - 1));
    ++counters_.shapes;
  }
}

}  // namespace kinescore
