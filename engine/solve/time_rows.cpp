#include "engine/solve/time_rows.h"

#include <algorithm>

namespace kinescore {
namespace {

struct Place {
  std::int64_t frame = 0;
  double past = 0;  // of the way to the next frame
};

Place placeOf(const Motion& motion, Ticks time) {
  const std::int64_t last = motion.frameCount() - 1;
  const std::int64_t frame = std::clamp<std::int64_t>(frameAt(time, motion.rate), 0, last);
  const Ticks start = ticksOfFrame(frame, motion.rate);
  if (frame == last || time <= start) return {frame, 0};
  const Ticks length = ticksOfFrame(frame + 1, motion.rate) - start;
  return {frame, double((time - start).value) / double(length.value)};
}

// Rows hold four weights in a run; near the end of the motion the run starts earlier.
void addWeight(CurveRow& row, std::int64_t frame, double weight) {
  row.weights[std::size_t(frame - row.first)] += weight;
}

CurveRow emptyRow(const Motion& motion, std::int64_t firstWanted, double strength) {
  CurveRow row;
  row.first =
      std::clamp<std::int64_t>(firstWanted, 0, std::max<std::int64_t>(motion.frameCount() - 4, 0));
  row.strength = strength;
  return row;
}

}  // namespace

double framePositionOf(const Motion& motion, Ticks time) {
  const Place place = placeOf(motion, time);
  return double(place.frame) + place.past;
}

CurveRow rotationRow(const Motion& motion, Ticks time, double strength) {
  const Place place = placeOf(motion, time);
  CurveRow row = emptyRow(motion, place.frame, strength);
  addWeight(row, place.frame, 1 - place.past);
  if (place.past > 0) addWeight(row, place.frame + 1, place.past);
  return row;
}

CurveRow rootRow(const Motion& motion, Ticks time, double strength) {
  const Place place = placeOf(motion, time);
  if (place.past == 0) return rotationRow(motion, time, strength);
  const std::int64_t last = motion.frameCount() - 1;
  const double u = place.past;
  const double u2 = u * u;
  const double u3 = u2 * u;
  const double fromTangent = 0.5 * (u3 - 2 * u2 + u);
  const double toTangent = 0.5 * (u3 - u2);
  CurveRow row = emptyRow(motion, place.frame - 1, strength);
  addWeight(row, std::max<std::int64_t>(place.frame - 1, 0), -fromTangent);
  addWeight(row, place.frame, 2 * u3 - 3 * u2 + 1 - toTangent);
  addWeight(row, place.frame + 1, -2 * u3 + 3 * u2 + fromTangent);
  addWeight(row, std::min(place.frame + 2, last), toTangent);
  return row;
}

}  // namespace kinescore
