// The part of Session that says what has changed since a take was made.
#include <algorithm>
#include <unordered_map>

#include "engine/request/changed_spans.h"
#include "ui/document/session.h"

namespace kinescore {
namespace {

Ticks timeOf(const PoseKeyRequest& r) { return r.time; }
Ticks timeOf(const TargetRequest& r) { return r.time; }
Ticks timeOf(const PathRequest& r) { return r.points.empty() ? Ticks{0} : r.points.front().time; }
template <class T>
  requires requires(const T& r) { r.span.start; }
Ticks timeOf(const T& r) { return r.span.start; }
// Those without a time are few.
Ticks timeOf(const ReferencePin&) { return {0}; }
Ticks timeOf(const std::string&) { return {0}; }

/// How many of `a` are not in `b`. Only what begins at the same time is compared: ten thousand prompts are looked at
/// after every edit.
template <class T>
int countMissing(const std::vector<T>& a, const std::vector<T>& b) {
  std::unordered_multimap<std::int64_t, const T*> there;
  for (const T& entry : b) {
    there.emplace(timeOf(entry).value, &entry);
  }
  return int(std::count_if(a.begin(), a.end(), [&](const T& entry) {
    const auto [from, to] = there.equal_range(timeOf(entry).value);
    return std::none_of(from, to, [&](const auto& other) { return *other.second == entry; });
  }));
}

template <class T>
int differences(const std::vector<T>& a, const std::vector<T>& b) {
  return std::max(countMissing(a, b), countMissing(b, a));
}

}  // namespace

namespace {

/// What is pinned to these words.
std::vector<ReferencePin> pinsOf(const ReferenceWishes& wishes, const TextRequest& text) {
  std::vector<ReferencePin> pins;
  for (const ReferencePin& pin : wishes.pins) {
    if (pin.prompt.empty() || pin.prompt == text.prompt) {
      pins.push_back(pin);
    }
  }
  return pins;
}

}  // namespace

int countDifferences(const GenerationRequest& a, const GenerationRequest& b, bool comparesSounds) {
  const auto rhythmsOf = [&](const GenerationRequest& request) {
    std::vector<RhythmRequest> rhythms = request.rhythms;
    std::erase_if(rhythms, [&](const RhythmRequest& rhythm) { return rhythm.heard && !comparesSounds; });
    return rhythms;
  };
  return differences(a.texts, b.texts) + differences(a.poses, b.poses) +
         differences(rhythmsOf(a), rhythmsOf(b)) +
         differences(a.targets, b.targets) + differences(a.paths, b.paths) +
         differences(a.contacts, b.contacts) + differences(a.references, b.references) +
         differences(a.wishes.pins, b.wishes.pins) + differences(a.wishes.forbidden, b.wishes.forbidden) +
         (sameDraft(a.draft, b.draft) ? 0 : 1) + (a.sampling.avoid == b.sampling.avoid ? 0 : 1) + (a.span == b.span ? 0 : 1);
}

const GenerationRequest* Session::requestNow() const {
  if (requestRevision_ != document_.revision()) {
    requestRevision_ = document_.revision();
    staleRevision_ = 0;
    Result<GenerationRequest> request = buildRequest(timeline(), optionsNow());
    request_.reset();
    if (request) {
      request_ = *std::move(request);
    }
  }
  return request_ ? &*request_ : nullptr;
}

const std::optional<std::vector<TimeRange>>& Session::staleSpans() const {
  const GenerationRequest* now = requestNow();
  const TakePointer shown = takes_.shown();
  if (staleRevision_ != document_.revision() || staleOf_ != takes_.shownId()) {
    staleRevision_ = document_.revision();
    staleOf_ = takes_.shownId();
    stale_.reset();
    if (now != nullptr && shown != nullptr) {
      const auto find = [this](const std::string& id) -> const Take* { return takes_.find(id).get(); };
      // An author who changes how many references are found for the next take has not changed what is asked for.
      GenerationRequest asked = *now;
      asked.automaticReferences = shown->request.automaticReferences;
      stale_ = changedSince(*shown, asked, find, knowsSounds());
    }
  }
  return stale_;
}

QStringList Session::staleNames(int most) const {
  QStringList names;
  int others = 0;
  for (const auto& track : timeline().tracks()) {
    for (const auto& clip : timeline().clipsOf(track->id)) {
      if (!timeline().isAudible(*track) || !isStale(*clip)) {
        continue;
      }
      if (names.size() < most) {
        const auto* text = std::get_if<TextCondition>(&clip->condition);
        names << (text != nullptr ? tr("“%1”").arg(QString::fromStdString(text->prompt))
                                  : tr("%1 at %2").arg(kindName(track->kind)).arg(nearestFrame(clip->span.start, rate())));
      } else {
        ++others;
      }
    }
  }
  if (others > 0) {
    names << tr("and %1 more").arg(others);
  }
  return names;
}

int Session::changesSince(const GenerationRequest& request) const {
  const GenerationRequest* now = requestNow();
  return now ? countDifferences(*now, request, knowsSounds()) : 0;
}

int Session::changesSinceShown() const {
  const GenerationRequest* now = requestNow();
  if (now == nullptr) {
    return 0;
  }
  const TakePointer take = takes_.shown();
  const int changes = changesSince(take ? take->request : GenerationRequest{.span = now->span});
  // frames of an older take may not have heard of what the newest one has
  return changes == 0 && take && staleSpans() && !staleSpans()->empty() ? 1 : changes;
}

bool Session::isStale(const Clip& clip) const {
  const TakePointer shown = takes_.shown();
  if (shown == nullptr || clip.muted) {
    return false;
  }
  if (!hasHeard(shown->request, clip)) {
    return true;
  }
  const FrameRange frames = framesCovering(clip.span, kEngineRate);
  return std::any_of(shown->origins.begin(), shown->origins.end(), [&](const FrameOrigin& origin) {
    if (origin.takeId == shown->id || origin.frames.end <= frames.start || frames.end <= origin.frames.start) {
      return false;
    }
    const TakePointer older = takes_.find(origin.takeId);
    return older != nullptr && older->request.span == shown->request.span && !hasHeard(older->request, clip);
  });
}

bool Session::hasHeard(const GenerationRequest& heard, const Clip& clip) const {
  RequestOptions options;
  options.sounds = heard_.sounds;
  const GenerationRequest asked = requestOfClip(timeline(), clip, options);
  const auto isAll = [](const auto& some, const auto& all) {
    return std::all_of(some.begin(), some.end(), [&](const auto& one) { return std::find(all.begin(), all.end(), one) != all.end(); });
  };
  if (!asked.poses.empty()) {
    // A hold is asked for at each of the engine's frames; one that was longer had the same pose after its end, too.
    const Ticks after = ticksOfFrame(nearestFrame(asked.poses.back().time, kEngineRate) + 1, kEngineRate);
    const bool wasLonger = std::any_of(heard.poses.begin(), heard.poses.end(), [&](const PoseKeyRequest& p) {
      return p.time == after && p.pose == asked.poses.back().pose;
    });
    if (wasLonger) {
      return false;
    }
  }
  const bool hasPins = std::all_of(asked.texts.begin(), asked.texts.end(), [&](const TextRequest& text) {
    return text.part != BodyPart::Whole || pinsOf(wishes_, text) == pinsOf(heard.wishes, text);
  });
  return hasPins && isAll(asked.texts, heard.texts) && isAll(asked.poses, heard.poses) && isAll(asked.targets, heard.targets) &&
         isAll(asked.paths, heard.paths) && isAll(asked.contacts, heard.contacts) &&
         isAll(asked.references, heard.references) && (!knowsSounds() || isAll(asked.rhythms, heard.rhythms));
}

}  // namespace kinescore
