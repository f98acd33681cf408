#include "engine/request/report_text.h"

#include <cctype>
#include <charconv>
#include <cstdio>
#include <optional>

namespace kinescore {
namespace {

// "{t 1411200000}" or "{t 1411200000 1434720000}", in ticks.
constexpr std::string_view kOpen = "{t ";

/// What stands between the open bracket and the closing one; nothing when it is no mark.
std::optional<TimeRange> readMark(std::string_view inside) {
  TimeRange place;
  const char* end = inside.data() + inside.size();
  const auto first = std::from_chars(inside.data(), end, place.start.value);
  if (first.ec != std::errc()) return std::nullopt;
  place.end = place.start;
  if (first.ptr == end) return place;
  if (*first.ptr != ' ') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, place.end.value);
  return second.ec == std::errc() && second.ptr == end ? std::optional(place) : std::nullopt;
}

std::string inSeconds(TimeRange place) {
  char text[64];
  if (place.isEmpty()) std::snprintf(text, sizeof text, "%.2f s", secondsOf(place.start));
  else std::snprintf(text, sizeof text, "%.2f to %.2f s", secondsOf(place.start), secondsOf(place.end));
  return text;
}

}  // namespace

std::string placeMark(Ticks time) { return std::string(kOpen) + std::to_string(time.value) + "}"; }

std::string placeMark(TimeRange run) {
  return std::string(kOpen) + std::to_string(run.start.value) + " " + std::to_string(run.end.value) + "}";
}

std::string placeMark(FrameRange frames) {
  return placeMark(TimeRange{ticksOfFrame(frames.start, kEngineRate), ticksOfFrame(frames.end, kEngineRate)});
}

std::string withPlaces(std::string_view text, const std::function<std::string(TimeRange)>& words) {
  std::string said;
  while (!text.empty()) {
    const std::size_t open = text.find(kOpen);
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) break;
    const auto place = readMark(text.substr(open + kOpen.size(), close - open - kOpen.size()));
    said += text.substr(0, open);
    std::string spoken = place ? words(*place) : std::string(text.substr(open, close + 1 - open));
    if (said.empty() && !spoken.empty()) spoken[0] = char(std::toupper(static_cast<unsigned char>(spoken[0])));
    said += spoken;
    text.remove_prefix(close + 1);
  }
  return said += text;
}

std::string withPlacesInSeconds(std::string_view text) { return withPlaces(text, inSeconds); }

}  // namespace kinescore
