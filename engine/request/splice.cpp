#include "engine/request/splice.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <glm/gtc/constants.hpp>
#include <glm/vec2.hpp>

#include "engine/motion/kinematics.h"
#include "engine/request/report_text.h"

namespace kinescore {
namespace {

Error refuse(std::string sentence) { return {ErrorCode::InvalidArgument, std::move(sentence)}; }

float headingAt(const Motion& motion, std::int64_t frame) {
  return headingOf(forwardKinematics(*motion.skeleton, motion.pose(frame)));
}

glm::vec2 turned(glm::vec2 v, float angle) {  // about +Y, as headings turn
  const float c = std::cos(angle), s = std::sin(angle);
  return {c * v.x + s * v.y, -s * v.x + c * v.y};
}

glm::vec2 floorOf(const glm::vec3& p) { return {p.x, p.z}; }

/// A turn about the vertical, then a move over the floor.
struct Placement {
  float angle = 0;
  glm::vec2 move{0};
  [[nodiscard]] glm::vec2 of(glm::vec2 p) const { return turned(p, angle) + move; }
};

/// What brings the donor's ends onto the receiver's: headings by their mean difference, places so that both ends miss
/// equally. An end that lies at an end of the performance has nobody to meet.
Placement placementFor(const Motion& receiver, const Motion& donor, FrameRange frames) {
  std::vector<std::int64_t> ends;
  if (frames.start > 0) ends.push_back(frames.start);
  if (frames.end < receiver.frameCount()) ends.push_back(frames.end - 1);
  Placement placement;
  glm::vec2 direction{0};
  for (const std::int64_t f : ends) {
    const float difference = headingAt(receiver, f) - headingAt(donor, f);
    direction += glm::vec2(std::sin(difference), std::cos(difference));
  }
  placement.angle = std::atan2(direction.x, direction.y);
  for (const std::int64_t f : ends) {
    placement.move += (floorOf(receiver.rootPositions[std::size_t(f)]) -
                       turned(floorOf(donor.rootPositions[std::size_t(f)]), placement.angle)) /
                      float(ends.size());
  }
  return placement;
}

/// How far the middle of the borrowed frames goes; a turn alone moves what lies far from the origin, too.
float distanceOf(const Placement& placement, const Motion& donor, FrameRange frames) {
  const glm::vec2 middle = floorOf(donor.rootPositions[std::size_t((frames.start + frames.end) / 2)]);
  return glm::length(placement.of(middle) - middle);
}

/// Speeds at which a join gets from one place and heading to another without anybody noticing.
constexpr float kEasyMetersPerSecond = 0.5f, kEasyRadiansPerSecond = 1.57f;

/// How long a join must be where frame `f` of `spliced` should stand as in `receiver`.
std::int64_t joinFramesAt(const Motion& spliced, const Motion& receiver, std::int64_t f) {
  const glm::vec2 gap = floorOf(spliced.rootPositions[std::size_t(f)]) - floorOf(receiver.rootPositions[std::size_t(f)]);
  const float turn = std::remainder(headingAt(spliced, f) - headingAt(receiver, f), 2 * glm::pi<float>());
  const float seconds = std::max(glm::length(gap) / kEasyMetersPerSecond, std::abs(turn) / kEasyRadiansPerSecond);
  return std::min(kMostJoinFrames, kLeastJoinFrames + std::int64_t(std::lround(seconds * float(kEngineRate.fps()))));
}

std::vector<FrameOrigin> originsWithin(const Take& take, FrameRange frames) {
  std::vector<FrameOrigin> origins;
  for (FrameOrigin origin : take.origins) {
    origin.frames = {std::max(origin.frames.start, frames.start), std::min(origin.frames.end, frames.end)};
    if (!origin.frames.isEmpty()) origins.push_back(std::move(origin));
  }
  return origins;
}

void append(std::vector<FrameOrigin>& all, const std::vector<FrameOrigin>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

SplicePlacing splicePlacing(const Timeline& timeline, FrameRange frames) {
  const TimeRange span{ticksOfFrame(frames.start, kEngineRate), ticksOfFrame(frames.end, kEngineRate)};
  const auto isPlace = [](const Clip& clip) {
    return std::holds_alternative<PoseCondition>(clip.condition) || std::holds_alternative<TargetCondition>(clip.condition) ||
           std::holds_alternative<PathCondition>(clip.condition);
  };
  for (const auto& track : timeline.tracks()) {
    if (!timeline.isAudible(*track)) continue;
    for (const auto& clip : timeline.clipsOf(track->id)) {
      if (!clip->muted && isPlace(*clip) && clip->span.start < span.end && span.start < clip->span.end) {
        return SplicePlacing::AsTheyStand;
      }
    }
  }
  return SplicePlacing::WhereEndsFit;
}

Result<Splice> spliceTakes(const Take& receiver, const Take& donor, FrameRange frames, SplicePlacing placing) {
  const Motion& to = *receiver.result.motion;
  const Motion& from = *donor.result.motion;
  if (receiver.id == donor.id) return refuse("That is the take that is shown already.");
  if (from.frameCount() != to.frameCount() || from.jointCount() != to.jointCount() || from.rate != to.rate) {
    return refuse("Take " + std::to_string(donor.number) + " is not as long as the take that is shown, so nothing of it fits.");
  }
  if (frames.isEmpty() || frames.start < 0 || frames.end > to.frameCount()) {
    return refuse("The frames to take over lie outside the performance.");
  }
  if (frames.length() == to.frameCount()) {
    return refuse("That is all of take " + std::to_string(donor.number) + "; show it instead.");
  }
  if (identityHash(from, frames) == identityHash(to, frames)) {
    return refuse("Both takes are the same there, so there is nothing to take over.");
  }
  Splice splice;
  Placement placement;
  if (placing == SplicePlacing::WhereEndsFit) placement = placementFor(to, from, frames);
  if (std::abs(placement.angle) <= kFitRadians && distanceOf(placement, from, frames) <= kFitMeters) placement = {};
  splice.turnedRadians = placement.angle;
  splice.movedMeters = distanceOf(placement, from, frames);

  const bool isPlaced = placement.angle != 0 || placement.move != glm::vec2(0);
  const glm::quat turn = glm::angleAxis(placement.angle, glm::vec3(0, 1, 0));
  auto motion = std::make_shared<Motion>(to);
  if (motion->contacts.empty()) motion->contacts.assign(std::size_t(to.frameCount()) * 4, 0);
  for (std::int64_t f = frames.start; f < frames.end; ++f) {
    Pose pose = from.pose(f);
    if (isPlaced) {
      const glm::vec2 place = placement.of(floorOf(pose.rootPosition));
      pose.rootPosition = {place.x, pose.rootPosition.y, place.y};
      pose.localRotations[kHips] = glm::normalize(turn * pose.localRotations[kHips]);
    }
    motion->setPose(f, pose);
    if (!from.contacts.empty()) std::copy_n(from.contacts.begin() + f * 4, 4, motion->contacts.begin() + f * 4);
  }
  splice.leastJoinIn = joinFramesAt(*motion, to, frames.start);
  splice.leastJoinOut = joinFramesAt(*motion, to, frames.end - 1);
  auto base = std::make_shared<Take>(receiver);
  base->result.motion = std::move(motion);
  base->origins = originsWithin(receiver, {0, frames.start});
  append(base->origins, originsWithin(donor, frames));
  append(base->origins, originsWithin(receiver, {frames.end, to.frameCount()}));
  splice.base = std::move(base);
  return splice;
}

void askForJoins(RequestOptions& options, const Splice& splice, FrameRange hold, Ticks falloffIn, Ticks falloffOut) {
  const std::int64_t all = splice.base->result.motion->frameCount();
  const std::int64_t in = std::max(frameAtOrAfter(falloffIn, kEngineRate), splice.leastJoinIn);
  const std::int64_t out = std::max(frameAtOrAfter(falloffOut, kEngineRate), splice.leastJoinOut);
  const FrameRange span{std::max<std::int64_t>(0, hold.start - in), std::min(all, hold.end + out)};
  const auto timeOf = [](FrameRange frames) {
    return TimeRange{ticksOfFrame(frames.start, kEngineRate), ticksOfFrame(frames.end, kEngineRate)};
  };
  options.base = splice.base;
  options.timeSelection = timeOf(span);
  options.keptSpans = {timeOf(hold)};
}

ReportLine spliceLine(const Splice& splice, const Take& donor, FrameRange frames) {
  char moved[120];
  if (splice.movedMeters > 0 || splice.turnedRadians != 0) {
    std::snprintf(moved, sizeof moved, "They were moved by %.2f m and turned by %.0f degrees to fit.", double(splice.movedMeters),
                  std::abs(double(splice.turnedRadians)) * 180 / glm::pi<double>());
  } else {
    std::snprintf(moved, sizeof moved, "Bit for bit; the joins on both sides were made anew.");
  }
  const std::string sentence = placeMark(frames) + " come from take " + std::to_string(donor.number);
  return {false, sentence, moved, frames.start};
}

}  // namespace kinescore
