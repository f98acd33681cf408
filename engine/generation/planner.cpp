#include "engine/generation/planner.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <glm/gtc/matrix_transform.hpp>

#include "engine/motion/kinematics.h"
#include "engine/request/path_curve.h"

namespace kinescore {
namespace {

/// A key this early says where the performance begins.
constexpr std::int64_t kOpeningFrames = 3;
/// Slower than this a path has no direction.
constexpr float kSlowestPath = 0.1f;  // m/s

constexpr std::int64_t roundedUpToPatch(std::int64_t frames) {
  return (frames + kPatchFrames - 1) / kPatchFrames * kPatchFrames;
}
constexpr std::int64_t roundedDownToPatch(std::int64_t frames) { return frames / kPatchFrames * kPatchFrames; }

float headingOfDirection(glm::vec2 xz) { return std::atan2(xz.x, xz.y); }

void writePosition(const WindowSpace& space, const glm::vec3& world, float strength, int frame, int joint,
                   WindowConditions& c) {
  const glm::vec3 p = space.windowFromWorld(world);
  const std::size_t at = std::size_t(frame) * kJointCount22 + joint;
  for (int axis = 0; axis < 3; ++axis) c.jointPosition[at * 3 + axis] = p[axis];
  c.jointMask[at] = strength;
}

void writeRotation(const WindowSpace& space, const glm::quat& world, float strength, int frame, int joint,
                   WindowConditions& c) {
  const glm::mat3 turn = glm::mat3_cast(glm::normalize(space.windowFromWorldTurn() * world));
  const std::size_t at = std::size_t(frame) * kJointCount22 + joint;
  for (int axis = 0; axis < 3; ++axis) {
    c.jointRotation[at * 6 + axis] = turn[0][axis];
    c.jointRotation[at * 6 + 3 + axis] = turn[1][axis];
  }
  c.rotationMask[at] = strength;
}

void writeHeading(const WindowSpace& space, float worldHeading, float strength, int frame, WindowConditions& c) {
  c.heading[frame * 2] = std::cos(worldHeading - space.heading);
  c.heading[frame * 2 + 1] = std::sin(worldHeading - space.heading);
  c.headingMask[frame] = strength;
}

const char* nameOf(BodyPart part) {
  switch (part) {
    case BodyPart::Whole: return "";
    case BodyPart::LeftArm: return "left arm";
    case BodyPart::RightArm: return "right arm";
    case BodyPart::Head: return "head";
    case BodyPart::Spine: return "upper body";
    case BodyPart::Legs: return "legs";
  }
  return "";
}

}  // namespace

std::string promptText(const TextRequest& text) {
  if (text.part == BodyPart::Whole) return text.prompt;
  return std::string(nameOf(text.part)) + ": " + text.prompt;
}

WindowPlan planWindows(std::int64_t frameCount, const std::optional<FrameRange>& range) {
  assert(frameCount > 0);
  WindowPlan plan;
  plan.made = range ? *range : FrameRange{0, frameCount};
  assert(plan.made.start >= 0 && plan.made.start < plan.made.end && plan.made.end <= frameCount);
  const std::int64_t first =
      range ? roundedDownToPatch(std::max<std::int64_t>(0, range->start - kContextFrames)) : 0;
  const std::int64_t last = range ? std::min(frameCount, range->end + kContextFrames) : frameCount;
  const std::int64_t length = roundedUpToPatch(last - first);
  if (length <= kWindowFrames) {
    plan.windows.push_back({first, first + length});
    return plan;
  }
  constexpr std::int64_t longestStride = kWindowFrames - kContextFrames - kLookAheadFrames;
  const std::int64_t beyond = length - kWindowFrames;
  const std::int64_t strides = (beyond + longestStride - 1) / longestStride;
  for (std::int64_t i = 0; i <= strides; ++i) {
    const std::int64_t start = first + roundedUpToPatch(beyond * i / strides);
    plan.windows.push_back({start, start + kWindowFrames});
  }
  assert(plan.windows.back().end == first + length);
  return plan;
}

Result<WindowComposer> WindowComposer::prepare(const GenerationRequest& request, const FeatureStatistics& statistics,
                                               const PromptEncoder& encodePrompt,
                                               std::vector<PlacedReference> references) {
  WindowComposer composer(request, statistics);
  for (const TextRequest& text : request.texts) {
    Result<PromptTokens> tokens = encodePrompt(promptText(text));
    if (!tokens) return tokens.error();
    assert(tokens->sentence.size() == kTextWidth);
    assert(tokens->tokens.size() == tokens->words.size() * kTextWidth);
    std::vector<Side> sides = sidesOfWords(tokens->words);
    composer.prompts_.push_back({text, std::move(*tokens), std::move(sides)});
  }
  if (!request.sampling.avoid.empty()) {
    Result<PromptTokens> tokens = encodePrompt(request.sampling.avoid);
    if (!tokens) return tokens.error();
    std::vector<Side> sides = sidesOfWords(tokens->words);
    composer.avoided_ = {{request.span, request.sampling.avoid, BodyPart::Whole, {}}, std::move(*tokens), std::move(sides)};
  }
  composer.references_ = std::move(references);
  return composer;
}

WindowSpace openingSpaceOf(const GenerationRequest& request) {
  std::optional<WindowSpace> space;
  const Ticks opening = ticksOfFrame(kOpeningFrames, kEngineRate);
  for (const PoseKeyRequest& key : request.poses) {
    if (key.time >= opening) continue;
    const WorldPose world = forwardKinematics(*kinescore22(), key.pose);
    space = WindowSpace{{key.pose.rootPosition.x, key.pose.rootPosition.z}, headingOf(world)};
    break;
  }
  for (const PathRequest& path : request.paths) {
    if (path.points.front().time >= opening) continue;
    const PathSample start = evaluatePath(path.points, path.points.front().time);
    const bool hasDirection = glm::length(start.velocity) > kSlowestPath;
    const float facing = space           ? space->heading
                         : start.heading ? *start.heading
                         : hasDirection  ? headingOfDirection(start.velocity)
                                         : 0.0f;
    return {start.position, facing};
  }
  if (space) return *space;
  if (request.base && request.base->frameCount() > 0) {
    const WorldPose world = forwardKinematics(*request.base->skeleton, request.base->pose(0));
    return {{world.positions[kHips].x, world.positions[kHips].z}, headingOf(world)};
  }
  return {};
}

std::optional<BodySight> sightAt(const ViewRequest& view, Ticks time) {
  if (!view.span.contains(time)) return std::nullopt;
  const double at = secondsOf(time - view.span.start) * view.framesPerSecond;
  const auto before = std::size_t(at);
  if (before >= view.frames.size()) return std::nullopt;
  const BodySight& next = view.frames[std::min(before + 1, view.frames.size() - 1)];
  return between(view.frames[before], next, float(at - double(before)));
}

bool WindowComposer::isKnown(std::int64_t frame, std::int64_t knownUntil) const {
  if (frame >= frameCount_) return false;
  return frame < knownUntil || (request_->range && !request_->range->contains(frame));
}

WindowConditions WindowComposer::compose(FrameRange window, const WindowSpace& space,
                                         std::span<const float> worldFeatures, std::int64_t knownUntil) const {
  assert(worldFeatures.size() == std::size_t(frameCount_) * kFeatureCount);
  WindowConditions conditions = WindowConditions::empty(int(window.length()));
  addPaths(window, space, conditions);
  addContacts(window, space, conditions);
  addTargets(window, space, conditions);
  addPoses(window, space, conditions);
  for (int f = 0; f < conditions.frames; ++f) {
    const std::int64_t frame = window.start + f;
    if (!isKnown(frame, knownUntil)) continue;
    const std::span row = std::span(conditions.known).subspan(std::size_t(f) * kFeatureCount, kFeatureCount);
    const auto source = worldFeatures.subspan(std::size_t(frame) * kFeatureCount, kFeatureCount);
    std::copy(source.begin(), source.end(), row.begin());
    moveToWindow(row, space);
    statistics_->normalise(row);
    conditions.knownMask[f] = 1;
    // A key on a frame that may not change could only contradict it.
    std::fill_n(conditions.jointMask.begin() + std::ptrdiff_t(f) * kJointCount22, kJointCount22, 0.0f);
    std::fill_n(conditions.jointPosition.begin() + std::ptrdiff_t(f) * kJointCount22 * 3, kJointCount22 * 3, 0.0f);
    std::fill_n(conditions.rotationMask.begin() + std::ptrdiff_t(f) * kJointCount22, kJointCount22, 0.0f);
    std::fill_n(conditions.jointRotation.begin() + std::ptrdiff_t(f) * kJointCount22 * 6, kJointCount22 * 6, 0.0f);
    std::fill_n(conditions.path.begin() + std::ptrdiff_t(f) * 2, 2, 0.0f);
    std::fill_n(conditions.heading.begin() + std::ptrdiff_t(f) * 2, 2, 0.0f);
    std::fill_n(conditions.contact.begin() + std::ptrdiff_t(f) * 4, 4, 0.0f);
    std::fill_n(conditions.contactMask.begin() + std::ptrdiff_t(f) * 4, 4, 0.0f);
    conditions.pathMask[f] = conditions.headingMask[f] = 0;
  }
  addTexts(window, conditions);
  addReferences(window, conditions);
  addRhythms(window, conditions);
  addViews(window, conditions);
  return conditions;
}

void WindowComposer::addTexts(FrameRange window, WindowConditions& conditions) const {
  for (const Prompt& prompt : prompts_) {
    const std::int64_t start = frameAtOrAfter(prompt.request.span.start, kEngineRate);
    const std::int64_t end = frameAtOrAfter(prompt.request.span.end, kEngineRate);
    if (end <= window.start || start >= window.end || end <= start) continue;
    TextTokens text;
    text.startFrame = int(start - window.start);
    text.endFrame = int(end - window.start);
    text.tokens = prompt.tokens.tokens;
    text.sides = prompt.sides;
    text.sentence = prompt.tokens.sentence;
    text.part = prompt.request.part;
    if (!prompt.request.strength.points.empty()) {
      for (int f = 0; f < conditions.frames; ++f) {
        const Ticks time = ticksOfFrame(window.start + f, kEngineRate);
        text.strength.push_back(prompt.request.strength.at(time - prompt.request.span.start));
      }
    }
    conditions.texts.push_back(std::move(text));
  }
  if (avoided_) {
    // All the window long, and not as something that is done once in its course.
    TextTokens text;
    text.endFrame = conditions.frames;
    text.tokens = avoided_->tokens.tokens;
    text.sides = avoided_->sides;
    text.sentence = avoided_->tokens.sentence;
    text.isTimed = false;
    conditions.avoided.push_back(std::move(text));
  }
}

void WindowComposer::addReferences(FrameRange window, WindowConditions& conditions) const {
  const TimeRange shown{ticksOfFrame(window.start, kEngineRate), ticksOfFrame(window.end, kEngineRate)};
  for (const PlacedReference& reference : references_) {
    if (!reference.span.overlaps(shown)) continue;
    if (reference.isDraft) {
      addDraft(window, reference, conditions);
      continue;
    }
    if (int(conditions.references.size()) == kMostReferences) continue;
    ReferenceTokens tokens = reference.tokens;
    tokens.startFrame = int(std::max(frameAtOrAfter(reference.span.start, kEngineRate) - window.start, std::int64_t(0)));
    tokens.endFrame = int(std::min(frameAtOrAfter(reference.span.end, kEngineRate), window.end) - window.start);
    conditions.references.push_back(std::move(tokens));
  }
}

/// The rows of the draft whose frames lie in the window, each at its own.
void WindowComposer::addDraft(FrameRange window, const PlacedReference& draft, WindowConditions& conditions) {
  const std::int64_t start = frameAtOrAfter(draft.span.start, kEngineRate);
  const std::int64_t end = std::min(frameAtOrAfter(draft.span.end, kEngineRate), start + draft.tokens.frames);
  const FrameRange seen{std::max(start, window.start), std::min(end, window.end)};
  if (seen.isEmpty()) return;
  conditions.draft.assign(std::size_t(conditions.frames) * kDraftChannels, 0.0f);
  conditions.draftMask.assign(conditions.frames, 0.0f);
  const auto first = draft.tokens.values.begin() + (seen.start - start) * kDraftChannels;
  std::copy_n(first, seen.length() * kDraftChannels, conditions.draft.begin() + (seen.start - window.start) * kDraftChannels);
  std::fill_n(conditions.draftMask.begin() + (seen.start - window.start), seen.length(), draft.tokens.strength);
}

void WindowComposer::addRhythms(FrameRange window, WindowConditions& conditions) const {
  for (const RhythmRequest& rhythm : request_->rhythms) {
    if (!rhythm.span.overlaps({ticksOfFrame(window.start, kEngineRate), ticksOfFrame(window.end, kEngineRate)})) continue;
    if (conditions.rhythm.empty()) {
      conditions.rhythm.assign(std::size_t(conditions.frames) * kRhythmChannels, 0.0f);
      conditions.rhythmMask.assign(conditions.frames, 0.0f);
    }
    std::vector<float> written(conditions.rhythm.size());
    if (rhythm.heard) {
      writeHeard(*rhythm.heard, secondsOf(rhythm.soundStart) * kEngineRate.fps() - double(window.start), conditions.frames, written);
    } else {
      Beat beat;
      beat.period = 60 * kEngineRate.fps() / rhythm.beatsPerMinute;
      beat.beatsPerBar = rhythm.beatsPerBar;
      beat.first = secondsOf(rhythm.firstBeat) * kEngineRate.fps() - double(window.start);
      writeBeat(beat, conditions.frames, written);
    }
    for (int f = 0; f < conditions.frames; ++f) {
      const Ticks time = ticksOfFrame(window.start + f, kEngineRate);
      if (!rhythm.span.contains(time)) continue;
      std::copy_n(written.begin() + std::ptrdiff_t(f) * kRhythmChannels, kRhythmChannels,
                  conditions.rhythm.begin() + std::ptrdiff_t(f) * kRhythmChannels);
      conditions.rhythmMask[f] = rhythm.strength.at(time - rhythm.span.start);
    }
  }
}

void WindowComposer::addViews(FrameRange window, WindowConditions& conditions) const {
  for (const ViewRequest& view : request_->views) {
    for (int f = 0; f < conditions.frames; ++f) {
      const Ticks time = ticksOfFrame(window.start + f, kEngineRate);
      const std::optional<BodySight> sight = sightAt(view, time);
      if (!sight) continue;
      if (conditions.view.empty()) {
        conditions.view.assign(std::size_t(conditions.frames) * kViewChannels, 0.0f);
        conditions.viewMask.assign(conditions.frames, 0.0f);
      }
      const auto row = std::span(conditions.view).subspan(std::size_t(f) * kViewChannels).first<kViewChannels>();
      if (writeSight(*sight, row)) conditions.viewMask[f] = view.strength.at(time - view.span.start);
    }
  }
}

void WindowComposer::addPoses(FrameRange window, const WindowSpace& space, WindowConditions& conditions) const {
  for (const PoseKeyRequest& key : request_->poses) {
    const std::int64_t frame = std::min(nearestFrame(key.time, kEngineRate), frameCount_ - 1);
    if (!window.contains(frame) || key.strength <= 0) continue;
    const int f = int(frame - window.start);
    const WorldPose world = forwardKinematics(*kinescore22(), key.pose);
    for (int j = 0; j < kJointCount22; ++j) {
      writePosition(space, world.positions[j], key.strength, f, j, conditions);
      writeRotation(space, world.rotations[j], key.strength, f, j, conditions);
    }
    writeHeading(space, headingOf(world), key.strength, f, conditions);
  }
}

void WindowComposer::addTargets(FrameRange window, const WindowSpace& space, WindowConditions& conditions) const {
  for (const TargetRequest& target : request_->targets) {
    const std::int64_t frame = std::min(nearestFrame(target.time, kEngineRate), frameCount_ - 1);
    if (!window.contains(frame) || target.strength <= 0) continue;
    const int f = int(frame - window.start);
    writePosition(space, target.position, target.strength, f, target.joint, conditions);
    if (target.rotation) writeRotation(space, *target.rotation, target.strength, f, target.joint, conditions);
  }
}

void WindowComposer::addPaths(FrameRange window, const WindowSpace& space, WindowConditions& conditions) const {
  for (const PathRequest& path : request_->paths) {
    const Ticks first = path.points.front().time, last = path.points.back().time;
    for (int f = 0; f < conditions.frames; ++f) {
      const Ticks time = ticksOfFrame(window.start + f, kEngineRate);
      if (time < first || time > last || window.start + f >= frameCount_) continue;
      const PathSample sample = evaluatePath(path.points, time);
      const glm::vec3 p = space.windowFromWorld({sample.position.x, 0, sample.position.y});
      conditions.path[f * 2] = p.x;
      conditions.path[f * 2 + 1] = p.z;
      conditions.pathMask[f] = path.strength;
      if (sample.heading) writeHeading(space, *sample.heading, path.strength, f, conditions);
    }
  }
}

void WindowComposer::addContacts(FrameRange window, const WindowSpace& space, WindowConditions& conditions) const {
  for (const ContactRequest& contact : request_->contacts) {
    const std::int64_t first = frameAtOrAfter(contact.span.start, kEngineRate);
    const std::int64_t end = std::min(frameAtOrAfter(contact.span.end, kEngineRate), frameCount_);
    for (std::int64_t frame = std::max(first, window.start); frame < std::min(end, window.end); ++frame) {
      const int f = int(frame - window.start);
      conditions.contact[f * 4 + contact.contact] = 1;
      conditions.contactMask[f * 4 + contact.contact] = 1;
      if (contact.place) writePosition(space, *contact.place, 1, f, kContactJoints[contact.contact], conditions);
    }
  }
}

}  // namespace kinescore
