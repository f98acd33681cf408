// The part of Session that says what has changed since a take was made.
#include <algorithm>
#include <unordered_map>

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

TimeRange within(TimeRange all, TimeRange part) {
  return {std::max(all.start, part.start), std::min(all.end, part.end)};
}

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
         (sameDraft(a.draft, b.draft) ? 0 : 1) + (a.span == b.span ? 0 : 1);
}

const GenerationRequest* Session::requestNow() const {
  if (requestRevision_ != document_.revision()) {
    requestRevision_ = document_.revision();
    RequestOptions options;
    options.wishes = wishes_;
    options.draft = draft_;
    options.sounds = heard_.sounds;
    Result<GenerationRequest> request = buildRequest(timeline(), options);
    request_.reset();
    if (request) {
      request_ = *std::move(request);
    }
  }
  return request_ ? &*request_ : nullptr;
}

int Session::changesSince(const GenerationRequest& request) const {
  const GenerationRequest* now = requestNow();
  return now ? countDifferences(*now, request, knowsSounds()) : 0;
}

int Session::changesSinceShown() const {
  const GenerationRequest* now = requestNow();
  const TakePointer take = takes_.shown();
  return now ? changesSince(take ? take->request : GenerationRequest{.span = now->span}) : 0;
}

bool Session::isStale(const Clip& clip) const {
  const TakePointer take = takes_.shown();
  if (take == nullptr || clip.muted) {
    return false;
  }
  const GenerationRequest& heard = take->request;
  if (const auto* text = std::get_if<TextCondition>(&clip.condition)) {
    const TextRequest wanted{clip.span, text->prompt, text->part, clip.strength};
    return std::none_of(heard.texts.begin(), heard.texts.end(), [&](const TextRequest& t) {
      return t.prompt == wanted.prompt && t.part == wanted.part && t.span == wanted.span &&
             t.strength == wanted.strength;
    });
  }
  if (const auto* key = std::get_if<PoseCondition>(&clip.condition)) {
    // A hold is asked for at each of the engine's frames; its last one tells whether it was as long.
    const auto isAsked = [&](Ticks time) {
      return std::any_of(heard.poses.begin(), heard.poses.end(),
                         [&](const PoseKeyRequest& p) { return p.time == time && p.pose == key->pose; });
    };
    const TimeRange held = within(heard.span, clip.span);
    const Ticks last = ticksOfFrame(frameAtOrAfter(held.end, kEngineRate) - 1, kEngineRate);
    const bool isLonger = held.length() > ticksOfFrame(1, rate()) && last > held.start && !isAsked(last);
    const bool isShorter = isAsked(last + ticksOfFrame(1, kEngineRate));
    return !isAsked(clip.span.start) || isLonger || isShorter;
  }
  if (const auto* contact = std::get_if<ContactCondition>(&clip.condition)) {
    return std::none_of(heard.contacts.begin(), heard.contacts.end(), [&](const ContactRequest& c) {
      return c.span == within(heard.span, clip.span) && c.contact == contact->contact && c.place == contact->place;
    });
  }
  if (const auto* path = std::get_if<PathCondition>(&clip.condition)) {
    return std::none_of(heard.paths.begin(), heard.paths.end(), [&](const PathRequest& p) {
      if (p.points.size() != path->points.size()) {
        return false;
      }
      for (std::size_t i = 0; i < p.points.size(); ++i) {
        if (p.points[i].time != path->points[i].time + clip.span.start ||
            p.points[i].position != path->points[i].position ||
            p.points[i].heading != path->points[i].heading) {
          return false;
        }
      }
      return true;
    });
  }
  return false;
}

}  // namespace kinescore
