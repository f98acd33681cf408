// One generated result. Immutable.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/request/request.h"

namespace kinescore {

/// One line of the report: what was kept, or missed by how much and where. Places in it are marks: report_text.h.
struct ReportLine {
  bool isNote = false;        // true: missed something
  std::string sentence;       // "Right hand 2.1 cm off its pose"
  std::string detail;         // "Frame 214. Tolerance is 1 cm."
  std::optional<std::int64_t> engineFrame;
  bool operator==(const ReportLine&) const = default;
};

/// A captured moment that the network was shown beside a prompt.
struct ShownReference {
  std::string prompt;    // empty: it lies on the timeline
  std::string clipId;
  TimeRange part;         // of the clip, from its start
  bool mirror = false;
  bool pinned = false;    // asked for; else found by the prompt's words
  bool operator==(const ShownReference&) const = default;
};

/// Figures of the solve and of the motion; metres, metres a second.
struct TakeReport {
  std::vector<ReportLine> lines;
  std::vector<ShownReference> references;  // those on the timeline, then by prompt, best first
  double keyErrorMeanMeters = 0, keyErrorWorstMeters = 0;   // after the solve
  double keyErrorBeforeMeters = 0;                          // worst, before it
  double pathErrorMeanMeters = 0;
  double footSkateBefore = 0, footSkateAfter = 0;           // mm a frame while in contact
  double nearestClipMeters = -1;  // pose distance to the nearest library window; < 0: not measured
  std::string nearestClipId;
  bool operator==(const TakeReport&) const = default;
};

/// A run of frames and the take they came from; the run lengths add up to the motion's.
struct FrameOrigin {
  FrameRange frames;
  std::string takeId;
  bool operator==(const FrameOrigin&) const = default;
};

/// What the generator hands back.
struct GeneratedMotion {
  std::shared_ptr<const Motion> motion;  // kinescore22, 30 Hz, with contacts
  TakeReport report;
  std::string modelHash;       // SHA-256 of the weights
  std::string precisionPath;   // "cpu-fp32", "cuda-bf16" …
  std::string deviceName;
  int networkEvaluations = 0;
  double seconds = 0;
};

struct Take {
  std::string id;           // content hash of everything below but name, star and time taken
  std::string baseTakeId;   // empty: made from nothing
  std::string name;         // "Take 3"
  int number = 0;           // counts up in a project
  bool starred = false;
  std::optional<FrameRange> range;
  std::vector<FrameOrigin> origins;
  GeneratedMotion result;
  GenerationRequest request;  // without `base`
  std::string engineVersion;

  /// The hash that must be equal from the window and from the command line.
  [[nodiscard]] std::string motionHash() const { return identityHash(*result.motion); }
};

/// Puts a result into a take: id, origins, range. Its request keeps what was heard, not the recordings themselves.
[[nodiscard]] std::shared_ptr<const Take> makeTake(const GenerationRequest& request, GeneratedMotion result,
                                                   const Take* base, int number);

}  // namespace kinescore
