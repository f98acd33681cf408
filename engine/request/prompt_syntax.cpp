#include "engine/request/prompt_syntax.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/storage/json.h"
#include "engine/timeline/edit.h"
#include "engine/timeline/ids.h"
#include "engine/timeline/json_fields.h"
#include "engine/timeline/object_checks.h"

namespace kinescore {
namespace {

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kTimeCharacters = "0123456789.,+-–sf \t";

Error refuse(std::string sentence) { return {ErrorCode::InvalidArgument, std::move(sentence)}; }

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

enum class Unit { None, Seconds, Frames };
struct TypedTime {
  double value = 0;
  Unit unit = Unit::None;
};

/// "3", "3.5s", "48f".
std::optional<TypedTime> parseTime(std::string_view text) {
  text = trimmed(text);
  TypedTime time;
  if (!text.empty() && (text.back() == 's' || text.back() == 'f')) {
    time.unit = text.back() == 's' ? Unit::Seconds : Unit::Frames;
    text = trimmed(text.substr(0, text.size() - 1));
  }
  if (text.empty() || text.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), time.value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return time;
}

std::optional<Ticks> ticksOf(const TypedTime& time, FrameRate rate) {
  if (time.unit == Unit::Seconds) {
    if (time.value > secondsOf(kMaxDocumentTime)) return std::nullopt;
    return ticksFromSeconds(time.value);
  }
  if (time.value != std::floor(time.value) || time.value > 1e9) return std::nullopt;
  const Ticks ticks = ticksOfFrame(static_cast<std::int64_t>(time.value), rate);
  return ticks <= kMaxDocumentTime ? std::optional(ticks) : std::nullopt;
}

/// The place of the dash between two times, "-" or "–", and its length.
std::pair<std::size_t, std::size_t> findDash(std::string_view text) {
  constexpr std::string_view kEnDash = "–";
  if (const std::size_t place = text.find('-'); place != std::string_view::npos) return {place, 1};
  return {text.find(kEnDash), kEnDash.size()};
}

Result<TimeRange> parseRange(std::string_view text, FrameRate rate, bool needsUnit) {
  const std::string shown(trimmed(text));
  const Error unreadable = refuse("“" + shown + "” is no time range; write it as “0-3s” or “48f-96f”.");
  const auto [dash, dashLength] = findDash(text);
  if (dash == std::string_view::npos) return unreadable;
  auto from = parseTime(text.substr(0, dash));
  auto to = parseTime(text.substr(dash + dashLength));
  if (!from || !to) return unreadable;
  if (needsUnit && to->unit == Unit::None) {
    return refuse("“" + shown + "” needs its unit: s for seconds or f for frames, as in “0-3s” or “48f-96f”.");
  }
  if (from->unit == Unit::None) from->unit = to->unit;
  const std::optional<Ticks> start = ticksOf(*from, rate);
  const std::optional<Ticks> end = ticksOf(*to, rate);
  if (!start || !end) return refuse("“" + shown + "” is out of reach: frames are whole numbers, and a day is the longest time.");
  if (*end <= *start) return refuse("“" + shown + "” ends before it starts.");
  return TimeRange{*start, *end};
}

Result<PathPoint> readPoint(const nlohmann::json& item, std::size_t index) {
  const std::string what = "point " + std::to_string(index + 1) + " of the path";
  double seconds = 0;
  PathPoint point;
  FieldReader fields(item, what);
  fields.require("t", seconds);
  fields.require("x", point.position.x);
  fields.require("z", point.position.y);
  fields.read("heading", point.heading);
  if (!fields.status()) return fields.status().error();
  if (std::abs(seconds) > secondsOf(kMaxDocumentTime)) {
    return Error{ErrorCode::BadInput, "The time of " + what + " is out of reach; a day is the longest."};
  }
  point.time = ticksFromSeconds(seconds);
  return point;
}

/// Applies one edit after the other; the first that fails ends it.
class TimelineWriter {
 public:
  template <class Edit>
  Status run(Edit edit) {
    Result<TimelinePatch> patch = edit(timeline_, ids_);
    if (!patch) return patch.error();
    Result<Timeline> next = apply(timeline_, *patch);
    if (!next) return next.error();
    timeline_ = std::move(*next);
    return {};
  }
  [[nodiscard]] const Timeline& timeline() const { return timeline_; }
  [[nodiscard]] ObjectId lastTrack() const { return timeline_.tracks().back()->id; }

 private:
  Timeline timeline_;
  SequentialIds ids_;
};

constexpr std::pair<std::string_view, BodyPart> kPartNames[] = {{"left arm", BodyPart::LeftArm},
                                                                 {"right arm", BodyPart::RightArm},
                                                                 {"head", BodyPart::Head},
                                                                 {"upper body", BodyPart::Spine},
                                                                 {"legs", BodyPart::Legs}};

Status addTrackNamed(TimelineWriter& writer, TrackKind kind, const char* name) {
  return writer.run([&](const Timeline& t, IdSource& ids) { return addTrack(t, ids, kind, name); });
}

Status addClipOf(TimelineWriter& writer, TimeRange span, Condition condition) {
  Clip clip;
  clip.trackId = writer.lastTrack();
  clip.span = span;
  clip.condition = std::move(condition);
  return writer.run([&](const Timeline& t, IdSource& ids) { return addClip(t, ids, clip); });
}

}  // namespace

Result<TimeRange> parseTimeRange(std::string_view text, FrameRate rate) {
  return parseRange(text, rate, /*needsUnit=*/false);
}

Result<PromptText> parsePromptText(std::string_view text, FrameRate rate) {
  text = trimmed(text);
  const std::size_t colon = text.find(':');
  const std::string_view head = colon == std::string_view::npos ? std::string_view() : trimmed(text.substr(0, colon));
  const bool startsWithTime = !head.empty() && (head[0] == '-' || (head[0] >= '0' && head[0] <= '9')) &&
                              head.find_first_not_of(kTimeCharacters) == std::string_view::npos;
  PromptText prompt;
  if (startsWithTime) {
    const Result<TimeRange> span = parseRange(head, rate, /*needsUnit=*/true);
    if (!span) return span.error();
    prompt.span = *span;
    text = trimmed(text.substr(colon + 1));
  }
  for (const auto& [name, part] : kPartNames) {
    if (!text.starts_with(name) || trimmed(text.substr(name.size())).substr(0, 1) != ":") continue;
    prompt.part = part;
    text = trimmed(trimmed(text.substr(name.size())).substr(1));
    break;
  }
  if (text.empty()) return refuse("A prompt is empty; write what happens, as in “0-3s: walk forward”.");
  if (text.size() > kMaxPromptBytes) {
    return refuse("A prompt is longer than " + std::to_string(kMaxPromptBytes) + " characters; split it.");
  }
  if (!isValidUtf8(text)) return refuse("A prompt holds bytes that are no text; write it in UTF-8.");
  prompt.prompt = std::string(text);
  return prompt;
}

Result<ReferencePin> parseReferencePin(std::string_view text, FrameRate rate) {
  ReferencePin pin;
  std::string_view clip = text;
  if (const std::size_t colon = clip.find(": "); colon != std::string_view::npos) {
    pin.prompt = std::string(clip.substr(colon + 2));
    clip = clip.substr(0, colon);
  }
  if (const std::size_t at = clip.rfind('@'); at != std::string_view::npos) {
    Result<TimeRange> part = parseTimeRange(clip.substr(at + 1), rate);
    if (!part) return part.error().withContext("The pin “" + std::string(text) + "”");
    pin.part = *part;
    clip = clip.substr(0, at);
  }
  pin.clipId = std::string(clip);
  if (pin.clipId.empty()) return Error{ErrorCode::InvalidArgument, "“" + std::string(text) + "” pins no clip; write its name as the report tells it, for example cmu_16_02@1-3s."};
  return pin;
}

Result<PathRequest> readPathFile(std::string_view text) {
  const Result<nlohmann::json> parsed = parseJson(text, "path file");
  if (!parsed) return parsed.error();
  FieldReader fields(*parsed, "the path file");
  const nlohmann::json* points = fields.find("points");
  if (points == nullptr || !points->is_array() || points->empty()) {
    return Error{ErrorCode::BadInput, "The path file has no list “points”; write {\"points\": [{\"t\": 0, \"x\": 0, \"z\": 0}, …]}."};
  }
  PathRequest path;
  for (std::size_t i = 0; i < points->size(); ++i) {
    const Result<PathPoint> point = readPoint((*points)[i], i);
    if (!point) return point.error();
    if (point->time < Ticks{0}) return Error{ErrorCode::BadInput, "Point " + std::to_string(i + 1) + " of the path lies before the start."};
    if (!path.points.empty() && point->time <= path.points.back().time) {
      return Error{ErrorCode::BadInput, "Point " + std::to_string(i + 1) + " of the path does not come after the one before it; sort them by t."};
    }
    path.points.push_back(*point);
  }
  return path;
}

Result<Timeline> timelineFromTexts(std::span<const std::string> texts, const std::optional<PathRequest>& path,
                                   FrameRate rate, std::optional<Ticks> duration) {
  if (!rate.isValid()) return refuse("The frame rate must be a positive number.");
  std::vector<PromptText> prompts;
  Ticks end;
  for (const std::string& text : texts) {
    Result<PromptText> prompt = parsePromptText(text, rate);
    if (!prompt) return prompt.error();
    if (prompt->span) end = std::max(end, prompt->span->end);
    prompts.push_back(std::move(*prompt));
  }
  if (path && !path->points.empty()) end = std::max(end, path->points.back().time);
  if (duration) end = *duration;
  if (end == Ticks{0}) end = kDefaultDuration;

  TimelineWriter writer;
  Status status = writer.run([&](const Timeline& t, IdSource&) {
    TimelineSettings settings = t.settings();
    settings.rate = rate;
    settings.duration = end;
    return changeSettings(t, settings);
  });
  const auto addPrompts = [&](TrackKind kind, const char* name) {
    bool hasTrack = false;
    for (const PromptText& prompt : prompts) {
      const bool isHere = (prompt.part == BodyPart::Whole) == (kind == TrackKind::Text);
      if (!status || !isHere) continue;
      if (!std::exchange(hasTrack, true)) status = addTrackNamed(writer, kind, name);
      if (!status) continue;
      status = addClipOf(writer, prompt.span.value_or(TimeRange{{0}, end}), TextCondition{prompt.prompt, prompt.part});
    }
  };
  addPrompts(TrackKind::Text, "Prompts");
  addPrompts(TrackKind::PartText, "Body parts");
  if (status && path) status = addTrackNamed(writer, TrackKind::Path, "Path");
  if (status && path) status = addClipOf(writer, {{0}, end}, PathCondition{path->points});
  if (!status) return status.error();
  return writer.timeline();
}

}  // namespace kinescore
