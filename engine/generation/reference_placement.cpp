#include "engine/generation/reference_placement.h"

#include <algorithm>
#include <cassert>
#include <set>

#include "engine/generation/performance.h"

namespace kinescore {
namespace {

constexpr int kReferenceValues = 66 + 132;
constexpr std::int64_t kReferenceGroup = 4;  // frames a token of a reference

Error cancelled() { return {ErrorCode::Cancelled, "Generating was cancelled"}; }

/// The clip a reference names, mirrored and at its speed if asked, for as long as it is shown.
Motion shownPart(const LibraryClip& clip, const ReferenceRequest& reference) {
  const std::int64_t longest =
      std::min<std::int64_t>(kWindowFrames, frameAtOrAfter(reference.span.length(), kEngineRate));
  Motion part;
  part.skeleton = clip.motion.skeleton;
  for (std::int64_t f = 0; f < longest; ++f) {
    const Ticks shown = ticksFromSeconds(secondsOf(ticksOfFrame(f, kEngineRate)) * reference.speed);
    const Ticks time = reference.inPoint + shown;
    if (time >= clip.motion.duration() || (reference.outPoint && time >= *reference.outPoint)) break;
    part.appendPose(evaluate(clip.motion, time));
  }
  return reference.mirror ? mirrored(part) : part;
}

ReferenceTokens referenceTokens(const Motion& part, const FeatureStatistics& statistics, float strength) {
  MotionFeatures features = featuresFromMotion(part);
  statistics.normalise(features.values);
  ReferenceTokens tokens;
  tokens.frames = features.frames;
  tokens.strength = strength;
  for (std::int64_t f = 0; f < features.frames; ++f) {
    const auto first = features.values.begin() + f * kFeatureCount + kPositionChannel;
    tokens.values.insert(tokens.values.end(), first, first + kReferenceValues);
  }
  return tokens;
}

class Placer {
 public:
  Placer(const GenerationRequest& request, const Ensemble& ensemble, const std::stop_token& stop)
      : request_(request), ensemble_(ensemble), stop_(stop) {}

  Result<ReferencePlacement> place() {
    placeDraft();
    if (Status done = placeNamed(); !done) return done.error();
    if (Status done = placeFound(); !done) return done.error();
    return std::move(placement_);
  }

 private:
  void note(bool isNote, std::string sentence, std::string detail, std::optional<std::int64_t> frame = {}) {
    placement_.notes.push_back({isNote, std::move(sentence), std::move(detail), frame});
  }

  void placeDraft() {
    if (!request_.draft) return;
    const DraftRequest& draft = *request_.draft;
    if (!ensemble_.denoiser->followsDrafts()) {
      return note(true, "The draft “" + draft.name + "” was left out", "This model was not trained to follow one.");
    }
    ReferenceTokens tokens = referenceTokens(*draft.motion, ensemble_.denoiser->statistics(), draft.strength);
    const Ticks end = std::min(draft.start + draft.motion->duration(), request_.span.end);
    if (draft.start >= end) return note(true, "The draft “" + draft.name + "” was left out", "It lies outside the performance.");
    placement_.placed.push_back({{draft.start, end}, std::move(tokens), true});
  }

  Status placeNamed() {
    if (request_.references.empty()) return {};
    if (!ensemble_.denoiser->seesReferences()) {
      note(true, "The references were left out", "This model was not trained to look at any.");
      return {};
    }
    std::shared_ptr<const Library> library;
    if (ensemble_.openLibrary) {
      Result<std::shared_ptr<const Library>> opened = ensemble_.openLibrary();
      if (!opened) return opened.error();
      library = *opened;
    }
    for (const ReferenceRequest& reference : request_.references) {
      if (stop_.stop_requested()) return cancelled();
      const LibraryClip* clip = library ? library->findClip(reference.clipId) : nullptr;
      const Motion part = clip ? shownPart(*clip, reference) : Motion{};
      if (part.frameCount() == 0) {
        note(true, "The reference “" + reference.clipId + "” was left out",
             clip ? "Nothing of the clip is shown in its span." : "It is not in the motion library.",
             nearestFrame(reference.span.start, kEngineRate));
        continue;
      }
      placement_.placed.push_back(
          {reference.span, referenceTokens(part, ensemble_.denoiser->statistics(), reference.strength)});
      const Ticks seen = ticksFromSeconds(secondsOf(part.duration()) * reference.speed);
      if (isMade(reference.span)) {
        placement_.shown.push_back({"", reference.clipId, {reference.inPoint, reference.inPoint + seen}, reference.mirror, true});
      }
    }
    return {};
  }

  /// Frames that are only kept owe nothing to what is beside them, whatever the network sees around the others.
  [[nodiscard]] bool isMade(const TimeRange& span) const {
    return !request_.range || (span.start < ticksOfFrame(request_.range->end, kEngineRate) &&
                               ticksOfFrame(request_.range->start, kEngineRate) < span.end);
  }

  [[nodiscard]] bool asksForFinds() const { return request_.automaticReferences > 0 || !request_.wishes.pins.empty(); }

  Status placeFound() {
    if (!asksForFinds() || request_.texts.empty()) return {};
    if (!ensemble_.denoiser->seesReferences()) {
      if (!request_.wishes.pins.empty()) {
        note(true, "The pinned references were left out", "This model was not trained to look at any.");
      }
      return {};
    }
    if (!ensemble_.openReferences) return {};
    const Result<std::shared_ptr<const ReferenceLibrary>> from = ensemble_.openReferences();
    if (!from) return from.error();
    if (!*from) return {};
    std::vector<std::vector<FoundReference>> found;
    for (std::size_t i = 0; i < request_.texts.size(); ++i) {
      if (stop_.stop_requested()) return cancelled();
      if (Status done = findFor(**from, int(i), found); !done) return done;
    }
    placeBestFirst(*(*from)->library, found);
    return {};
  }

  Status findFor(const ReferenceLibrary& from, int number, std::vector<std::vector<FoundReference>>& found) {
    const TextRequest& text = request_.texts[std::size_t(number)];
    if (text.part != BodyPart::Whole) return {};
    const auto named = std::count_if(request_.references.begin(), request_.references.end(),
                                     [&](const ReferenceRequest& r) { return r.span.overlaps(text.span); });
    const int count = std::max(request_.automaticReferences - int(named), 0);
    const Result<PromptTokens> prompt = ensemble_.encodePrompt(promptText(text));
    if (!prompt) return prompt.error();
    FoundReferences here = findReferences(from, text, prompt->sentence, count, request_.wishes, request_.seed, number);
    const std::int64_t frame = nearestFrame(text.span.start, kEngineRate);
    for (const std::string& clip : here.missing) {
      if (!missing_.insert(clip).second) continue;  // told once, however many prompts it is pinned to
      note(true, "The pinned reference “" + clip + "” was left out", "It is not in the motion library.", frame);
    }
    if (here.references.empty()) return {};
    for (const FoundReference& r : here.references) {
      if (!isMade(text.span)) break;
      placement_.shown.push_back(
          {text.prompt, r.request.clipId, {r.request.inPoint, *r.request.outPoint}, r.request.mirror, r.pinned});
    }
    found.push_back(std::move(here.references));
    return {};
  }

  /// The best of every prompt before the second of any.
  void placeBestFirst(const Library& library, const std::vector<std::vector<FoundReference>>& found) {
    for (std::size_t rank = 0; rank < std::size_t(kMostReferences); ++rank) {
      for (const std::vector<FoundReference>& ofPrompt : found) {
        if (rank >= ofPrompt.size()) continue;
        const ReferenceRequest& reference = ofPrompt[rank].request;
        const LibraryClip* clip = library.findClip(reference.clipId);
        assert(clip);
        const Motion part = shownPart(*clip, reference);
        if (part.frameCount() < kReferenceGroup) continue;
        placement_.placed.push_back(
            {reference.span, referenceTokens(part, ensemble_.denoiser->statistics(), reference.strength)});
      }
    }
  }

  const GenerationRequest& request_;
  const Ensemble& ensemble_;
  const std::stop_token& stop_;
  ReferencePlacement placement_;
  std::set<std::string> missing_;
};

}  // namespace

Result<ReferencePlacement> placeReferences(const GenerationRequest& request, const Ensemble& ensemble, const std::stop_token& stop) {
  return Placer(request, ensemble, stop).place();
}

}  // namespace kinescore
