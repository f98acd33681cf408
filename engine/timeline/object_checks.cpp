#include "engine/timeline/object_checks.h"

#include <algorithm>
#include <cmath>

namespace kinescore {
namespace {

Status refuse(std::string sentence) { return Error{ErrorCode::InvalidArgument, std::move(sentence)}; }

bool isWithinADay(Ticks t) { return -kMaxDocumentTime <= t && t <= kMaxDocumentTime; }
bool isFinite(const glm::vec2& v) { return std::isfinite(v.x) && std::isfinite(v.y); }
bool isFinite(const glm::vec3& v) { return std::isfinite(v.x) && std::isfinite(v.y) && std::isfinite(v.z); }
bool isRotation(const glm::quat& q) {
  const double length = std::sqrt(double(q.w) * q.w + double(q.x) * q.x + double(q.y) * q.y + double(q.z) * q.z);
  return std::isfinite(length) && std::abs(length - 1) < 1e-3;
}

Status checkText(const std::string& text, const char* what) {
  if (text.size() > kMaxTextBytes) return refuse(std::string(what) + " is longer than 1 MB; shorten it.");
  if (!isValidUtf8(text)) return refuse(std::string(what) + " holds bytes that are no text.");
  return {};
}

Status checkEnvelope(const StrengthEnvelope& envelope) {
  for (std::size_t i = 0; i < envelope.points.size(); ++i) {
    const EnvelopePoint& point = envelope.points[i];
    if (!(point.value >= 0 && point.value <= 1)) return refuse("A strength lies between 0 and 1.");
    if (!isWithinADay(point.time)) return refuse("A strength point lies more than a day away.");
    if (i > 0 && point.time <= envelope.points[i - 1].time) {
      return refuse("The points of a strength curve must follow one another in time.");
    }
  }
  return {};
}

Status check(const TextCondition& c) { return checkText(c.prompt, "The prompt"); }

Status check(const AudioCondition& c) {
  if (!(std::isfinite(c.beatsPerMinute) && c.beatsPerMinute >= 0 && std::isfinite(c.beatOffsetSeconds))) {
    return refuse("The tempo of a sound clip must be a positive number.");
  }
  if (!isWithinADay(c.inPoint)) return refuse("The in point of a sound clip lies more than a day away.");
  return checkText(c.file, "The file name");
}

Status checkSpeed(double speed, Ticks inPoint) {
  if (!(std::isfinite(speed) && speed > 0)) return refuse("The speed of a clip must be a positive number.");
  if (!isWithinADay(inPoint)) return refuse("The in point of a clip lies more than a day away.");
  return {};
}

Status check(const VideoCondition& c) {
  if (Status s = checkSpeed(c.speed, c.inPoint); !s) return s;
  return checkText(c.file, "The file name");
}

Status checkTolerance(float meters) {
  if (!(std::isfinite(meters) && meters >= 0)) return refuse("The tolerance of a key must be a positive number.");
  return {};
}

Status check(const PoseCondition& c) {
  if (int(c.pose.localRotations.size()) != kJointCount22) {
    return refuse("A pose key needs " + std::to_string(kJointCount22) + " joints, this one has " +
                  std::to_string(c.pose.localRotations.size()) + ".");
  }
  if (!isFinite(c.pose.rootPosition) ||
      !std::all_of(c.pose.localRotations.begin(), c.pose.localRotations.end(), isRotation)) {
    return refuse("A pose key holds numbers that are no pose.");
  }
  return checkTolerance(c.toleranceMeters);
}

Status check(const TargetCondition& c) {
  if (c.joint < 0 || c.joint >= kJointCount22) return refuse("A target names a joint that does not exist.");
  if (!isFinite(c.position) || (c.rotation && !isRotation(*c.rotation))) {
    return refuse("A target holds numbers that are no place.");
  }
  return checkTolerance(c.toleranceMeters);
}

Status check(const PathCondition& c) {
  for (std::size_t i = 0; i < c.points.size(); ++i) {
    const PathPoint& point = c.points[i];
    if (!isFinite(point.position) || (point.heading && !std::isfinite(*point.heading))) {
      return refuse("A path holds numbers that are no place.");
    }
    if (!isWithinADay(point.time)) return refuse("A path point lies more than a day away.");
    if (i > 0 && point.time <= c.points[i - 1].time) {
      return refuse("The points of a path must follow one another in time.");
    }
  }
  return {};
}

Status check(const ContactCondition& c) {
  if (c.contact < 0 || c.contact >= int(kContactJoints.size())) {
    return refuse("A contact names a part of the foot that does not exist.");
  }
  if (c.place && !isFinite(*c.place)) return refuse("A contact holds numbers that are no place.");
  return {};
}

Status check(const ReferenceCondition& c) {
  if (Status s = checkSpeed(c.speed, c.inPoint); !s) return s;
  return checkText(c.clipId, "The name of a reference clip");
}

Status checkColor(int color) {
  if (color < 0 || color > kLabelColors) return refuse("A label has one of the colours that are offered.");
  return {};
}

Status check(const Track& track) {
  if (Status s = checkColor(track.color); !s) return s;
  if (track.height < 0 || track.height > 2) return refuse("A track is compact, normal or tall.");
  return checkText(track.name, "The name of a track");
}

Status check(const Clip& clip) {
  if (clip.span.isEmpty()) return refuse("A clip needs a length; its end must come after its start.");
  if (!isWithinADay(clip.span.start) || !isWithinADay(clip.span.end)) {
    return refuse("A clip lies more than a day away.");
  }
  if (Status s = checkText(clip.name, "The name of a clip"); !s) return s;
  if (Status s = checkEnvelope(clip.strength); !s) return s;
  return std::visit([](const auto& condition) { return check(condition); }, clip.condition);
}

Status check(const Marker& marker) {
  if (Status s = checkColor(marker.color); !s) return s;
  if (!isWithinADay(marker.time)) return refuse("A marker lies more than a day away.");
  return checkText(marker.name, "The name of a marker");
}

Status check(const TimelineSettings& settings) {
  if (!settings.rate.isValid()) return refuse("The frame rate must be a positive number.");
  if (settings.duration <= Ticks{0} || settings.duration > kMaxDocumentTime) {
    return refuse("A performance is longer than nothing and shorter than a day.");
  }
  const TimeRange& play = settings.playRange;
  if (play.isEmpty() || play.start < Ticks{0} || play.end > settings.duration) {
    return refuse("The play range must have a length and lie within the performance.");
  }
  return {};
}

}  // namespace

Status checkObject(const TimelineObject& object) {
  if (idOf(object).value == 0) return refuse("An object of the timeline has no id.");
  return std::visit([](const auto& value) { return check(value); }, object);
}

bool fits(TrackKind kind, const Condition& condition) {
  switch (kind) {
    case TrackKind::Text:
    case TrackKind::PartText: return std::holds_alternative<TextCondition>(condition);
    case TrackKind::Audio: return std::holds_alternative<AudioCondition>(condition);
    case TrackKind::Video: return std::holds_alternative<VideoCondition>(condition);
    case TrackKind::Pose:
      return std::holds_alternative<PoseCondition>(condition) ||
             std::holds_alternative<TargetCondition>(condition);
    case TrackKind::Path: return std::holds_alternative<PathCondition>(condition);
    case TrackKind::Contact: return std::holds_alternative<ContactCondition>(condition);
    case TrackKind::Reference: return std::holds_alternative<ReferenceCondition>(condition);
  }
  return false;
}

bool isValidUtf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const int more = lead < 0x80 ? 0 : lead >= 0xC2 && lead < 0xE0 ? 1 : (lead & 0xF0) == 0xE0 ? 2 : lead >= 0xF0 && lead < 0xF5 ? 3 : -1;
    if (more < 0 || i + more >= text.size()) return false;
    std::uint32_t point = more == 0 ? lead : lead & (0x3F >> more);
    for (int k = 1; k <= more; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xC0) != 0x80) return false;
      point = point << 6 | (next & 0x3F);
    }
    const bool isOverlong = (more == 2 && point < 0x800) || (more == 3 && point < 0x10000);
    const bool isSurrogate = point >= 0xD800 && point <= 0xDFFF;
    if (isOverlong || isSurrogate || point > 0x10FFFF) return false;
    i += more + 1;
  }
  return true;
}

}  // namespace kinescore
