// What is asked of the engine: plain data, made from a timeline (build_request.h) or by hand, and
// stored in the take it led to. Times are document time; the generator turns them into its frames.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/motion/body_sight.h"
#include "engine/motion/motion.h"
#include "engine/request/sampling_wishes.h"
#include "engine/timeline/timeline.h"

namespace kinescore {

struct HeardSound;  // engine/media/heard_sound.h

/// draft 6 steps, good 16, best 30.
enum class Quality { Draft, Good, Best };
enum class DeviceChoice { Auto, Cpu, Cuda };

[[nodiscard]] int stepsOf(Quality quality);
[[nodiscard]] const char* nameOf(Quality quality);
[[nodiscard]] std::optional<Quality> qualityNamed(std::string_view name);
[[nodiscard]] const char* nameOf(DeviceChoice device);
[[nodiscard]] std::optional<DeviceChoice> deviceNamed(std::string_view name);

struct TextRequest {
  TimeRange span;
  std::string prompt;
  BodyPart part = BodyPart::Whole;
  StrengthEnvelope strength;  // times from span.start
  bool operator==(const TextRequest&) const = default;
};
struct PoseKeyRequest {
  Ticks time;
  Pose pose;  // kinescore22, world
  float strength = 1;
  float toleranceMeters = 0.01f;
  bool operator==(const PoseKeyRequest&) const = default;
};
struct TargetRequest {
  Ticks time;
  int joint = 0;
  glm::vec3 position{0};
  std::optional<glm::quat> rotation;
  float strength = 1;
  float toleranceMeters = 0.01f;
  bool operator==(const TargetRequest&) const = default;
};
/// Waypoints in document time; the curve between them is a Catmull-Rom spline in time.
struct PathRequest {
  std::vector<PathPoint> points;  // `time` is document time here; sorted
  float strength = 1;
  bool operator==(const PathRequest&) const = default;
};
struct ContactRequest {
  TimeRange span;
  int contact = 0;  // index in kContactJoints
  std::optional<glm::vec3> place;
  bool operator==(const ContactRequest&) const = default;
};
/// A beat that the motion is to keep: a steady one, or what is heard in a recording.
struct RhythmRequest {
  TimeRange span;
  double beatsPerMinute = 120;
  Ticks firstBeat;         // document time of a first beat of a bar; may lie outside the span
  int beatsPerBar = 4;
  StrengthEnvelope strength;  // times from span.start
  /// With a recording the three numbers above are not looked at. Its second 0 lies at `soundStart`, in document time.
  std::shared_ptr<const HeardSound> heard;
  Ticks soundStart;
  bool operator==(const RhythmRequest& other) const;
};
/// What a camera saw of a performer, at the times of its own frames.
struct ViewRequest {
  TimeRange span;
  double framesPerSecond = 30;
  std::vector<BodySight> frames;  // the first at span.start
  StrengthEnvelope strength;      // times from span.start
  bool operator==(const ViewRequest&) const = default;
};
constexpr double kSlowestBeatsPerMinute = 20, kFastestBeatsPerMinute = 300;
constexpr int kUsualReferences = 2, kMostReferences = 3;
struct ReferenceRequest {
  TimeRange span;
  std::string clipId;
  bool mirror = false;
  float strength = 1;
  Ticks inPoint;      // of the library clip, shown at span.start
  std::optional<Ticks> outPoint;  // shown until there; absent: to the clip's end
  double speed = 1;
  bool operator==(const ReferenceRequest&) const = default;
};

/// A captured moment that the author wants shown beside a prompt, before those that the engine finds.
struct ReferencePin {
  std::string clipId;
  std::optional<TimeRange> part;  // of the clip, from its start; absent: what fits the prompt best
  std::string prompt;             // for prompts of exactly these words; empty: for every prompt
  bool operator==(const ReferencePin&) const = default;
};
/// What the author said about the references that the engine finds.
struct ReferenceWishes {
  std::vector<ReferencePin> pins;
  std::vector<std::string> forbidden;  // ids of clips that are never shown; a pin of the same clip does not count
  [[nodiscard]] bool isEmpty() const { return pins.empty() && forbidden.empty(); }
  [[nodiscard]] bool forbids(std::string_view clipId) const;
  bool operator==(const ReferenceWishes&) const = default;
};

/// The author's own rough motion, to be followed frame by frame.
struct DraftRequest {
  std::shared_ptr<const Motion> motion;  // kinescore22, 30 Hz, shown from `start` on
  std::string name;                      // where it came from: "walk.bvh", "Take 3"
  Ticks start;
  float strength = 1;
  std::string motionHash;                // identityHash of the motion, which a request that was read back lacks
};
/// The same motion at the same place, followed as closely.
[[nodiscard]] bool sameDraft(const std::optional<DraftRequest>& a, const std::optional<DraftRequest>& b);

struct GenerationRequest {
  TimeRange span{{0}, ticksFromSeconds(10)};  // the whole performance, starts at 0
  /// Only these engine frames are made anew; outside, `base` is copied bit for bit.
  std::optional<FrameRange> range;
  /// Frames within `range` that stay the base's too: sorted and apart.
  /// What is left of the range is made part by part (generation/parts.h).
  std::vector<FrameRange> kept;
  std::shared_ptr<const Motion> base;  // needed with `range`
  std::string baseTakeId;              // what `base` is, for the record

  std::vector<TextRequest> texts;
  std::vector<PoseKeyRequest> poses;
  std::vector<TargetRequest> targets;
  std::vector<PathRequest> paths;
  std::vector<ContactRequest> contacts;
  std::vector<ReferenceRequest> references;
  std::vector<RhythmRequest> rhythms;
  std::vector<ViewRequest> views;
  /// One look of the network in place of sampling: the best estimate of a motion that is seen the whole time.
  bool estimate = false;
  /// Captured moments that the engine finds for each prompt by its words and shows to the network,
  /// 0 … 3; what `references` names within a prompt counts towards it.
  int automaticReferences = kUsualReferences;
  ReferenceWishes wishes;
  std::optional<DraftRequest> draft;

  std::uint64_t seed = 1;
  Quality quality = Quality::Good;
  SamplingWishes sampling;  // in place of the quality's
  DeviceChoice device = DeviceChoice::Auto;
  int threads = 0;  // 0: the engine chooses; never changes the result

  /// What is made anew of `range`, in order; without a range everything.
  [[nodiscard]] std::vector<FrameRange> madeParts() const;
  /// Frames of the result at 30 Hz: every engine frame whose time lies in `span`.
  [[nodiscard]] std::int64_t frameCount() const { return frameAtOrAfter(span.end, kEngineRate); }
};

/// Nothing is asked of the engine beyond this.
constexpr Ticks kMaxPerformance{kTicksPerSecond * 3600};
constexpr std::size_t kMaxPromptBytes = 2000;

/// Nothing asked for, empty prompts, keys outside the span, unsorted paths, non-finite numbers, too
/// long: one sentence naming the culprit.
[[nodiscard]] Status checkRequest(const GenerationRequest& request);

/// JSON, without `base`; of a draft its name, place and the hash of its motion.
[[nodiscard]] std::string writeRequest(const GenerationRequest& request);
/// A draft comes back without its motion.
[[nodiscard]] Result<GenerationRequest> readRequest(std::string_view json);

}  // namespace kinescore
