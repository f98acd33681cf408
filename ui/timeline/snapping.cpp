#include "ui/timeline/snapping.h"

#include <cstdlib>

#include <QCoreApplication>

namespace kinescore {
namespace {

QString snapText(const char* text) { return QCoreApplication::translate("Snapping", text); }

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
  offer(playhead, snapText("playhead"));
  offer(timeline.settings().playRange.start, snapText("in"));
  offer(timeline.settings().playRange.end, snapText("out"));
  for (const auto& marker : timeline.markers()) {
    offer(marker->time, QString::fromStdString(marker->name));
  }
  for (const TimelineRow& row : layout.rows()) {
    Ticks edge;
    if (row.index && row.index->nearestEdge(
                         time, within, [&](ObjectId id) { return moving.count(id) != 0; }, edge)) {
      offer(edge, QString::fromStdString(row.track->name));
    }
  }
  return result;
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
