#include "ui/timeline/snapping.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <QCoreApplication>

#include "engine/media/heard_sound.h"
#include "ui/timeline/timeline_painter.h"

namespace kinescore {
namespace {

QString snapText(const char* text) { return QCoreApplication::translate("Snapping", text); }

/// Beats of a clip in seconds of its recording; the one nearest to `second`.
std::optional<double> nearestBeat(const Clip& clip, const HeardSound* heard, double second) {
  const auto& audio = std::get<AudioCondition>(clip.condition);
  if (audio.beatsPerMinute > 0) {
    const double step = 60 / audio.beatsPerMinute;
    return audio.beatOffsetSeconds + std::round((second - audio.beatOffsetSeconds) / step) * step;
  }
  if (audio.kind == SoundKind::Speech || heard == nullptr || heard->beats.empty()) {
    return std::nullopt;
  }
  const auto after = std::lower_bound(heard->beats.begin(), heard->beats.end(), second);
  if (after == heard->beats.begin()) {
    return *after;
  }
  const bool isAfterNearer = after != heard->beats.end() && *after - second < second - *(after - 1);
  return isAfterNearer ? *after : *(after - 1);
}

Ticks wholeFrame(Ticks time, FrameRate rate) { return ticksOfFrame(nearestFrame(time, rate), rate); }

}  // namespace

SnapResult Snapper::snap(Ticks time) const {
  const FrameRate rate = timeline.settings().rate;
  SnapResult result{wholeFrame(time, rate), std::nullopt, {}};
  if (!isOn) {
    return result;
  }
  std::int64_t nearest = within.value + 1;
  const auto offer = [&](Ticks at, const QString& label) {
    const std::int64_t distance = std::abs(at.value - time.value);
    if (distance < nearest) {
      nearest = distance;
      result = {at, at, label};
    }
  };
  if (to.playhead) {
    offer(playhead, snapText("playhead"));
  }
  if (to.range) {
    offer(timeline.settings().playRange.start, snapText("in"));
    offer(timeline.settings().playRange.end, snapText("out"));
  }
  for (const auto& marker : to.markers ? timeline.markers() : decltype(timeline.markers()){}) {
    if (moving.count(marker->id) == 0) {
      offer(marker->time, QString::fromStdString(marker->name));
    }
  }
  for (const TimelineRow& row : layout.rows()) {
    Ticks edge;
    const bool counts = row.track && (row.track->kind == TrackKind::Pose ? to.keys : to.clips);
    if (counts && row.index && row.index->nearestEdge(
                         time, within, [&](ObjectId id) { return moving.count(id) != 0; }, edge)) {
      offer(edge, QString::fromStdString(row.track->name));
    }
  }
  if (const auto beat = to.beats ? beatNear(time) : std::nullopt) {
    offer(*beat, snapText("beat"));
  }
  return result;
}

std::optional<Ticks> Snapper::beatNear(Ticks time) const {
  std::optional<Ticks> nearest;
  for (const TimelineRow& row : layout.rows()) {
    if (!row.track || row.track->kind != TrackKind::Audio) {
      continue;
    }
    for (int lane = 0; lane < row.index->laneCount(); ++lane) {
      const auto clip = row.index->findAt(lane, time - within, time + within);
      if (clip == nullptr || moving.count(clip->id) != 0) {
        continue;
      }
      const Ticks origin = clip->span.start - std::get<AudioCondition>(clip->condition).inPoint;
      const auto beat = nearestBeat(*clip, soundOf(*clip, heard).heard, secondsOf(time - origin));
      if (!beat) {
        continue;
      }
      const Ticks at = origin + ticksFromSeconds(*beat);
      if (clip->span.contains(at) && (!nearest || std::abs((at - time).value) < std::abs((*nearest - time).value))) {
        nearest = at;
      }
    }
  }
  return nearest;
}

SnapResult Snapper::snapSpan(TimeRange span) const {
  const SnapResult start = snap(span.start);
  const SnapResult end = snap(span.end);
  if (!start.guide && end.guide) {
    return {span.start + (end.time - span.end), end.guide, end.label};
  }
  if (start.guide && end.guide &&
      std::abs((end.time - span.end).value) < std::abs((start.time - span.start).value)) {
    return {span.start + (end.time - span.end), end.guide, end.label};
  }
  return start;
}

}  // namespace kinescore
