#include "engine/request/request.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/media/heard_sound.h"
#include "engine/timeline/object_checks.h"

namespace kinescore {
namespace {

constexpr std::array<const char*, 3> kQualityNames = {"draft", "good", "best"};
constexpr std::array<const char*, 3> kDeviceNames = {"auto", "cpu", "cuda"};

Status refuse(std::string sentence) { return Error{ErrorCode::InvalidArgument, std::move(sentence)}; }

std::string secondsText(Ticks t) {
  std::string text = std::to_string(std::llround(secondsOf(t) * 100) / 100.0);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " s";
}

bool isShare(double value) { return value >= 0 && value <= 1; }  // false for NaN

/// The rules of timeline objects hold for their requests too.
Status checkCondition(const std::string& who, Condition condition, const StrengthEnvelope& strength = {}) {
  Clip clip;
  clip.id = {2};
  clip.span = {{0}, {1}};
  clip.strength = strength;
  clip.condition = std::move(condition);
  const Status checked = checkObject(clip);
  return checked ? checked : Status(checked.error().withContext(who));
}

Status checkSpan(const GenerationRequest& request, const std::string& who, TimeRange span) {
  if (span.isEmpty()) return refuse(who + " has no length.");
  if (span.start < request.span.start || span.end > request.span.end) {
    return refuse(who + " reaches outside the performance, which ends at " + secondsText(request.span.end) + ".");
  }
  return {};
}

Status checkKeyTime(const GenerationRequest& request, const std::string& who, Ticks time, float strength) {
  if (!request.span.contains(time)) {
    return refuse(who + " at " + secondsText(time) + " lies outside the performance, which ends at " +
                  secondsText(request.span.end) + ".");
  }
  if (!isShare(strength)) return refuse("The strength of " + who + " must lie between 0 and 1.");
  return {};
}

Status check(const GenerationRequest& request, const TextRequest& text) {
  const std::string shown = text.prompt.size() <= 40 ? text.prompt : text.prompt.substr(0, 37) + "…";
  if (text.prompt.find_first_not_of(" \t\r\n") == std::string::npos) {
    return refuse("The prompt at " + secondsText(text.span.start) + " is empty; write what happens there.");
  }
  if (text.prompt.size() > kMaxPromptBytes) {
    return refuse("The prompt at " + secondsText(text.span.start) + " is longer than " +
                  std::to_string(kMaxPromptBytes) + " characters; split it.");
  }
  if (Status s = checkSpan(request, "The prompt “" + shown + "”", text.span); !s) return s;
  return checkCondition("The prompt “" + shown + "”", TextCondition{text.prompt, text.part}, text.strength);
}

Status check(const GenerationRequest& request, const PoseKeyRequest& key) {
  if (Status s = checkKeyTime(request, "The pose key", key.time, key.strength); !s) return s;
  return checkCondition("The pose key at " + secondsText(key.time), PoseCondition{key.pose, key.toleranceMeters});
}

Status check(const GenerationRequest& request, const TargetRequest& target) {
  if (Status s = checkKeyTime(request, "The target", target.time, target.strength); !s) return s;
  return checkCondition("The target at " + secondsText(target.time),
                        TargetCondition{target.joint, target.position, target.rotation, target.toleranceMeters});
}

Status check(const GenerationRequest& request, const PathRequest& path) {
  if (path.points.empty()) return refuse("A path has no points; draw it or delete it.");
  if (!isShare(path.strength)) return refuse("The strength of a path must lie between 0 and 1.");
  if (Status s = checkCondition("A path", PathCondition{path.points}); !s) return s;
  if (path.points.front().time < request.span.start || path.points.back().time > request.span.end) {
    return refuse("A path reaches outside the performance, which ends at " + secondsText(request.span.end) + ".");
  }
  return {};
}

Status check(const GenerationRequest& request, const ContactRequest& contact) {
  if (Status s = checkSpan(request, "A contact", contact.span); !s) return s;
  return checkCondition("A contact", ContactCondition{contact.contact, true, contact.place});
}

Status check(const GenerationRequest& request, const ReferenceRequest& reference) {
  const std::string who = "The reference “" + reference.clipId + "”";
  if (reference.clipId.empty()) return refuse("A reference names no clip of the library.");
  if (!isShare(reference.strength)) return refuse("The strength of " + who + " must lie between 0 and 1.");
  if (Status s = checkSpan(request, who, reference.span); !s) return s;
  return checkCondition(who, ReferenceCondition{reference.clipId, reference.inPoint, reference.speed, reference.mirror});
}

Status check(const ReferenceWishes& wishes) {
  for (const ReferencePin& pin : wishes.pins) {
    if (pin.clipId.empty()) return refuse("A pinned reference names no clip of the library.");
    if (pin.part && (pin.part->isEmpty() || pin.part->start < Ticks{0})) {
      return refuse("The part of the pinned reference “" + pin.clipId + "” has no length; write start and end, as in " + pin.clipId + "@1-3s.");
    }
  }
  return {};
}

Status check(const DraftRequest& draft) {
  const std::string who = "The draft “" + draft.name + "”";
  if (!draft.motion || draft.motion->frameCount() < 1) return refuse(who + " holds no motion.");
  if (draft.motion->jointCount() != kJointCount22 || draft.motion->rate != kEngineRate) {
    return refuse(who + " is not of the engine's own skeleton.");
  }
  if (!isShare(draft.strength)) return refuse("The strength of the draft must lie between 0 and 1.");
  return {};
}

bool isSorted(const std::vector<double>& times) {
  return std::all_of(times.begin(), times.end(), [](double t) { return std::isfinite(t); }) &&
         std::is_sorted(times.begin(), times.end());
}

Status check(const HeardSound& heard) {
  const std::string who = "The recording “" + heard.file + "”";
  if (heard.onset.empty()) return refuse(who + " has no length.");
  if (heard.loudness.size() != heard.onset.size() || heard.bands.size() != heard.onset.size() * kHeardBands) {
    return refuse(who + " is not described for all its frames.");
  }
  if (!isSorted(heard.beats) || !isSorted(heard.downbeats)) return refuse("The beats of the recording “" + heard.file + "” are not in order.");
  for (const auto* values : {&heard.onset, &heard.loudness, &heard.bands}) {
    if (!std::all_of(values->begin(), values->end(), isShare)) return refuse(who + " is described by numbers outside 0 to 1.");
  }
  return {};
}

Status check(const GenerationRequest& request, const RhythmRequest& rhythm) {
  if (rhythm.heard) {
    if (Status s = check(*rhythm.heard); !s) return s;
    return checkSpan(request, "A sound", rhythm.span);
  }
  if (!(rhythm.beatsPerMinute >= kSlowestBeatsPerMinute && rhythm.beatsPerMinute <= kFastestBeatsPerMinute)) {
    return refuse("A beat must lie between 20 and 300 a minute.");
  }
  if (rhythm.beatsPerBar < 1 || rhythm.beatsPerBar > 32) return refuse("A bar must have 1 to 32 beats.");
  return checkSpan(request, "A beat", rhythm.span);
}

Status check(const GenerationRequest& request, const ViewRequest& view) {
  if (view.frames.empty()) return refuse("A view of a performer has no frames.");
  if (!(view.framesPerSecond >= 1 && view.framesPerSecond <= 1000)) {
    return refuse("A view of a performer must have 1 to 1000 frames a second.");
  }
  for (const BodySight& sight : view.frames) {
    for (int k = 0; k < kViewPoints; ++k) {
      if (!std::isfinite(sight.points[k].x) || !std::isfinite(sight.points[k].y) || !isShare(sight.confidence[k])) {
        return refuse("A view of a performer holds a point that is no number, or a confidence outside 0 to 1.");
      }
    }
    for (int axis = 0; axis < 3; ++axis) {
      if (!std::isfinite(sight.cameraTurning[axis])) return refuse("A view of a performer holds a camera's turning that is no number.");
    }
  }
  return checkSpan(request, "A view of a performer", view.span);
}

template <class List>
Status checkAll(const GenerationRequest& request, const List& list) {
  for (const auto& item : list) {
    if (Status s = check(request, item); !s) return s;
  }
  return {};
}

Status checkRange(const GenerationRequest& request) {
  if (!request.range && !request.kept.empty()) return refuse("Frames can be kept only of a part that is made anew.");
  if (!request.range) return {};
  if (!request.base) return refuse("There is no take yet to change a part of; generate the whole first.");
  const Motion& base = *request.base;
  if (base.jointCount() != kJointCount22 || base.rate != kEngineRate) {
    return refuse("The take to change a part of is not of the engine's own skeleton.");
  }
  if (base.frameCount() != request.frameCount()) {
    return refuse("The take is " + secondsText(base.duration()) + " long and the timeline " +
                  secondsText(request.span.end) + "; generate the whole first.");
  }
  if (request.range->start < 0 || request.range->end > base.frameCount() ||
      request.range->start >= request.range->end) {
    return refuse("The time selection lies outside the performance.");
  }
  std::int64_t next = request.range->start;
  for (const FrameRange& kept : request.kept) {
    if (kept.start < next || kept.end <= kept.start || kept.end > request.range->end) {
      return refuse("The frames to keep within the time selection are not in order or lie outside it.");
    }
    next = kept.end;
  }
  if (request.madeParts().empty()) return refuse("Nothing is left to be made anew in the time selection.");
  return {};
}

template <std::size_t N, class Enum>
std::optional<Enum> named(const std::array<const char*, N>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

int stepsOf(Quality quality) {
  switch (quality) {
    case Quality::Draft: return 6;
    case Quality::Good: return 16;
    case Quality::Best: return 30;
  }
  return 16;
}

const char* nameOf(Quality quality) { return kQualityNames[static_cast<std::size_t>(quality)]; }
std::optional<Quality> qualityNamed(std::string_view name) { return named<3, Quality>(kQualityNames, name); }
const char* nameOf(DeviceChoice device) { return kDeviceNames[static_cast<std::size_t>(device)]; }
std::optional<DeviceChoice> deviceNamed(std::string_view name) { return named<3, DeviceChoice>(kDeviceNames, name); }

Status checkRequest(const GenerationRequest& request) {
  if (request.span.start != Ticks{0} || request.span.isEmpty()) {
    return refuse("A performance starts at 0 and has a length.");
  }
  if (request.span.end > kMaxPerformance) {
    return refuse("The performance is longer than an hour; split the project.");
  }
  if (request.texts.empty() && request.poses.empty() && request.targets.empty() && request.paths.empty() &&
      request.references.empty() && request.rhythms.empty() && request.views.empty() && !request.draft && request.kept.empty()) {
    return refuse("Nothing is asked for yet; write a prompt or pin a pose.");
  }
  if (request.automaticReferences < 0 || request.automaticReferences > kMostReferences) {
    return refuse("The engine shows at most " + std::to_string(kMostReferences) + " references a prompt.");
  }
  if (Status s = checkSampling(request.sampling); !s) return s;
  if (request.threads < 0 || request.threads > 4096) return refuse("The number of threads must lie between 0 and 4096.");
  if (Status s = checkAll(request, request.texts); !s) return s;
  if (Status s = checkAll(request, request.poses); !s) return s;
  if (Status s = checkAll(request, request.targets); !s) return s;
  if (Status s = checkAll(request, request.paths); !s) return s;
  if (Status s = checkAll(request, request.contacts); !s) return s;
  if (Status s = checkAll(request, request.references); !s) return s;
  if (Status s = checkAll(request, request.rhythms); !s) return s;
  if (Status s = checkAll(request, request.views); !s) return s;
  if (Status s = check(request.wishes); !s) return s;
  if (request.draft) {
    if (Status s = check(*request.draft); !s) return s;
  }
  return checkRange(request);
}

bool RhythmRequest::operator==(const RhythmRequest& other) const {
  if (!heard != !other.heard || (heard && !(*heard == *other.heard))) return false;
  return span == other.span && beatsPerMinute == other.beatsPerMinute && firstBeat == other.firstBeat &&
         beatsPerBar == other.beatsPerBar && strength == other.strength && soundStart == other.soundStart;
}

std::vector<FrameRange> GenerationRequest::madeParts() const {
  const FrameRange all = range.value_or(FrameRange{0, frameCount()});
  std::vector<FrameRange> parts;
  std::int64_t next = all.start;
  for (const FrameRange& keep : kept) {
    if (keep.start > next) parts.push_back({next, keep.start});
    next = std::max(next, keep.end);
  }
  if (next < all.end) parts.push_back({next, all.end});
  return parts;
}

bool ReferenceWishes::forbids(std::string_view clipId) const {
  return std::find(forbidden.begin(), forbidden.end(), clipId) != forbidden.end();
}

bool sameDraft(const std::optional<DraftRequest>& a, const std::optional<DraftRequest>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->motionHash == b->motionHash && a->start == b->start && a->strength == b->strength;
}

}  // namespace kinescore
