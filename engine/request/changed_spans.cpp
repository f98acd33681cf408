#include "engine/request/changed_spans.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace kinescore {
namespace {

TimeRange spanOf(const TextRequest& r) { return r.span; }
TimeRange spanOf(const ContactRequest& r) { return r.span; }
TimeRange spanOf(const ReferenceRequest& r) { return r.span; }
TimeRange spanOf(const RhythmRequest& r) { return r.span; }
TimeRange spanOf(const ViewRequest& r) { return r.span; }
TimeRange spanOf(const PoseKeyRequest& r) { return {r.time - kKeyMargin + kChangeMargin, r.time + kKeyMargin - kChangeMargin}; }
TimeRange spanOf(const TargetRequest& r) { return {r.time - kKeyMargin + kChangeMargin, r.time + kKeyMargin - kChangeMargin}; }
TimeRange spanOf(const PathRequest& r) {
  return r.points.empty() ? TimeRange{} : TimeRange{r.points.front().time, r.points.back().time};
}

class Changes {
 public:
  /// Each condition that only one side has.
  template <class List>
  void compare(const List& a, const List& b) {
    addMissing(a, b);
    addMissing(b, a);
  }

  /// Of a path that only had points moved: as far as the curve through them changed, two points each way.
  void comparePaths(const std::vector<PathRequest>& a, const std::vector<PathRequest>& b) {
    const bool isSameButPoints = a.size() == 1 && b.size() == 1 && a[0].strength == b[0].strength &&
                                 a[0].points.size() == b[0].points.size();
    if (!isSameButPoints) return compare(a, b);
    const std::vector<PathPoint>&p = a[0].points, &q = b[0].points;
    for (std::size_t i = 0; i < p.size(); ++i) {
      if (p[i] == q[i]) continue;
      const std::size_t from = i < 2 ? 0 : i - 2, to = std::min(i + 2, p.size() - 1);
      add({std::min(p[from].time, q[from].time), std::max(p[to].time, q[to].time)});
    }
  }

  void addExactly(TimeRange span) { spans_.push_back(span); }

  /// Within `whole`, joined where they touch or nearly do: a sliver between two parts is not worth keeping.
  [[nodiscard]] std::vector<TimeRange> joinedWithin(TimeRange whole) {
    std::sort(spans_.begin(), spans_.end(), [](TimeRange a, TimeRange b) { return a.start < b.start; });
    std::vector<TimeRange> joined;
    for (TimeRange span : spans_) {
      span = {std::max(span.start, whole.start), std::min(span.end, whole.end)};
      if (span.isEmpty()) continue;
      if (!joined.empty() && span.start - joined.back().end < kLeastKept) {
        joined.back().end = std::max(joined.back().end, span.end);
      } else {
        joined.push_back(span);
      }
    }
    return joined;
  }

 private:
  static constexpr Ticks kLeastKept{kTicksPerSecond / 2};

  /// Only what begins at the same time is compared: ten thousand prompts are looked at after every edit.
  template <class T>
  void addMissing(const std::vector<T>& of, const std::vector<T>& in) {
    std::unordered_multimap<std::int64_t, const T*> there;
    for (const T& item : in) there.emplace(spanOf(item).start.value, &item);
    for (const T& item : of) {
      const auto [from, to] = there.equal_range(spanOf(item).start.value);
      if (std::none_of(from, to, [&](const auto& other) { return *other.second == item; })) add(spanOf(item));
    }
  }
  void add(TimeRange span) { spans_.push_back({span.start - kChangeMargin, span.end + kChangeMargin}); }

  std::vector<TimeRange> spans_;
};

std::vector<RhythmRequest> comparable(std::vector<RhythmRequest> rhythms, bool comparesSounds) {
  std::erase_if(rhythms, [&](const RhythmRequest& rhythm) { return rhythm.heard && !comparesSounds; });
  return rhythms;
}

bool concernsEverything(const GenerationRequest& before, const GenerationRequest& now) {
  return before.span != now.span || before.estimate != now.estimate || before.wishes != now.wishes ||
         before.sampling.avoid != now.sampling.avoid ||
         before.automaticReferences != now.automaticReferences || !sameDraft(before.draft, now.draft);
}

Changes timedChanges(const GenerationRequest& before, const GenerationRequest& now, bool comparesSounds) {
  Changes changes;
  changes.compare(before.texts, now.texts);
  changes.compare(before.poses, now.poses);
  changes.compare(before.targets, now.targets);
  changes.comparePaths(before.paths, now.paths);
  changes.compare(before.contacts, now.contacts);
  changes.compare(before.references, now.references);
  changes.compare(before.views, now.views);
  changes.compare(comparable(before.rhythms, comparesSounds), comparable(now.rhythms, comparesSounds));
  return changes;
}

}  // namespace

std::optional<std::vector<TimeRange>> changedSpans(const GenerationRequest& before, const GenerationRequest& now,
                                                   bool comparesSounds) {
  if (concernsEverything(before, now)) return std::nullopt;
  return timedChanges(before, now, comparesSounds).joinedWithin(now.span);
}

std::optional<std::vector<TimeRange>> changedSince(const Take& shown, const GenerationRequest& now,
                                                   const std::function<const Take*(const std::string&)>& find,
                                                   bool comparesSounds) {
  if (concernsEverything(shown.request, now)) return std::nullopt;
  Changes all;
  std::map<std::string, std::vector<TimeRange>> ofTakes;
  for (const FrameOrigin& origin : shown.origins) {
    if (ofTakes.count(origin.takeId) == 0) {
      const Take* take = origin.takeId == shown.id ? &shown : find(origin.takeId);
      const GenerationRequest& heard = take != nullptr && take->request.span == now.span ? take->request : shown.request;
      ofTakes[origin.takeId] = timedChanges(heard, now, comparesSounds).joinedWithin(now.span);
    }
    const TimeRange run{ticksOfFrame(origin.frames.start, kEngineRate), ticksOfFrame(origin.frames.end, kEngineRate)};
    for (const TimeRange& span : ofTakes[origin.takeId]) {
      const TimeRange part{std::max(span.start, run.start), std::min(span.end, run.end)};
      // what rounding to frames left at a border is nothing to make anew
      if (part.length() > ticksOfFrame(2, kEngineRate)) all.addExactly(part);
    }
  }
  return all.joinedWithin(now.span);
}

void askForSpans(RequestOptions& options, const std::vector<TimeRange>& spans, TimeRange whole) {
  options.timeSelection.reset();
  options.keptSpans.clear();
  if (spans.empty()) return;
  Ticks untouched = whole.length();
  for (const TimeRange& span : spans) untouched -= span.length();
  if (untouched < Ticks{kTicksPerSecond}) return;
  options.timeSelection = TimeRange{spans.front().start, spans.back().end};
  for (std::size_t i = 1; i < spans.size(); ++i) options.keptSpans.push_back({spans[i - 1].end, spans[i].start});
}

}  // namespace kinescore
