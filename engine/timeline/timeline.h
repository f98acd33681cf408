// What the author arranges: tracks of conditions, placed in time. A Timeline is a cheap value:
// copies share their objects (copy on write), so that jobs, saves and the journal take snapshots
// without locks. It is changed only by applying a TimelinePatch (patch.h); edits (edit.h) make
// patches.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <nlohmann/json_fwd.hpp>

#include "engine/core/sound_kind.h"
#include "engine/core/ticks.h"
#include "engine/motion/motion.h"

namespace kinescore {

/// Names an object for as long as the project lives; also after it was deleted and came back.
struct ObjectId {
  std::uint64_t value = 0;  // 0 names nothing
  auto operator<=>(const ObjectId&) const = default;
};

/// Where new ids come from; injected, so that tests and replays are repeatable.
class IdSource {
 public:
  virtual ~IdSource() = default;
  virtual ObjectId next() = 0;
};

enum class TrackKind { Text, PartText, Audio, Video, Pose, Path, Contact, Reference };
enum class BodyPart { Whole, LeftArm, RightArm, Head, Spine, Legs };

/// How far a condition is obeyed over its span; linear between points. Empty means 1 throughout.
struct EnvelopePoint {
  Ticks time;        // from the clip's start
  float value = 1;   // 0…1
  bool operator==(const EnvelopePoint&) const = default;
};
struct StrengthEnvelope {
  std::vector<EnvelopePoint> points;  // sorted by time
  bool operator==(const StrengthEnvelope&) const = default;
  [[nodiscard]] float at(Ticks sinceStart) const;
};

/// Unknown fields of a newer version, kept as JSON text and written back.
using UnknownFields = std::string;

struct TextCondition {
  std::string prompt;
  BodyPart part = BodyPart::Whole;
  bool operator==(const TextCondition&) const = default;
};
struct AudioCondition {
  std::string file;  // relative to the project
  Ticks inPoint;
  double beatsPerMinute = 0;  // 0: found by the engine
  double beatOffsetSeconds = 0;
  SoundKind kind = SoundKind::Auto;  // of a recording without a written tempo
  bool operator==(const AudioCondition&) const = default;
};
struct VideoCondition {
  std::string file;
  Ticks inPoint;
  double speed = 1;
  bool mirror = false;
  bool operator==(const VideoCondition&) const = default;
};
/// A whole pose at a time; a span longer than one frame is a hold.
struct PoseCondition {
  Pose pose;  // kinescore22, world
  float toleranceMeters = 0.01f;
  bool operator==(const PoseCondition&) const = default;
};
/// One joint at a place (and optionally turned) at a time.
struct TargetCondition {
  int joint = 0;  // kinescore22
  glm::vec3 position{0};
  std::optional<glm::quat> rotation;
  float toleranceMeters = 0.01f;
  bool operator==(const TargetCondition&) const = default;
};
/// Where the root goes over the ground: a curve through points, world metres (x, z).
struct PathPoint {
  Ticks time;  // from the clip's start
  glm::vec2 position{0};             // x, z
  std::optional<float> heading;      // radians about +Y from +Z; absent: along the path
  bool operator==(const PathPoint&) const = default;
};
struct PathCondition {
  std::vector<PathPoint> points;  // sorted by time
  bool operator==(const PathCondition&) const = default;
};
/// A foot (or its heel or toe) that stands still.
struct ContactCondition {
  int contact = 0;  // index in kContactJoints
  bool hard = true;
  std::optional<glm::vec3> place;  // absent: where the engine finds it
  bool operator==(const ContactCondition&) const = default;
};
struct ReferenceCondition {
  std::string clipId;   // of the library
  Ticks inPoint;
  double speed = 1;
  bool mirror = false;
  bool automatic = false;  // found by the engine
  bool operator==(const ReferenceCondition&) const = default;
};

using Condition = std::variant<TextCondition, AudioCondition, VideoCondition, PoseCondition,
                               TargetCondition, PathCondition, ContactCondition, ReferenceCondition>;

/// A colour somebody gave a track or a marker: 0 is the usual one of its kind, 1 … kLabelColors are
/// places in the interface's palette.
constexpr int kLabelColors = 8;

struct Track {
  ObjectId id;
  TrackKind kind = TrackKind::Text;
  std::string name;
  int order = 0;  // top to bottom
  bool muted = false, soloed = false, locked = false, folded = false;
  int height = 1;  // 0 compact, 1 normal, 2 tall
  int color = 0;   // 0 … kLabelColors
  UnknownFields unknown;
  bool operator==(const Track&) const = default;
};

struct Clip {
  ObjectId id;
  ObjectId trackId;
  TimeRange span;  // keys (pose, target) have a span of at least one tick
  std::string name;
  bool muted = false, locked = false;
  StrengthEnvelope strength;
  Condition condition;
  UnknownFields unknown;
  bool operator==(const Clip&) const = default;
};

struct Marker {
  ObjectId id;
  Ticks time;
  std::string name;
  int color = 0;  // 0 … kLabelColors
  UnknownFields unknown;
  bool operator==(const Marker&) const = default;
};

/// The one settings object of a timeline; its id is kSettingsId.
struct TimelineSettings {
  FrameRate rate{30, 1};
  Ticks duration = ticksFromSeconds(10);
  TimeRange playRange{{0}, ticksFromSeconds(10)};
  UnknownFields unknown;
  bool operator==(const TimelineSettings&) const = default;
};
constexpr ObjectId kSettingsId{1};

using TimelineObject = std::variant<Track, Clip, Marker, TimelineSettings>;
[[nodiscard]] ObjectId idOf(const TimelineObject& object);

class Timeline {
 public:
  Timeline();

  [[nodiscard]] const TimelineSettings& settings() const;
  /// Top to bottom (by order, then id).
  [[nodiscard]] std::vector<std::shared_ptr<const Track>> tracks() const;
  [[nodiscard]] std::shared_ptr<const Track> findTrack(ObjectId id) const;
  [[nodiscard]] std::shared_ptr<const Clip> findClip(ObjectId id) const;
  /// Sorted by start, then id. Cheap: shared with the timeline until it changes.
  [[nodiscard]] const std::vector<std::shared_ptr<const Clip>>& clipsOf(ObjectId trackId) const;
  [[nodiscard]] std::vector<std::shared_ptr<const Marker>> markers() const;
  [[nodiscard]] std::optional<TimelineObject> findObject(ObjectId id) const;
  /// Heard by the engine: not muted, and soloed if any track of its kind group is.
  [[nodiscard]] bool isAudible(const Track& track) const;

  /// SHA-256 over all objects in id order: equal for equal content, whatever the history.
  [[nodiscard]] std::string contentHash() const;
  bool operator==(const Timeline& other) const;

 private:
  friend class TimelineEditor;  // patch.cpp; the only writer
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace kinescore
