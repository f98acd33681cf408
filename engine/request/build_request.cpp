#include "engine/request/build_request.h"

#include <algorithm>

#include "engine/request/path_curve.h"

namespace kinescore {
namespace {

TimeRange overlap(TimeRange a, TimeRange b) { return {std::max(a.start, b.start), std::min(a.end, b.end)}; }

/// The mean of a strength curve over a clip.
float meanStrength(const StrengthEnvelope& envelope, Ticks length) {
  std::vector<Ticks> times = {Ticks{0}};
  for (const EnvelopePoint& point : envelope.points) {
    if (Ticks{0} < point.time && point.time < length) times.push_back(point.time);
  }
  times.push_back(length);
  double area = 0;
  for (std::size_t i = 1; i < times.size(); ++i) {
    area += 0.5 * (envelope.at(times[i - 1]) + envelope.at(times[i])) * double((times[i] - times[i - 1]).value);
  }
  return static_cast<float>(area / double(length.value));
}

class RequestBuilder {
 public:
  RequestBuilder(const Timeline& timeline, const RequestOptions& options, GenerationRequest& request)
      : rate_(timeline.settings().rate), options_(options), request_(request) {}

  void add(const Clip& clip) {
    std::visit([&](const auto& condition) { add(clip, condition); }, clip.condition);
  }

 private:
  void add(const Clip& clip, const TextCondition& text) {
    const TimeRange span = overlap(clip.span, request_.span);
    const bool isBlank = text.prompt.find_first_not_of(" \t\r\n") == std::string::npos;
    if (span.isEmpty() || isBlank) return;
    TextRequest asked{span, text.prompt, text.part, clip.strength};
    for (EnvelopePoint& point : asked.strength.points) point.time -= span.start - clip.span.start;
    request_.texts.push_back(std::move(asked));
  }

  void add(const Clip& clip, const PoseCondition& pose) {
    for (const auto& [time, strength] : keyTimes(clip)) {
      request_.poses.push_back({time, pose.pose, strength, pose.toleranceMeters});
    }
  }

  void add(const Clip& clip, const TargetCondition& target) {
    for (const auto& [time, strength] : keyTimes(clip)) {
      request_.targets.push_back(
          {time, target.joint, target.position, target.rotation, strength, target.toleranceMeters});
    }
  }

  void add(const Clip& clip, const PathCondition& path) {
    const TimeRange span = overlap(clip.span, request_.span);
    const float strength = meanStrength(clip.strength, clip.span.length());
    if (span.isEmpty() || strength <= 0) return;
    std::vector<PathPoint> points = path.points;
    for (PathPoint& point : points) point.time += clip.span.start;
    points = cutPath(points, span);
    if (!points.empty()) request_.paths.push_back({std::move(points), strength});
  }

  void add(const Clip& clip, const ContactCondition& contact) {
    const TimeRange span = overlap(clip.span, request_.span);
    if (!span.isEmpty()) request_.contacts.push_back({span, contact.contact, contact.place});
  }

  void add(const Clip& clip, const ReferenceCondition& reference) {
    // What the engine found by itself it finds again.
    if (reference.automatic) return;
    const TimeRange span = overlap(clip.span, request_.span);
    const float strength = meanStrength(clip.strength, clip.span.length());
    if (span.isEmpty() || strength <= 0) return;
    const Ticks cut = span.start - clip.span.start;
    const Ticks inPoint = reference.inPoint + ticksFromSeconds(secondsOf(cut) * reference.speed);
    request_.references.push_back(
        {span, reference.clipId, reference.mirror, strength, inPoint, std::nullopt, reference.speed});
  }

  // A tempo that the author wrote wins over what is heard.
  void add(const Clip& clip, const AudioCondition& audio) {
    const TimeRange span = overlap(clip.span, request_.span);
    if (span.isEmpty()) return;
    StrengthEnvelope strength = clip.strength;
    for (EnvelopePoint& point : strength.points) point.time -= span.start - clip.span.start;
    const Ticks soundStart = clip.span.start - audio.inPoint;
    if (audio.beatsPerMinute > 0) {
      request_.rhythms.push_back({span, audio.beatsPerMinute, soundStart + ticksFromSeconds(audio.beatOffsetSeconds), 4, std::move(strength)});
    } else if (const auto heard = options_.sounds.find(audio.file); heard != options_.sounds.end()) {
      const SoundKind kind = audio.kind == SoundKind::Auto ? options_.soundKind : audio.kind;
      RhythmRequest rhythm = rhythmOf(*heard->second, soundStart, span, std::move(strength), kind);
      if (!rhythm.span.isEmpty()) request_.rhythms.push_back(std::move(rhythm));
    }
  }
  // The engine does not look at video yet; the timeline keeps it.
  void add(const Clip&, const VideoCondition&) {}

  /// A key's own time; of a hold also every engine frame in it. A key on the very end belongs to the
  /// last instant.
  std::vector<std::pair<Ticks, float>> keyTimes(const Clip& clip) const {
    std::vector<std::pair<Ticks, float>> times;
    const auto addTime = [&](Ticks time) {
      const float strength = clip.strength.at(time - clip.span.start);
      if (time == request_.span.end) time -= Ticks{1};
      if (request_.span.contains(time) && strength > 0) times.emplace_back(time, strength);
    };
    addTime(clip.span.start);
    if (clip.span.length() > ticksOfFrame(1, rate_)) {
      const TimeRange held = overlap(clip.span, request_.span);
      const std::int64_t first = frameAt(clip.span.start, kEngineRate) + 1;
      const std::int64_t end = frameAtOrAfter(held.end, kEngineRate);
      for (std::int64_t f = std::max<std::int64_t>(first, 0); f < end; ++f) addTime(ticksOfFrame(f, kEngineRate));
    }
    return times;
  }

  FrameRate rate_;
  const RequestOptions& options_;
  GenerationRequest& request_;
};

Status takeRange(const RequestOptions& options, GenerationRequest& request) {
  if (!options.timeSelection) return {};
  if (!options.base) {
    return Error{ErrorCode::InvalidArgument, "There is no take yet to change a part of; generate the whole first."};
  }
  const TimeRange selected = overlap(*options.timeSelection, request.span);
  if (selected.isEmpty()) {
    return Error{ErrorCode::InvalidArgument, "The time selection lies outside the performance."};
  }
  FrameRange range = framesCovering(selected, kEngineRate);
  range.end = std::min(range.end, request.frameCount());
  request.range = range;
  for (const TimeRange& span : options.keptSpans) {
    const FrameRange kept{std::max(frameAtOrAfter(span.start, kEngineRate), range.start),
                          std::min(frameAt(span.end, kEngineRate), range.end)};
    if (!kept.isEmpty()) request.kept.push_back(kept);
  }
  request.base = options.base->result.motion;
  request.baseTakeId = options.base->id;
  return {};
}

template <class Visit>
void forEachAudibleClip(const Timeline& timeline, Visit visit) {
  for (const auto& track : timeline.tracks()) {
    if (!timeline.isAudible(*track)) continue;
    for (const auto& clip : timeline.clipsOf(track->id)) {
      if (!clip->muted) visit(*clip);
    }
  }
}

template <class List, class TimeOf>
void sortByTime(List& list, TimeOf timeOf) {
  std::stable_sort(list.begin(), list.end(),
                   [&](const auto& a, const auto& b) { return timeOf(a) < timeOf(b); });
}

}  // namespace

std::vector<std::string> soundFilesOf(const Timeline& timeline) {
  std::vector<std::string> files;
  forEachAudibleClip(timeline, [&](const Clip& clip) {
    const auto* audio = std::get_if<AudioCondition>(&clip.condition);
    if (audio == nullptr || audio->beatsPerMinute > 0 || audio->file.empty()) return;
    if (std::find(files.begin(), files.end(), audio->file) == files.end()) files.push_back(audio->file);
  });
  return files;
}

RhythmRequest rhythmOf(const HeardSound& heard, Ticks soundStart, TimeRange span, StrengthEnvelope strength,
                       SoundKind kind) {
  const Ticks soundEnd = soundStart + ticksFromSeconds(double(heard.frames()) / kHeardRate);
  RhythmRequest rhythm;
  rhythm.span = overlap(span, {soundStart, soundEnd});
  if (rhythm.span.isEmpty()) return rhythm;
  for (EnvelopePoint& point : strength.points) point.time -= rhythm.span.start - span.start;
  rhythm.strength = std::move(strength);
  HeardSound used = partOf(heard, secondsOf(rhythm.span.start - soundStart), secondsOf(rhythm.span.end - soundStart));
  if (kind != SoundKind::Auto) used = saidToBe(std::move(used), kind);
  auto part = std::make_shared<const HeardSound>(std::move(used));
  rhythm.soundStart = soundStart + ticksFromSeconds(part->startSeconds - heard.startSeconds);
  rhythm.heard = std::move(part);
  return rhythm;
}

Result<GenerationRequest> arrangedRequest(const Timeline& timeline, const RequestOptions& options) {
  GenerationRequest request;
  request.span = {{0}, timeline.settings().duration};
  request.seed = options.seed;
  request.quality = options.quality;
  request.sampling = options.sampling;
  request.automaticReferences = options.automaticReferences;
  request.wishes = options.wishes;
  request.draft = options.draft;
  request.device = options.device;
  request.rhythms = options.rhythms;
  request.views = options.views;
  request.estimate = options.estimate;

  RequestBuilder builder(timeline, options, request);
  forEachAudibleClip(timeline, [&](const Clip& clip) { builder.add(clip); });
  sortByTime(request.texts, [](const TextRequest& r) { return r.span.start; });
  sortByTime(request.poses, [](const PoseKeyRequest& r) { return r.time; });
  sortByTime(request.targets, [](const TargetRequest& r) { return r.time; });
  sortByTime(request.paths, [](const PathRequest& r) { return r.points.front().time; });
  sortByTime(request.contacts, [](const ContactRequest& r) { return r.span.start; });
  sortByTime(request.references, [](const ReferenceRequest& r) { return r.span.start; });
  sortByTime(request.rhythms, [](const RhythmRequest& r) { return r.span.start; });

  if (Status s = takeRange(options, request); !s) return s.error();
  return request;
}

Result<GenerationRequest> buildRequest(const Timeline& timeline, const RequestOptions& options) {
  Result<GenerationRequest> request = arrangedRequest(timeline, options);
  if (!request) return request.error();
  if (Status s = checkRequest(*request); !s) return s.error();
  return request;
}

GenerationRequest requestOfClip(const Timeline& timeline, const Clip& clip, const RequestOptions& options) {
  GenerationRequest request;
  request.span = {{0}, timeline.settings().duration};
  RequestBuilder(timeline, options, request).add(clip);
  return request;
}

}  // namespace kinescore
